// Which tabs there are, and what each opens.

/** @import { Card } from './card.js' */
/** @import { Inside } from './inside.js' */
/** @typedef {{ create: () => Card, styles: string[] }} Tab */

import * as cell from './cell-card.js';
import * as filters from './filter-card.js';
import * as input from './input-card.js';
import * as kernels from './kernel-card.js';
import * as layers from './layer-card.js';
import * as models from './model-card.js';
import * as needed from './needed-card.js';
import { inOne } from './stacked-card.js';
import * as stage from './stage-card.js';

/** @param {Inside} inside @returns {Map<string, Tab>} */
export function cardsOf(inside) {
  const { stages } = inside.captioner.about;
  /** @type {[string, Tab][]} */
  const others = Array.from({ length: stages - 1 }, (_, index) => [
    `stage${index + 1}`,
    { create: () => new stage.StageCard(inside, index + 1), styles: [stage.STYLE] },
  ]);
  return new Map([
    ['input', { create: () => new input.InputCard(inside), styles: [input.STYLE] }],
    [
      'stem',
      {
        create: () => inOne([new kernels.KernelCard(inside), new stage.StageCard(inside, 0)]),
        styles: [kernels.STYLE, stage.STYLE],
      },
    ],
    ...others,
    [
      'grid',
      {
        create: () => inOne([new cell.CellCard(inside), new stage.StageCard(inside, stages)]),
        styles: [cell.STYLE, stage.STYLE],
      },
    ],
    ['words', { create: () => new needed.NeededCard(inside), styles: [needed.STYLE] }],
    ['layers', { create: () => new layers.LayerCard(inside), styles: [layers.STYLE] }],
    ['filters', { create: () => new filters.FilterCard(inside), styles: [filters.STYLE] }],
    ['models', { create: () => new models.ModelCard(inside), styles: [models.STYLE] }],
  ]);
}

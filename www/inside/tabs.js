// Which tabs there are, and what each opens. A card is fetched when its tab is first opened.

/** @import { Card } from './card.js' */
/** @import { Inside } from './inside.js' */
/** @typedef {{ card: Card, styles: string[] }} Opened what a tab shows, and the style sheets of it */
/** @typedef {() => Promise<Opened>} Tab */

import { inOne } from './stacked-card.js';

/** @param {Inside} inside @returns {Map<string, Tab>} */
export function tabsOf(inside) {
  const { stages } = inside.captioner.about;
  /** @type {[string, Tab][]} */
  const others = Array.from({ length: stages - 1 }, (_, index) => [
    `stage${index + 1}`,
    async () => {
      const { StageCard, STYLE } = await import('./stage-card.js');
      return { card: new StageCard(inside, index + 1), styles: [STYLE] };
    },
  ]);
  return new Map([
    [
      'input',
      async () => {
        const { InputCard, STYLE } = await import('./input-card.js');
        return { card: new InputCard(inside), styles: [STYLE] };
      },
    ],
    [
      'stem',
      async () => {
        const [kernels, stage] = await Promise.all([import('./kernel-card.js'), import('./stage-card.js')]);
        const card = inOne([new kernels.KernelCard(inside), new stage.StageCard(inside, 0)]);
        return { card, styles: [kernels.STYLE, stage.STYLE] };
      },
    ],
    ...others,
    [
      'grid',
      async () => {
        const [cell, stage] = await Promise.all([import('./cell-card.js'), import('./stage-card.js')]);
        const card = inOne([new cell.CellCard(inside), new stage.StageCard(inside, stages)]);
        return { card, styles: [cell.GRID_STYLE, cell.STYLE, stage.STYLE] };
      },
    ],
    [
      'words',
      async () => {
        const { NeededCard, GRID_STYLE, STYLE } = await import('./needed-card.js');
        return { card: new NeededCard(inside), styles: [GRID_STYLE, STYLE] };
      },
    ],
    [
      'layers',
      async () => {
        const { LayerCard, STYLE } = await import('./layer-card.js');
        return { card: new LayerCard(inside), styles: [STYLE] };
      },
    ],
    [
      'filters',
      async () => {
        const { FilterCard, STYLE } = await import('./filter-card.js');
        return { card: new FilterCard(inside), styles: [STYLE] };
      },
    ],
    [
      'models',
      async () => {
        const { ModelCard, STYLE } = await import('./model-card.js');
        return { card: new ModelCard(inside), styles: [STYLE] };
      },
    ],
  ]);
}

// All layers of the model, as `sightline inspect` lists them, with the time that each took here.

/** @import { DecoderLayer, LayerTime } from '../protocol.js' */
/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */
/** @import { LayerGroup } from './layer-groups.js' */

import { csvOf } from '../view/csv.js';
import { save } from '../view/save.js';
import { Computation } from './computation.js';
import { button, make } from './elements.js';
import { chartOf } from './layer-chart.js';
import { blockOf, groupsOf, paddingText, shareOfOnes, tableOf } from './layer-groups.js';
import { drawn, inSlices } from './slices.js';

/** The columns, by the names of their texts; the first is text, and the rest are numbers. */
const COLUMNS = [
  'layer',
  'output',
  'parameters',
  'kernel',
  'stride',
  'padding',
  'groups',
  'multiply-adds',
  'field',
  'milliseconds',
  'share',
];
/** Pixels that a bar of all the time would be long. */
const BAR = 160;
/** Shares below it are not written beside their bars. */
const LITTLE = 0.005;

export const STYLE = `
.inside .layer-box {
  max-block-size: max(320px, calc(100dvh - 360px));
  overflow: auto;
  border: 1px solid var(--hair);
  border-radius: var(--round-panel);
  background: var(--sheet);
}

.inside .layer-box table {
  inline-size: 100%;
  border-spacing: 0;
  font-size: var(--type-2);
  font-variant-numeric: tabular-nums;
}

.inside .layer-box :is(th, td) {
  padding: 3px var(--space-2);
  font-weight: 400;
  text-align: end;
  white-space: nowrap;
}

.inside .layer-box :is(th, td):is(:first-child, :last-child) {
  text-align: start;
}

.inside .layer-box thead th {
  position: sticky;
  inset-block-start: 0;
  z-index: 1;
  padding-block: var(--space-2);
  border-block-end: 1px solid var(--hair);
  background: var(--sheet);
  color: var(--quiet);
}

.inside .layer-group :is(th, td) {
  padding-block: var(--space-2);
  background: var(--sunk);
  font-weight: 600;
}

.inside .layer-box tfoot :is(th, td) {
  position: sticky;
  inset-block-end: 0;
  border-block-start: 1px solid var(--hair);
  background: var(--sheet);
}

.inside .layer-bar {
  display: inline-block;
  block-size: 0.75em;
  margin-inline-end: var(--space-2);
  border-radius: 2px;
  background: var(--accent);
  forced-color-adjust: none;
}
`;

export class LayerCard {
  element = make('div', 'inside-section');
  #inside;
  #computing;
  #format;
  #plain;
  #tenths;
  #share;
  /** @type {LayerGroup[]} */
  #groups = [];

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#computing = new Computation(inside, (signal) => this.#fill(signal));
    const { tag } = inside.language;
    // There are thousands of numbers: what writes them is made once.
    this.#format = new Intl.NumberFormat(tag);
    this.#plain = new Intl.NumberFormat(tag, { useGrouping: false });
    this.#tenths = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.#share = new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 });
    this.element.append(this.#computing.element);
  }

  show() {
    if (!this.#groups.length) void this.#computing.run();
  }

  hide() {
    this.#computing.end();
  }

  /** @returns {Picture[]} */
  pictures() {
    if (!this.#groups.length) return [];
    const { fontFamily } = getComputedStyle(this.element);
    return [{ name: 'stages', canvas: chartOf(this.#inside, this.#groups, fontFamily) }];
  }

  /** @param {AbortSignal} signal */
  async #fill(signal) {
    const inside = this.#inside;
    const maps = await inside.maps();
    if (signal.aborted) return;
    const groups = groupsOf(inside, maps);
    const layers = maps.stages.flatMap((stage) => stage.layers);
    const total = groups.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const box = this.#box(this.#foot(groups, total));
    const shown = [...this.#sentences(layers), box];
    this.#computing.element.before(...shown);
    box.ariaBusy = 'true';
    for (const group of groups) {
      if (signal.aborted) break;
      const body = this.#body(group, total);
      await inSlices(group.layers, (layer) => body.append(this.#row(layer, total)), signal);
      box.querySelector('tfoot')?.before(body);
      // A table of hundreds of rows takes long to be laid out: one stage a frame, and the reader is answered between.
      await drawn();
    }
    if (signal.aborted) {
      for (const element of shown) element.remove();
      return;
    }
    box.ariaBusy = null;
    this.#groups = groups;
    this.#computing.element.before(button(inside.text('inside.layer.csv'), () => this.#save()));
  }

  /** @param {LayerTime[]} layers */
  #sentences(layers) {
    const inside = this.#inside;
    const ones = shareOfOnes(layers);
    const block = blockOf(layers);
    const isTimed = layers.some(({ milliseconds }) => milliseconds !== null);
    const lines = [
      ...(ones ? [inside.text('inside.layer.ones', { share: this.#share.format(ones) })] : []),
      ...(block ? [inside.text(`inside.layer.${block}`)] : []),
      inside.text(isTimed ? 'inside.layer.timed' : 'inside.layer.untimed'),
    ];
    return [make('h3', '', inside.text('inside.layers')), make('p', '', lines.join(' '))];
  }

  /** Stages come before the foot. @param {HTMLElement} foot */
  #box(foot) {
    const box = make('div', 'layer-box');
    const table = make('table', '');
    const head = make('thead', '');
    const row = make('tr', '');
    row.append(...COLUMNS.map((column) => heading(this.#inside.text(`inside.layer.${column}`), 'col')));
    head.append(row);
    table.append(head, foot);
    box.append(table);
    box.tabIndex = 0;
    box.role = 'region';
    box.ariaLabel = this.#inside.text('inside.layers');
    return box;
  }

  /** A stage with its sums, before its layers. @param {LayerGroup} group @param {number} total */
  #body(group, total) {
    const body = make('tbody', '');
    body.append(this.#sums(group, 'rowgroup', total));
    return body;
  }

  /** @param {LayerGroup[]} groups @param {number} total */
  #foot(groups, total) {
    const sum = (/** @type {'parameters' | 'multiplyAdds'} */ what) =>
      groups.reduce((all, group) => all + group[what], 0);
    const foot = make('tfoot', '');
    const sums = { parameters: sum('parameters'), multiplyAdds: sum('multiplyAdds'), milliseconds: total };
    foot.append(this.#sums({ name: this.#inside.text('inside.layer.total'), ...sums }, 'row'));
    return foot;
  }

  /**
   * @param {Omit<LayerGroup, 'key' | 'layers'>} group @param {'row' | 'rowgroup'} scope
   * @param {number} [total] none where it is the total itself
   */
  #sums({ name, parameters, multiplyAdds, milliseconds }, scope, total) {
    const row = make('tr', 'layer-group');
    row.append(
      heading(name, scope),
      make('td', ''),
      this.#number(parameters),
      ...Array.from({ length: 4 }, () => make('td', '')),
      multiplyAdds ? this.#number(multiplyAdds) : make('td', ''),
      make('td', ''),
      ...this.#time(milliseconds, total),
    );
    return row;
  }

  /** @param {LayerTime | DecoderLayer} layer @param {number} total */
  #row(layer, total) {
    const { kernel, stride, padding, groups, multiplyAdds, receptiveField, milliseconds } =
      /** @type {Partial<LayerTime>} */ (layer);
    const row = make('tr', '');
    const name = heading(layer.name, 'row');
    // As the model's files and other programs have it.
    [name.lang, name.dir] = ['en', 'ltr'];
    const padded = paddingText(padding ?? null, (value) => this.#plain.format(value));
    row.append(
      name,
      isolated(layer.output.map((size) => this.#plain.format(size)).join('×')),
      this.#number(layer.parameters || null),
      this.#number(kernel),
      this.#number(stride),
      isolated(padded),
      this.#number(groups && groups > 1 ? groups : null),
      this.#number(multiplyAdds || null),
      this.#number(receptiveField),
      ...this.#time(milliseconds, total),
    );
    return row;
  }

  /** Empty where there is none. @param {number | null} [value] */
  #number(value) {
    return make('td', '', value === null || value === undefined ? '' : this.#format.format(value));
  }

  /** How long it took, and what share of the whole that is. @param {number | null} [milliseconds] @param {number} [total] */
  #time(milliseconds, total) {
    const [time, share] = [make('td', ''), make('td', '')];
    if (typeof milliseconds !== 'number') return [time, share];
    time.textContent = this.#tenths.format(milliseconds);
    if (!total) return [time, share];
    const part = milliseconds / total;
    const bar = make('span', 'layer-bar');
    bar.style.inlineSize = `${part * BAR}px`;
    share.append(bar, part < LITTLE ? '' : this.#share.format(part));
    return [time, share];
  }

  #save() {
    const name = `${this.#inside.captioner.about.name}-layers.csv`;
    save(name, new Blob([csvOf(tableOf(this.#groups))], { type: 'text/csv' }));
  }
}

/** @param {string} text @param {'col' | 'row' | 'rowgroup'} scope */
function heading(text, scope) {
  return Object.assign(make('th', '', text), { scope });
}

/** What is read from the left in every language. @param {string} text */
function isolated(text) {
  const cell = make('td', '');
  cell.append(Object.assign(make('span', '', text), { dir: 'ltr' }));
  return cell;
}

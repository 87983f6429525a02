// One cell of the grid: how much of the photo it sees, which cells are like it, and what the caption becomes where every
// cell is the mean of all.

/** @import { Maps, Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { CellGrid, placeOf } from './cell-grid.js';
import { drawCells, labelled, outline } from './cell-picture.js';
import { showChange } from './changed-words.js';
import { Computation } from './computation.js';
import { button, make } from './elements.js';
import { similarity } from './similarity.js';

export { STYLE as GRID_STYLE } from './cell-grid.js';

export const STYLE = `
.inside .cell-parts {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr));
  gap: var(--space-4) var(--space-5);
}

.inside .cell-parts > div {
  display: grid;
  gap: var(--space-3);
  align-content: start;
}

.inside .cell-said {
  font-size: var(--type-4);
  line-height: 1.4;
}
`;

/** How many cells are told in words. */
const TOLD = 3;
/** The chosen cell, and what it sees. */
const [CHOSEN, SEEN] = ['#fff', '#ffd60a'];

export class CellCard {
  element = make('div', 'inside-section');
  #inside;
  #computing;
  #writing;
  /** @type {Maps['stages'][number] | undefined} */
  #map;
  /** @type {CellGrid | undefined} */
  #grid;
  /** @type {ReturnType<typeof fieldOf>} */
  #field;
  #chosen = -1;
  /** @type {ArrayLike<number>} */
  #alike = [];
  #parts = make('div', 'cell-parts');
  #photo = make('div', '');
  #pointed = make('p', 'quiet');
  #seen = make('p', '');
  #similar = make('p', 'cell-said');
  #scale = make('p', 'quiet');
  #written = make('div', 'cell-written');

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#computing = new Computation(inside, () => this.#begin());
    const text = (/** @type {string} */ key) => inside.text(`inside.cell.${key}`);
    const told = make('div', '');
    told.append(this.#similar, this.#scale, this.#seen, make('p', '', text('meaning')));
    this.#parts.append(this.#photo, told);
    this.#parts.hidden = true;
    const start = button(text('where-write'), () => void this.#writing.run());
    this.#writing = new Computation(inside, (signal) => this.#write(signal), start);
    const write = make('div', 'inside-buttons');
    write.append(start, this.#writing.element);
    const where = make('div', 'inside-section');
    where.append(make('h3', '', text('where')), make('p', '', text('where-lead')), write, this.#written);
    for (const result of [this.#similar, this.#written]) result.role = 'status';
    const title = [make('h2', '', text('title')), make('p', 'quiet', text('lead'))];
    this.element.append(...title, this.#computing.element, this.#parts, where);
  }

  show() {
    if (!this.#grid) void this.#computing.run();
  }

  hide() {
    this.#computing.end();
    this.#writing.end();
  }

  /** @returns {Picture[]} */
  pictures() {
    if (!this.#grid || !this.#map) return [];
    const columns = this.#map.shape[2];
    const { row, column } = placeOf(this.#inside, this.#chosen, columns);
    const lines = [this.#inside.text('inside.cell.picture', { row, column }), this.#scaleText(), this.#seenText()];
    const { direction } = this.#inside.language;
    const canvas = labelled([{ canvas: this.#grid.canvas, lines: lines.filter(Boolean) }], direction);
    const [down, right] = [Math.floor(this.#chosen / columns) + 1, (this.#chosen % columns) + 1];
    return [{ name: `cell-row-${down}-column-${right}`, canvas }];
  }

  async #begin() {
    const maps = await this.#inside.maps();
    if (this.#grid) return;
    const map = maps.stages[maps.stages.length - 1];
    const [, rows, cols] = map.shape;
    this.#map = map;
    this.#field = fieldOf(maps);
    this.#grid = new CellGrid(this.#inside, {
      label: this.#inside.text('inside.cell.grid', { rows, columns: cols }),
      grid: { rows, cols },
      onPoint: (cell) => this.#point(cell),
      onChoose: (cell) => {
        this.#choose(cell);
        this.#point(cell);
      },
    });
    this.#photo.append(this.#grid.element, this.#pointed);
    this.#choose(Math.floor(rows / 2) * cols + Math.floor(cols / 2));
    this.#parts.hidden = false;
  }

  /** @param {number} cell */
  #choose(cell) {
    const [map, grid, inside] = [this.#map, this.#grid, this.#inside];
    if (!map || !grid) return;
    const [, rows, columns] = map.shape;
    this.#chosen = cell;
    this.#alike = similarity(map, cell);
    const alike = Array.from(this.#alike);
    const least = Math.min(...alike);
    // The least similar is the darkest: cells of a photo are all somewhat alike.
    const shares = alike.map((value) => (value - least) / (1 - least || 1));
    drawCells(grid.canvas, inside.bitmap, shares, columns);
    const field = this.#fieldAt(cell);
    if (field) outline(grid.canvas, field.clipped, SEEN, [12, 8]);
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const part = { left: column / columns, right: (column + 1) / columns, top: row / rows, bottom: (row + 1) / rows };
    outline(grid.canvas, part, CHOSEN);
    grid.tell((other) => this.#describe(other));
    grid.choose(cell);
    this.#point(-1);
    const others = [...alike.keys()].filter((other) => other !== cell).sort((a, b) => alike[b] - alike[a]);
    const cells = others.slice(0, TOLD).map((other) =>
      inside.text('inside.cell.similar-one', {
        ...placeOf(inside, other, columns),
        value: this.#cosine(alike[other]),
      }),
    );
    this.#similar.textContent = inside.text('inside.cell.similar', {
      ...placeOf(inside, cell, columns),
      cells: new Intl.ListFormat(inside.language.tag, { type: 'unit', style: 'long' }).format(cells),
    });
    this.#scale.textContent = this.#scaleText();
    this.#seen.textContent = this.#seenText();
  }

  /** @param {number} cell -1 for none */
  #point(cell) {
    this.#pointed.textContent = cell < 0 ? this.#inside.text('inside.cell.point') : this.#describe(cell);
  }

  /** @param {number} cell */
  #describe(cell) {
    const value = this.#cosine(this.#alike[cell]);
    const place = placeOf(this.#inside, cell, this.#map?.shape[2] ?? 1);
    return this.#inside.text('inside.cell.at', { ...place, value });
  }

  /** @param {number} value */
  #cosine(value) {
    return this.#inside.number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  }

  #scaleText() {
    return this.#inside.text('inside.cell.scale', { least: this.#cosine(Math.min(...Array.from(this.#alike))) });
  }

  #seenText() {
    const field = this.#fieldAt(this.#chosen);
    if (!field) return '';
    const outside = this.#inside.number(field.outside, { style: 'percent', maximumFractionDigits: 0 });
    return this.#inside.text('inside.cell.seen', {
      side: this.#inside.number(field.side),
      input: this.#inside.number(field.input),
      outside,
    });
  }

  /** What a cell sees, as far as it lies on the photo, and how much of it does not. @param {number} cell */
  #fieldAt(cell) {
    if (!this.#field || !this.#map) return;
    const { side, jump, firstCentre, input } = this.#field;
    const columns = this.#map.shape[2];
    const [top, bottom] = spanOf(Math.floor(cell / columns));
    const [left, right] = spanOf(cell % columns);
    const outside = 1 - ((bottom - top) * (right - left) * input * input) / (side * side);
    return { clipped: { left, top, right, bottom }, outside, side, input };

    /** @param {number} index */
    function spanOf(index) {
      // Centres are told from the middle of the first pixel.
      const centre = firstCentre + 0.5 + index * jump;
      return [centre - side / 2, centre + side / 2].map((edge) => Math.min(Math.max(edge / input, 0), 1));
    }
  }

  /** @param {AbortSignal} signal */
  async #write(signal) {
    const inside = this.#inside;
    this.#written.replaceChildren();
    const caption = await inside.rewrite({ averaged: true }, signal);
    if (!signal.aborted) showChange(this.#written, inside, caption);
  }
}

/** How much of the input a cell of the grid depends on in theory, by the last layer that slides over it. @param {Maps} maps */
function fieldOf({ input, stages }) {
  const layer = stages.flatMap(({ layers }) => layers).findLast(({ jump }) => jump !== null);
  if (!layer?.jump) return;
  const { receptiveField, jump, firstCentre } = layer;
  return { side: receptiveField, jump, firstCentre, input: input.shape[2] };
}

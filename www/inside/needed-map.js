// What a word has for each cell, as light over the photo: a heading, the cells, their scale, and the number that is
// pointed at.

/** @import { Grid } from './cell-grid.js' */
/** @import { Inside } from './inside.js' */

import { CellGrid, placeOf } from './cell-grid.js';
import { drawCells } from './cell-picture.js';
import { make } from './elements.js';

export const STYLE = `
.inside .needed-map {
  display: grid;
  gap: var(--space-2);
  align-content: start;
}

.inside .needed-scale {
  display: flex;
  gap: var(--space-2);
  align-items: center;
  inline-size: min(100%, 320px);
  color: var(--quiet);
  font-size: var(--type-2);
}

.inside .needed-scale i {
  flex: 1;
  block-size: 10px;
  border-radius: 5px;
  background: linear-gradient(to right, #111, #f4f4f4);
  box-shadow: 0 0 0 1px var(--edge);
  forced-color-adjust: none;
}

.inside .needed-scale.both i {
  background: linear-gradient(to right, #e234b2, #111, #f4f4f4);
}
`;

export class NeededMap {
  element = make('div', 'needed-map');
  #inside;
  #grid;
  #columns;
  #isBetween;
  #format;
  #pointed = make('p', 'quiet');
  #scale = make('div', 'needed-scale');
  /** @type {number[]} */
  #values = [];

  /**
   * @param {Inside} inside
   * @param {object} of
   * @param {string} of.label
   * @param {Grid} of.grid
   * @param {boolean} [of.isBetween] each lies on the corner of four cells
   * @param {(value: number) => string} of.format
   */
  constructor(inside, { label, grid, isBetween = false, format }) {
    this.#inside = inside;
    this.#columns = grid.cols;
    this.#isBetween = isBetween;
    this.#format = format;
    this.#grid = new CellGrid(inside, { label, grid, isBetween, onPoint: (cell) => this.#point(cell) });
    this.#scale.dir = 'ltr';
    this.element.append(this.#grid.element, this.#scale, this.#pointed);
  }

  get canvas() {
    return this.#grid.canvas;
  }

  /** @param {ArrayLike<number>} values row by row @param {number} full which is shown at its fullest */
  show(values, full) {
    this.#values = Array.from(values);
    this.paint(this.canvas, values, full);
    const hasBelow = Math.min(...this.#values) < 0;
    this.#scale.classList.toggle('both', hasBelow);
    this.#scale.replaceChildren(
      make('span', '', this.#format(hasBelow ? -full : 0)),
      document.createElement('i'),
      make('span', '', this.#format(full)),
    );
    this.#grid.tell((cell) => this.#describe(cell));
    this.#point(-1);
  }

  /** @param {HTMLCanvasElement} canvas @param {ArrayLike<number>} values @param {number} full */
  paint(canvas, values, full) {
    const shares = Float32Array.from(values, (value) => Math.min(Math.max(value / full, -1), 1));
    const how = { isSmooth: true, isBetween: this.#isBetween };
    drawCells(canvas, this.#inside.bitmap, shares, this.#columns, how);
  }

  /** @param {number} cell -1 for none */
  #point(cell) {
    this.#pointed.textContent = cell < 0 ? this.#inside.text('inside.cell.point') : this.#describe(cell);
  }

  /** @param {number} cell */
  #describe(cell) {
    const place = placeOf(this.#inside, cell, this.#columns);
    const key = this.#isBetween ? 'inside.needed.block-at' : 'inside.cell.at';
    return this.#inside.text(key, { ...place, value: this.#format(this.#values[cell]) });
  }
}

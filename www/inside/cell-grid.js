// Cells over a photo: pointed at, or gone through by arrow keys, each tells what it holds; chosen, it stays marked.

/** @import { Inside } from './inside.js' */
/** @typedef {{ rows: number, cols: number }} Grid */

import { photoCanvas } from './cell-picture.js';
import { make } from './elements.js';

export const STYLE = `
.inside .cell-frame {
  --white: #fff;
  position: relative;
  inline-size: min(100%, 50dvh * var(--ratio));
  border-radius: var(--round-control);
  background: var(--sunk);
  overflow: hidden;
}

.inside .cell-frame canvas {
  inline-size: 100%;
}

.inside .cell-places {
  position: absolute;
  display: grid;
  grid-template: repeat(var(--rows), 1fr) / repeat(var(--columns), 1fr);
}

.inside .cell-row {
  display: contents;
}

.inside .cell-places button {
  min-block-size: 0;
  padding: 0;
  border: 0;
  border-radius: 0;
  background: none;
}

.inside .cell-places button:hover,
.inside .cell-places button:focus-visible {
  box-shadow: inset 0 0 0 4px #000;
  outline: 2px solid var(--white);
  outline-offset: -2px;
}

.inside .cell-places button:focus-visible {
  outline: 3px solid var(--gaze);
  outline-offset: -3px;
}
`;

/** Rows and columns that an arrow key goes. @type {Record<string, [number, number]>} */
export const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** A photo, of its shape, that something lies over. @param {Inside} inside */
export function photoFrame({ bitmap }) {
  const element = make('div', 'cell-frame');
  // Photo and grid stay as they are where a text runs from right to left.
  element.dir = 'ltr';
  const canvas = photoCanvas(bitmap);
  canvas.setAttribute('aria-hidden', 'true');
  element.style.setProperty('--ratio', String(bitmap.width / bitmap.height));
  element.append(canvas);
  return { element, canvas };
}

export class CellGrid {
  element;
  canvas;
  /** @type {HTMLButtonElement[]} */
  #cells = [];
  #columns;
  #places = make('div', 'cell-places');

  /**
   * @param {Inside} inside
   * @param {object} of
   * @param {string} of.label
   * @param {Grid} of.grid
   * @param {boolean} [of.isBetween] each lies on the corner of four cells
   * @param {(cell: number) => void} of.onPoint with -1 for none
   * @param {(cell: number) => void} [of.onChoose]
   */
  constructor(inside, { label, grid: { rows, cols }, isBetween = false, onPoint, onChoose }) {
    ({ element: this.element, canvas: this.canvas } = photoFrame(inside));
    this.#columns = cols;
    const places = this.#places;
    places.role = 'grid';
    places.setAttribute('aria-label', label);
    places.style.setProperty('--rows', String(rows));
    places.style.setProperty('--columns', String(cols));
    places.style.inset = isBetween ? `${50 / (rows + 1)}% ${50 / (cols + 1)}%` : '0';
    for (let row = 0; row < rows; row += 1) {
      const line = make('div', 'cell-row');
      line.role = 'row';
      for (let column = 0; column < cols; column += 1) line.append(this.#cell(row * cols + column, onChoose));
      places.append(line);
    }
    const point = (/** @type {Event} */ { target }) =>
      onPoint(this.#cells.indexOf(/** @type {HTMLButtonElement} */ (target)));
    for (const type of ['pointerover', 'focusin']) places.addEventListener(type, point);
    for (const type of ['pointerleave', 'focusout']) places.addEventListener(type, () => onPoint(this.#focused()));
    places.addEventListener('keydown', (event) => this.#onKeydown(event));
    this.element.append(places);
    this.#stopAt(0);
  }

  /** Says of each cell what it holds. @param {(cell: number) => string} describe */
  tell(describe) {
    for (const [index, cell] of this.#cells.entries()) cell.setAttribute('aria-label', describe(index));
  }

  /** @param {number} chosen */
  choose(chosen) {
    for (const [index, cell] of this.#cells.entries()) cell.ariaSelected = String(index === chosen);
    this.#stopAt(chosen);
  }

  /** @param {number} index @param {(cell: number) => void} [onChoose] */
  #cell(index, onChoose) {
    const cell = make('button', '');
    cell.role = 'gridcell';
    cell.addEventListener('click', () => onChoose?.(index));
    this.#cells.push(cell);
    return cell;
  }

  /** The tab key stops once. @param {number} stop */
  #stopAt(stop) {
    for (const [index, cell] of this.#cells.entries()) cell.tabIndex = index === stop ? 0 : -1;
  }

  /** What is pointed at by keyboard still. */
  #focused() {
    return this.#cells.findIndex((cell) => cell.matches(':focus-visible'));
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const here = this.#cells.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const columns = this.#columns;
    const [row, column] = [Math.floor(here / columns), here % columns];
    const step = STEPS[event.key];
    const across = { Home: -column, End: columns - 1 - column }[event.key];
    if (here < 0 || (!step && across === undefined)) return;
    event.preventDefault();
    const [down, right] = step ?? [0, across];
    const to = [row + down, column + right];
    const isInside = to[1] >= 0 && to[1] < columns && to[0] >= 0 && to[0] * columns < this.#cells.length;
    if (!isInside) return;
    this.#stopAt(to[0] * columns + to[1]);
    this.#cells[to[0] * columns + to[1]].focus();
  }
}

/**
 * Where a cell is, as numbers for a text; a block of cells ends a row and a column further.
 * @param {Inside} inside @param {number} cell @param {number} columns
 */
export function placeOf(inside, cell, columns) {
  const [row, column] = [Math.floor(cell / columns) + 1, (cell % columns) + 1];
  const [bottom, right] = [row + 1, column + 1].map((number) => inside.number(number));
  return { row: inside.number(row), column: inside.number(column), bottom, right };
}

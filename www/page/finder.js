// Marking a part of the photo: a box drawn with the pointer, or moved over the grid with the arrow keys.

import { number, text } from './text.js';

/** @typedef {{ top: number, left: number, bottom: number, right: number }} Box cells, all of them inside */
/** @typedef {{ rows: number, cols: number }} Grid */

/** Fractions of the photo that a drag has to span to be meant. */
const LEAST = 0.03;

export class Finder {
  #surface;
  #mark;
  /** @type {Grid | undefined} */
  #grid;
  /** @type {Box | undefined} */
  #box;
  #onAsk;

  /**
   * @param {HTMLElement} surface lies over the photo
   * @param {HTMLElement} mark shows the box
   * @param {(cells: number[]) => void} onAsk
   */
  constructor(surface, mark, onAsk) {
    this.#surface = surface;
    this.#mark = mark;
    this.#onAsk = onAsk;
    this.retell();
    surface.addEventListener('pointerdown', (event) => this.#drag(event));
    surface.addEventListener('keydown', (event) => this.#key(event));
  }

  /** From when on parts can be marked. @param {Grid} grid */
  enable(grid) {
    this.#grid = grid;
    this.#surface.classList.add('ready');
  }

  clear() {
    this.#box = undefined;
    this.#mark.hidden = true;
    this.retell();
  }

  /** In another language, or where another box is marked. */
  retell() {
    this.#surface.setAttribute('aria-label', text('card.finder'));
    if (!this.#box) return this.#surface.removeAttribute('aria-description');
    const { top, bottom, left, right } = this.#box;
    const where = {
      top: number(top + 1),
      bottom: number(bottom + 1),
      left: number(left + 1),
      right: number(right + 1),
    };
    this.#surface.setAttribute('aria-description', text('card.marked', where));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    const grid = this.#grid;
    if (!grid || event.button !== 0) return;
    const from = this.#place(event);
    const moved = (/** @type {PointerEvent} */ event) => {
      const to = this.#place(event);
      if (Math.abs(to.x - from.x) < LEAST && Math.abs(to.y - from.y) < LEAST) return;
      event.preventDefault();
      this.#show({
        top: cell(Math.min(from.y, to.y), grid.rows),
        bottom: cell(Math.max(from.y, to.y), grid.rows),
        left: cell(Math.min(from.x, to.x), grid.cols),
        right: cell(Math.max(from.x, to.x), grid.cols),
      });
    };
    const before = this.#box;
    const ended = (/** @type {PointerEvent} */ event) => {
      this.#surface.removeEventListener('pointermove', moved);
      this.#surface.removeEventListener('pointerup', ended);
      this.#surface.removeEventListener('pointercancel', ended);
      // The browser took the pointer for scrolling.
      if (event.type === 'pointercancel') this.clear();
      else if (this.#box !== before) this.#ask();
    };
    this.#surface.setPointerCapture(event.pointerId);
    this.#surface.addEventListener('pointermove', moved);
    this.#surface.addEventListener('pointerup', ended);
    this.#surface.addEventListener('pointercancel', ended);
  }

  /** Where on the photo, from 0 to 1. @param {PointerEvent} event */
  #place({ clientX, clientY }) {
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    return {
      x: Math.min(Math.max((clientX - left) / width, 0), 1),
      y: Math.min(Math.max((clientY - top) / height, 0), 1),
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const grid = this.#grid;
    // With those, the arrow keys are the browser's.
    if (!grid || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && this.#box) return this.#ask();
    if (event.key === 'Escape') return this.clear();
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const [down, right] = way;
    const middle = { top: grid.rows >> 1, bottom: grid.rows >> 1, left: grid.cols >> 1, right: grid.cols >> 1 };
    const box = this.#box;
    if (!box) return this.#show(middle);
    const by = event.shiftKey ? { ...box } : { ...box, top: box.top + down, left: box.left + right };
    by.bottom += down;
    by.right += right;
    const isInside = by.top >= 0 && by.left >= 0 && by.bottom < grid.rows && by.right < grid.cols;
    if (isInside && by.top <= by.bottom && by.left <= by.right) this.#show(by);
  }

  /** @param {Box} box */
  #show(box) {
    const grid = /** @type {Grid} */ (this.#grid);
    this.#box = box;
    const { style } = this.#mark;
    style.top = `${(100 * box.top) / grid.rows}%`;
    style.bottom = `${100 - (100 * (box.bottom + 1)) / grid.rows}%`;
    style.left = `${(100 * box.left) / grid.cols}%`;
    style.right = `${100 - (100 * (box.right + 1)) / grid.cols}%`;
    this.#mark.hidden = false;
    this.retell();
  }

  #ask() {
    if (!this.#box || !this.#grid) return;
    const { top, bottom, left, right } = this.#box;
    const cells = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) cells.push(row * this.#grid.cols + column);
    }
    this.#onAsk(cells);
  }
}

/** @param {number} place from 0 to 1 @param {number} count */
function cell(place, count) {
  return Math.min(Math.floor(place * count), count - 1);
}

// Marking a part of the photo: a region drawn with the pointer, or moved over the grid with the arrow keys.

import { number, text } from './text.js';

/** @typedef {{ top: number, left: number, bottom: number, right: number }} Region cells, all of them inside */
/** @typedef {{ rows: number, cols: number }} Grid */

/** Fractions of the photo that a drag has to span to be meant. */
const MIN_DRAG = 0.03;

export class RegionSelector {
  #surface;
  #outline;
  /** @type {Grid | undefined} */
  #grid;
  /** @type {Region | undefined} */
  #region;
  #onSelect;

  /**
   * @param {HTMLElement} surface lies over the photo
   * @param {HTMLElement} outline shows the region
   * @param {(cells: number[]) => void} onSelect
   */
  constructor(surface, outline, onSelect) {
    this.#surface = surface;
    this.#outline = outline;
    this.#onSelect = onSelect;
    this.updateLanguage();
    surface.addEventListener('pointerdown', (event) => this.#onPointerdown(event));
    surface.addEventListener('keydown', (event) => this.#onKeydown(event));
  }

  /** From when on parts can be marked. @param {Grid} [grid] none where the model takes only the whole photo */
  enable(grid) {
    this.#grid = grid;
    this.#surface.classList.toggle('ready', Boolean(grid));
    this.#surface.hidden = !grid;
  }

  clear() {
    this.#region = undefined;
    this.#outline.hidden = true;
    this.updateLanguage();
  }

  /** In another language, or where another region is marked. */
  updateLanguage() {
    this.#surface.setAttribute('aria-label', text('card.finder'));
    if (!this.#region) return this.#surface.removeAttribute('aria-description');
    const { top, bottom, left, right } = this.#region;
    const where = {
      top: number(top + 1),
      bottom: number(bottom + 1),
      left: number(left + 1),
      right: number(right + 1),
    };
    this.#surface.setAttribute('aria-description', text('card.marked', where));
  }

  /** @param {PointerEvent} event */
  #onPointerdown(event) {
    const grid = this.#grid;
    if (!grid || event.button !== 0) return;
    const from = this.#position(event);
    const moved = (/** @type {PointerEvent} */ event) => {
      const to = this.#position(event);
      if (Math.abs(to.x - from.x) < MIN_DRAG && Math.abs(to.y - from.y) < MIN_DRAG) return;
      event.preventDefault();
      this.#setRegion({
        top: cell(Math.min(from.y, to.y), grid.rows),
        bottom: cell(Math.max(from.y, to.y), grid.rows),
        left: cell(Math.min(from.x, to.x), grid.cols),
        right: cell(Math.max(from.x, to.x), grid.cols),
      });
    };
    const before = this.#region;
    const ended = (/** @type {PointerEvent} */ event) => {
      this.#surface.removeEventListener('pointermove', moved);
      this.#surface.removeEventListener('pointerup', ended);
      this.#surface.removeEventListener('pointercancel', ended);
      // The browser took the pointer for scrolling.
      if (event.type === 'pointercancel') this.clear();
      else if (this.#region !== before) this.#select();
    };
    this.#surface.setPointerCapture(event.pointerId);
    this.#surface.addEventListener('pointermove', moved);
    this.#surface.addEventListener('pointerup', ended);
    this.#surface.addEventListener('pointercancel', ended);
  }

  /** Where on the photo, from 0 to 1. @param {PointerEvent} event */
  #position({ clientX, clientY }) {
    const { left, top, width, height } = this.#surface.getBoundingClientRect();
    return {
      x: Math.min(Math.max((clientX - left) / width, 0), 1),
      y: Math.min(Math.max((clientY - top) / height, 0), 1),
    };
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const grid = this.#grid;
    // With those, the arrow keys are the browser's.
    if (!grid || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && this.#region) return this.#select();
    if (event.key === 'Escape') return this.clear();
    /** @type {Record<string, [number, number]>} */
    const ways = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const [down, right] = way;
    const middle = { top: grid.rows >> 1, bottom: grid.rows >> 1, left: grid.cols >> 1, right: grid.cols >> 1 };
    const region = this.#region;
    if (!region) return this.#setRegion(middle);
    const by = event.shiftKey ? { ...region } : { ...region, top: region.top + down, left: region.left + right };
    by.bottom += down;
    by.right += right;
    const isInside = by.top >= 0 && by.left >= 0 && by.bottom < grid.rows && by.right < grid.cols;
    if (isInside && by.top <= by.bottom && by.left <= by.right) this.#setRegion(by);
  }

  /** @param {Region} region */
  #setRegion(region) {
    const grid = /** @type {Grid} */ (this.#grid);
    this.#region = region;
    const { style } = this.#outline;
    style.top = `${(100 * region.top) / grid.rows}%`;
    style.bottom = `${100 - (100 * (region.bottom + 1)) / grid.rows}%`;
    style.left = `${(100 * region.left) / grid.cols}%`;
    style.right = `${100 - (100 * (region.right + 1)) / grid.cols}%`;
    this.#outline.hidden = false;
    this.updateLanguage();
  }

  #select() {
    if (!this.#region || !this.#grid) return;
    const { top, bottom, left, right } = this.#region;
    const cells = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) cells.push(row * this.#grid.cols + column);
    }
    this.#onSelect(cells);
  }
}

/** @param {number} position from 0 to 1 @param {number} count */
function cell(position, count) {
  return Math.min(Math.floor(position * count), count - 1);
}

// Asking about a part of the photo: a box over the grid's cells, drawn with the mouse, moved and resized by its handles
// or the arrow keys. Nothing is asked before the reader says so, and a finger that only swipes asks nothing at all.

import { find } from '../dom.js';
import { number, text } from './text.js';

/** @typedef {{ top: number, left: number, bottom: number, right: number }} Region cells, all of them inside */
/** @typedef {{ rows: number, cols: number }} Grid */

/** How far a mouse has to be drawn over the photo to be meant, in pixels. */
const MIN_DRAG = 24;
/** How far a finger has to move to be a swipe, in pixels. */
const MIN_SWIPE = 48;
/** How much of each side the box covers that nobody has drawn yet. */
const FIRST_SHARE = 0.4;

/** @type {Record<string, { down: number, right: number }>} */
const STEPS = {
  ArrowUp: { down: -1, right: 0 },
  ArrowDown: { down: 1, right: 0 },
  ArrowLeft: { down: 0, right: -1 },
  ArrowRight: { down: 0, right: 1 },
};

export class AskTool {
  #frame;
  #box;
  #openButton;
  #bar;
  #listener;
  /** @type {Grid | undefined} */
  #grid;
  /** @type {Region | undefined} */
  #region;

  /**
   * @param {HTMLElement} frame lies exactly over the photo
   * @param {object} listener
   * @param {(cells: number[]) => void} listener.onAsk
   * @param {() => void} listener.onOpen the box is there, and nothing else should be over the photo
   * @param {(step: number) => void} listener.onSwipe to the next photo, or by -1 to the one before
   */
  constructor(frame, listener) {
    this.#frame = frame;
    this.#listener = listener;
    this.#box = find(frame, '.region', HTMLElement);
    this.#openButton = find(frame, '.ask', HTMLButtonElement);
    this.#bar = find(frame, '.ask-bar', HTMLElement);
    this.#openButton.addEventListener('click', () => this.#open());
    find(frame, '.ask-part', HTMLButtonElement).addEventListener('click', () => this.#ask());
    find(frame, '.cancel-part', HTMLButtonElement).addEventListener('click', () => this.close());
    frame.addEventListener('pointerdown', (event) => this.#onPointerdown(event));
    this.#box.addEventListener('keydown', (event) => this.#onKeydown(event));
    this.updateLanguage();
  }

  get isOpen() {
    return this.#frame.classList.contains('asking');
  }

  /** From when on parts can be asked about. @param {Grid} [grid] none where the model takes only the whole photo */
  enable(grid) {
    if (!grid && this.isOpen) this.close();
    this.#grid = grid;
    this.#openButton.hidden = !grid || this.isOpen;
  }

  /** Shows which part an answer is about. @param {number[]} [cells] none to show no part */
  showPart(cells) {
    if (this.isOpen) return;
    this.#region = cells && this.#grid && regionOf(cells, this.#grid);
    this.#show();
  }

  close() {
    const isHere = this.#frame.contains(document.activeElement);
    this.#frame.classList.remove('asking');
    this.#region = undefined;
    this.#show();
    if (isHere) this.#openButton.focus({ preventScroll: true });
  }

  /** In another language, or where another region is marked. */
  updateLanguage() {
    this.#box.setAttribute('aria-label', text('ask.box'));
    if (!this.#region) return this.#box.removeAttribute('aria-description');
    const { top, bottom, left, right } = this.#region;
    const [from, to] = [number(top + 1), number(bottom + 1)];
    const where = { top: from, bottom: to, left: number(left + 1), right: number(right + 1) };
    this.#box.setAttribute('aria-description', text('ask.where', where));
  }

  /** @param {Region} [region] in the middle if nothing is said */
  #open(region) {
    const grid = this.#grid;
    if (!grid) return;
    this.#frame.classList.add('asking');
    this.#region = region ?? {
      ...span('top', 'bottom', grid.rows),
      ...span('left', 'right', grid.cols),
    };
    this.#show();
    this.#listener.onOpen();
    this.#box.focus({ preventScroll: true });
  }

  #show() {
    const { isOpen } = this;
    const grid = this.#grid;
    const region = grid && this.#region;
    this.#openButton.hidden = !grid || isOpen;
    this.#bar.hidden = !isOpen;
    this.#box.hidden = !region;
    this.#box.tabIndex = isOpen ? 0 : -1;
    this.#frame.classList.toggle('marked', Boolean(region));
    if (region) {
      const { style } = this.#frame;
      style.setProperty('--top', `${(100 * region.top) / grid.rows}%`);
      style.setProperty('--bottom', `${100 - (100 * (region.bottom + 1)) / grid.rows}%`);
      style.setProperty('--left', `${(100 * region.left) / grid.cols}%`);
      style.setProperty('--right', `${100 - (100 * (region.right + 1)) / grid.cols}%`);
    }
    this.updateLanguage();
  }

  #ask() {
    const { cols } = /** @type {Grid} */ (this.#grid);
    const { top, bottom, left, right } = /** @type {Region} */ (this.#region);
    const cells = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) cells.push(row * cols + column);
    }
    this.close();
    this.#listener.onAsk(cells);
  }

  /** @param {PointerEvent} event */
  #onPointerdown(event) {
    const target = /** @type {Element} */ (event.target);
    if (event.button !== 0 || target.closest('button:not(.handle)')) return;
    if (this.isOpen) {
      if (this.#box.contains(target)) this.#drag(event, this.#changeFrom(event, target));
    } else if (event.pointerType === 'touch') this.#watchSwipe(event);
    else if (this.#grid) this.#drag(event, this.#draw(event));
  }

  /**
   * What the box becomes while it is moved, or one of its corners is.
   * @param {PointerEvent} start
   * @param {Element} target
   * @returns {(event: PointerEvent) => void}
   */
  #changeFrom(start, target) {
    const grid = /** @type {Grid} */ (this.#grid);
    const region = /** @type {Region} */ (this.#region);
    const from = this.#position(start);
    const corner = target.closest('.handle')?.getAttribute('data-corner');
    return (event) => {
      const to = this.#position(event);
      const down = Math.round((to.y - from.y) * grid.rows);
      const right = Math.round((to.x - from.x) * grid.cols);
      const moved = { ...region };
      if (!corner || corner.includes('top')) moved.top += down;
      if (!corner || corner.includes('bottom')) moved.bottom += down;
      if (!corner || corner.includes('left')) moved.left += right;
      if (!corner || corner.includes('right')) moved.right += right;
      this.#take(moved);
    };
  }

  /** A box is drawn anew. @param {PointerEvent} start @returns {(event: PointerEvent) => void} */
  #draw(start) {
    const grid = /** @type {Grid} */ (this.#grid);
    const from = this.#position(start);
    return (event) => {
      const isMeant = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) >= MIN_DRAG;
      if (!isMeant && !this.isOpen) return;
      const to = this.#position(event);
      const region = {
        top: cell(Math.min(from.y, to.y), grid.rows),
        bottom: cell(Math.max(from.y, to.y), grid.rows),
        left: cell(Math.min(from.x, to.x), grid.cols),
        right: cell(Math.max(from.x, to.x), grid.cols),
      };
      if (this.isOpen) this.#take(region);
      else this.#open(region);
    };
  }

  /** @param {PointerEvent} start @param {(event: PointerEvent) => void} onMove */
  #drag(start, onMove) {
    const controller = new AbortController();
    const { signal } = controller;
    this.#frame.setPointerCapture(start.pointerId);
    this.#frame.addEventListener('pointermove', onMove, { signal });
    for (const type of ['pointerup', 'pointercancel']) {
      this.#frame.addEventListener(type, () => controller.abort(), { signal });
    }
  }

  /** @param {PointerEvent} start */
  #watchSwipe(start) {
    const controller = new AbortController();
    const { signal } = controller;
    const onEnd = (/** @type {PointerEvent} */ end) => {
      controller.abort();
      const across = end.clientX - start.clientX;
      const isSwipe = Math.abs(across) >= MIN_SWIPE && Math.abs(across) > 2 * Math.abs(end.clientY - start.clientY);
      if (end.type !== 'pointerup' || !isSwipe) return;
      const isForward = across < 0 === (document.documentElement.dir !== 'rtl');
      this.#listener.onSwipe(isForward ? 1 : -1);
    };
    for (const type of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      window.addEventListener(type, onEnd, { signal });
    }
  }

  /** Where on the photo, from 0 to 1. @param {PointerEvent} event */
  #position({ clientX, clientY }) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    return {
      x: Math.min(Math.max((clientX - left) / width, 0), 1),
      y: Math.min(Math.max((clientY - top) / height, 0), 1),
    };
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    // With those, the arrow keys are the browser's.
    if (!this.isOpen || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') this.#ask();
    else if (event.key === 'Escape') this.close();
    else if (STEPS[event.key]) this.#step(STEPS[event.key], event.shiftKey);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {{ down: number, right: number }} step @param {boolean} isResizing */
  #step({ down, right }, isResizing) {
    const region = /** @type {Region} */ (this.#region);
    const moved = isResizing ? { ...region } : { ...region, top: region.top + down, left: region.left + right };
    moved.bottom += down;
    moved.right += right;
    this.#take(moved);
  }

  /** Another region, if it is one. @param {Region} region */
  #take(region) {
    const { rows, cols } = /** @type {Grid} */ (this.#grid);
    const isInside = region.top >= 0 && region.left >= 0 && region.bottom < rows && region.right < cols;
    if (!isInside || region.top > region.bottom || region.left > region.right) return;
    this.#region = region;
    this.#show();
  }
}

/** @param {number} position from 0 to 1 @param {number} count */
function cell(position, count) {
  return Math.min(Math.floor(position * count), count - 1);
}

/**
 * The cells in the middle of a side, by the names of its ends.
 * @param {'top' | 'left'} begin
 * @param {'bottom' | 'right'} end
 * @param {number} count
 * @returns {any}
 */
function span(begin, end, count) {
  const inside = Math.max(Math.round(count * FIRST_SHARE), 1);
  const first = (count - inside) >> 1;
  return { [begin]: first, [end]: first + inside - 1 };
}

/** @param {number[]} cells @param {Grid} grid @returns {Region} */
function regionOf(cells, { cols }) {
  const [first, last] = [cells[0], /** @type {number} */ (cells.at(-1))];
  return { top: Math.floor(first / cols), left: first % cols, bottom: Math.floor(last / cols), right: last % cols };
}

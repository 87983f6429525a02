// A box of cells that the reader draws or moves by keyboard, and by how much each word's probability falls without it.

/** @import { NeededWord } from '../protocol.js' */
/** @import { Grid } from './cell-grid.js' */
/** @import { Inside } from './inside.js' */
/** @import { NeededSentences } from './needed-said.js' */
/** @typedef {{ top: number, left: number, bottom: number, right: number }} Box cells, all of them in it */

import { photoFrame, STEPS } from './cell-grid.js';
import { make } from './elements.js';
import { contextOf } from './picture.js';

export const STYLE = `
.inside .needed-draw {
  cursor: crosshair;
  touch-action: none;
}

.inside .needed-box {
  position: absolute;
  min-block-size: 0;
  padding: 0;
  border: 2px solid #fff;
  border-radius: 4px;
  background: rgb(0 0 0 / 0.72);
  outline: 2px solid #000;
}

.inside .needed-box:focus-visible {
  outline: 3px solid var(--gaze);
  outline-offset: -4px;
}

.inside .needed-bars {
  display: grid;
  grid-template-columns: max-content minmax(60px, 1fr) max-content;
  gap: var(--space-1) var(--space-3);
  align-content: start;
  align-items: center;
  padding: 0;
  list-style: none;
}

.inside .needed-bars li {
  display: grid;
  grid-column: 1 / -1;
  grid-template-columns: subgrid;
  align-items: center;
}

.inside .needed-bars i {
  block-size: 16px;
  border-radius: 4px;
  background: var(--accent);
  forced-color-adjust: none;
}

.inside .needed-bars .rises {
  background: var(--edge);
}
`;

/** How much of each side the box covers that nobody has drawn yet. */
const FIRST = 0.4;
/** The fall that fills a bar, if none is greater. */
const LEAST_FULL = 0.1;

export class NeededBox {
  element = make('div', 'needed-pictures');
  #inside;
  #grid;
  #say;
  #onAsk;
  #box = make('button', 'needed-box');
  #bars = make('ol', 'needed-bars');
  #told = make('p', '');
  #frame;
  /** @type {Box} */
  #at;

  /**
   * @param {Inside} inside @param {Grid} grid @param {NeededSentences} say
   * @param {(cells: number[]) => void} onAsk
   */
  constructor(inside, grid, say, onAsk) {
    this.#inside = inside;
    this.#grid = grid;
    this.#say = say;
    this.#onAsk = onAsk;
    const { element, canvas } = photoFrame(inside);
    this.#frame = element;
    contextOf(canvas).drawImage(inside.bitmap, 0, 0, canvas.width, canvas.height);
    element.classList.add('needed-draw');
    element.append(this.#box);
    this.#told.role = 'alert';
    const results = make('div', '');
    results.append(this.#told, this.#bars);
    this.element.append(element, results);
    this.#at = { ...middle('top', 'bottom', grid.rows), ...middle('left', 'right', grid.cols) };
    this.#show();
    // Of a mouse, the end of its drawing asks.
    this.#box.addEventListener('click', ({ detail }) => detail === 0 && this.#ask());
    this.#box.addEventListener('keydown', (event) => this.#onKeydown(event));
    element.addEventListener('pointerdown', (event) => this.#onPointerdown(event));
  }

  /** What is to be said of it. @param {string} text */
  tell(text) {
    this.#told.textContent = text;
  }

  /** @param {NeededWord[]} words as many as there are so far */
  show(words) {
    const falls = words.map(({ regions }) => regions[0]);
    const full = Math.max(LEAST_FULL, ...falls.map(Math.abs));
    this.#bars.replaceChildren(
      ...words.map(({ text }, index) => {
        const fall = falls[index];
        const line = document.createElement('li');
        const word = make('span', '', text);
        [word.lang, word.dir] = ['en', 'ltr'];
        const bar = make('i', fall < 0 ? 'rises' : '');
        bar.style.inlineSize = `${(100 * Math.abs(fall)) / full}%`;
        line.append(word, bar, make('span', 'quiet', this.#say.fall(fall)));
        return line;
      }),
    );
  }

  #show() {
    const { rows, cols } = this.#grid;
    const { top, left, bottom, right } = this.#at;
    Object.assign(this.#box.style, {
      top: `${(100 * top) / rows}%`,
      left: `${(100 * left) / cols}%`,
      height: `${(100 * (bottom + 1 - top)) / rows}%`,
      width: `${(100 * (right + 1 - left)) / cols}%`,
    });
    const values = Object.entries(this.#at).map(([side, at]) => [side, this.#inside.number(at + 1)]);
    this.#box.setAttribute('aria-label', this.#inside.text('inside.needed.box', Object.fromEntries(values)));
  }

  #ask() {
    const { top, left, bottom, right } = this.#at;
    const cells = [];
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) cells.push(row * this.#grid.cols + column);
    }
    this.#bars.replaceChildren();
    this.#onAsk(cells);
  }

  /** @param {PointerEvent} event */
  #onPointerdown(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#box.focus({ preventScroll: true });
    const from = this.#cellAt(event);
    const ending = new AbortController();
    const { signal } = ending;
    const draw = (/** @type {PointerEvent} */ event) => {
      const to = this.#cellAt(event);
      this.#at = {
        top: Math.min(from.row, to.row),
        bottom: Math.max(from.row, to.row),
        left: Math.min(from.column, to.column),
        right: Math.max(from.column, to.column),
      };
      this.#show();
    };
    draw(event);
    this.#frame.setPointerCapture(event.pointerId);
    this.#frame.addEventListener('pointermove', draw, { signal });
    for (const type of ['pointerup', 'pointercancel']) {
      this.#frame.addEventListener(
        type,
        () => {
          ending.abort();
          if (type === 'pointerup') this.#ask();
        },
        { signal },
      );
    }
  }

  /** @param {PointerEvent} event */
  #cellAt({ clientX, clientY }) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    const { rows, cols } = this.#grid;
    const at = (/** @type {number} */ share, /** @type {number} */ count) =>
      Math.min(Math.max(Math.floor(share * count), 0), count - 1);
    return { row: at((clientY - top) / height, rows), column: at((clientX - left) / width, cols) };
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [down, right] = step;
    const box = { ...this.#at };
    box.bottom += down;
    box.right += right;
    if (!event.shiftKey) {
      box.top += down;
      box.left += right;
    }
    const { rows, cols } = this.#grid;
    const isInside = box.top >= 0 && box.left >= 0 && box.bottom < rows && box.right < cols;
    if (!isInside || box.top > box.bottom || box.left > box.right) return;
    this.#at = box;
    this.#show();
  }
}

/** @param {'top' | 'left'} start @param {'bottom' | 'right'} end @param {number} count */
function middle(start, end, count) {
  const size = Math.max(1, Math.round(FIRST * count));
  const first = Math.floor((count - size) / 2);
  return /** @type {Box} */ ({ [start]: first, [end]: first + size - 1 });
}

// All words' maps side by side, small: below the photo, and as a picture to take away.

/** @import { Caption, Word } from '../protocol.js' */

import { isDarkPhoto, paintOverlay } from '../view/attention-overlay.js';
import { currentLanguage, text } from './text.js';

/** Sides of a tile on the page, in pixels of a fine screen. */
const TILE = 144;
/** Sides of a map in the saved picture, and the room for its word below. */
const SAVED = 160;
const LABEL = 28;
/** Sides of what tells whether a photo is dark. */
const REDUCED = 16;
/** How much larger a photo is halfway to its square. */
const STEP = 4;
/** Maps in a row of the saved picture. */
const COLUMNS = 6;

/** @typedef {{ isHeat?: boolean }} Look */

export class AttentionStrip {
  #list;
  #listener;
  /** @type {Word[]} */
  #words = [];
  /** The word whose map is shown large. */
  #marked = -1;

  /**
   * @param {HTMLOListElement} list
   * @param {object} listener
   * @param {(index: number) => void} listener.onPoint -1 where nothing is pointed at any more
   * @param {(index: number) => void} listener.onSelect
   */
  constructor(list, listener) {
    this.#list = list;
    this.#listener = listener;
    list.addEventListener('pointerleave', () => listener.onPoint(-1));
  }

  clear() {
    this.#words = [];
    this.#list.replaceChildren();
  }

  /** @param {Word[]} words @param {Blob} photo @param {Look} look */
  async show(words, photo, { isHeat }) {
    this.#words = words;
    const square = await squareOf(photo, TILE);
    // Another photo may be shown by now.
    if (square && words === this.#words) {
      const look = lookOf(square, isHeat);
      this.#list.replaceChildren(...words.map((word, index) => this.#tile(word, index, square, look)));
      this.updateLanguage();
      this.mark(this.#marked);
    }
    square?.close();
  }

  /** The word whose map is shown. @param {number} index */
  mark(index) {
    this.#marked = index;
    for (const [place, item] of [...this.#list.children].entries()) {
      item.classList.toggle('current', place === index);
    }
    const item = this.#list.children[index];
    if (!(item instanceof HTMLElement)) return;
    // Only the strip may scroll, not what it stands in.
    const [left, right] = [item.offsetLeft, item.offsetLeft + item.offsetWidth];
    const { scrollLeft, clientWidth } = this.#list;
    if (left < scrollLeft) this.#list.scrollLeft = left;
    else if (right > scrollLeft + clientWidth) this.#list.scrollLeft = right - clientWidth;
  }

  updateLanguage() {
    for (const [index, button] of [...this.#list.querySelectorAll('button')].entries()) {
      const word = this.#words[index];
      button.setAttribute('aria-label', text('stage.map', { word: word.text }));
      button.title = currentLanguage().lookedAway(word);
    }
  }

  /**
   * @param {Word} word
   * @param {number} index
   * @param {ImageBitmap} photo
   * @param {ReturnType<typeof lookOf>} look
   */
  #tile(word, index, photo, look) {
    const item = document.createElement('li');
    const button = document.createElement('button');
    const canvas = document.createElement('canvas');
    const label = document.createElement('span');
    [canvas.width, canvas.height] = [TILE, TILE];
    paint(canvas.getContext('2d'), { x: 0, y: 0, width: TILE, height: TILE }, photo, word, look);
    label.textContent = word.text;
    button.type = 'button';
    button.tabIndex = -1;
    button.append(canvas, label);
    button.addEventListener('pointerenter', () => this.#listener.onPoint(index));
    button.addEventListener('click', () => this.#listener.onSelect(index));
    item.append(button);
    return item;
  }
}

/** The strip as a PNG. @param {Caption} caption @param {Blob} photo @param {Look} look @returns {Promise<Blob>} */
export async function stripAsPng({ words, text: sentence }, photo, { isHeat }) {
  const side = SAVED - 4;
  const square = await squareOf(photo, side);
  if (!square) throw new Error('this browser cannot show the photo');
  const look = lookOf(square, isHeat);
  const columns = Math.min(words.length, COLUMNS);
  const canvas = new OffscreenCanvas(columns * SAVED, Math.ceil(words.length / columns) * (SAVED + LABEL) + LABEL);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#111';
  context.textBaseline = 'middle';
  context.font = '16px system-ui, sans-serif';
  context.fillText(sentence, 8, LABEL / 2, canvas.width - 16);
  words.forEach((word, index) => {
    const x = (index % columns) * SAVED;
    const y = LABEL + Math.floor(index / columns) * (SAVED + LABEL);
    paint(context, { x: x + 2, y: y + 2, width: side, height: side }, square, word, look);
    context.fillStyle = '#111';
    context.fillText(word.text, x + 8, y + SAVED + LABEL / 2 - 4, SAVED - 16);
  });
  square.close();
  return canvas.convertToBlob({ type: 'image/png' });
}

/**
 * The photo as the model sees it, squashed to a square; nothing where the browser cannot read it. In two steps: to weigh
 * all pixels of a large photo takes the page a while.
 * @param {Blob} photo
 * @param {number} side
 */
async function squareOf(photo, side) {
  const large = await resized(photo, STEP * side, 'low').catch(() => undefined);
  const square = large && (await resized(large, side, 'medium'));
  large?.close();
  return square;
}

/** @param {ImageBitmapSource} image @param {number} side @param {ResizeQuality} resizeQuality */
function resized(image, side, resizeQuality) {
  return createImageBitmap(image, { resizeWidth: side, resizeHeight: side, resizeQuality });
}

/** Whether a photo has little light. @param {Blob} photo */
export async function isDark(photo) {
  const square = await squareOf(photo, REDUCED);
  const isDark = square !== undefined && isDarkPhoto(square);
  square?.close();
  return isDark;
}

/** @param {ImageBitmap} photo @param {boolean} [isHeat] */
function lookOf(photo, isHeat) {
  return { isDark: isDarkPhoto(photo), kind: /** @type {'heat' | 'spotlight'} */ (isHeat ? 'heat' : 'spotlight') };
}

/**
 * The photo, and a word's map over it.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D | null} context
 * @param {{ x: number, y: number, width: number, height: number }} box
 * @param {ImageBitmap} photo
 * @param {Word} word
 * @param {ReturnType<typeof lookOf>} look
 */
function paint(context, box, photo, word, look) {
  context?.drawImage(photo, box.x, box.y, box.width, box.height);
  if (context) paintOverlay(context, box, word, look);
}

// Models side by side as one picture to take away, and the small maps of their words.

/** @import { Word } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { isDarkPhoto, paintOverlay } from '../view/attention-overlay.js';
import { canvasOf, contextOf } from './picture.js';

/** Pixels of the saved picture: of a map with and without its word, of a line of text, and of the margin. */
const [CELL, MAP, LINE, MARGIN] = [168, 160, 28, 16];
/** Maps in a row of it. */
const COLUMNS = 4;

/**
 * The photo, and where a model looked for a word.
 * @param {HTMLCanvasElement} square the photo @param {Word} word @param {boolean} isDark whether the photo is
 */
export function mapOf(square, word, isDark) {
  const { width, height } = square;
  const canvas = canvasOf(width, height);
  const context = contextOf(canvas);
  context.drawImage(square, 0, 0);
  paintOverlay(context, { x: 0, y: 0, width, height }, word, { isDark });
  return canvas;
}

/**
 * @param {Inside} inside @param {{ lines: string[], words: Word[] }[]} models what is told of each, and of which words
 * there are maps
 * @param {string} family of the font
 */
export function sideBySide(inside, models, family) {
  const font = `18px ${family}`;
  const width = COLUMNS * CELL + 2 * MARGIN;
  const canvas = canvasOf(models.length * width, 0);
  const measure = Object.assign(contextOf(canvas), { font });
  const columns = models.map(({ lines, words }) => ({
    lines: lines.flatMap((line) => wrapped(measure, line, width - 2 * MARGIN)),
    words,
  }));
  const most = Math.max(...columns.map(({ lines }) => lines.length));
  const rows = Math.max(...columns.map(({ words }) => Math.ceil(words.length / COLUMNS)));
  canvas.height = 2.5 * MARGIN + most * LINE + rows * (CELL + LINE);
  const context = contextOf(canvas);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { font, fillStyle: '#111', textBaseline: 'middle' });
  const square = inside.square(MAP);
  const isDark = isDarkPhoto(square);
  for (const [column, { lines, words }] of columns.entries()) {
    const left = column * width + MARGIN;
    for (const [row, line] of lines.entries()) context.fillText(line, left, MARGIN + (row + 0.5) * LINE);
    for (const [index, word] of words.entries()) {
      const x = left + (index % COLUMNS) * CELL;
      const y = 1.5 * MARGIN + most * LINE + Math.floor(index / COLUMNS) * (CELL + LINE);
      context.drawImage(mapOf(square, word, isDark), x, y);
      context.fillText(word.text, x, y + MAP + LINE / 2, MAP);
    }
  }
  return canvas;
}

/** The lines of a text that has to fit into a width. @param {CanvasRenderingContext2D} context @param {string} text @param {number} width */
function wrapped(context, text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

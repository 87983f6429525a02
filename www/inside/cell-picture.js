// Pictures of cells over a photo: light where a cell has much, dark where it has little, pink where it is below nothing;
// and such pictures side by side with labels, to be saved.

import { canvasOf, contextOf } from './picture.js';

/** Pixels along the longer side. */
const SIDE = 720;
/** How much of the photo is covered where a cell has nothing. */
const COVER = 0.8;
/** A cell below nothing, whole: what hardly any photo has itself. */
const BELOW = [226, 52, 178];
const [GAP, LINE] = [24, 34];

/** Of the photo's shape. @param {{ width: number, height: number }} photo */
export function photoCanvas({ width, height }) {
  const scale = SIDE / Math.max(width, height);
  return canvasOf(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
}

/**
 * @param {HTMLCanvasElement} canvas whose size stays
 * @param {CanvasImageSource} photo
 * @param {ArrayLike<number>} shares from -1 to 1, row by row
 * @param {number} columns
 * @param {{ isSmooth?: boolean, isBetween?: boolean }} [how] between: each share belongs to the corner of four cells
 */
export function drawCells(canvas, photo, shares, columns, { isSmooth = false, isBetween = false } = {}) {
  const rows = shares.length / columns;
  const context = contextOf(canvas);
  context.drawImage(photo, 0, 0, canvas.width, canvas.height);
  // The outermost once more all around, for the half cells at the edge.
  const shade = canvasOf(columns + 2, rows + 2);
  const image = contextOf(shade).createImageData(shade.width, shade.height);
  for (let row = 0; row < shade.height; row += 1) {
    for (let column = 0; column < shade.width; column += 1) {
      const share = shares[within(row - 1, rows) * columns + within(column - 1, columns)];
      const colour = share < 0 ? BELOW.map((part) => part * -share) : [0, 0, 0];
      const cover = share < 0 ? COVER : COVER * (1 - share);
      image.data.set([...colour, 255 * cover], 4 * (row * shade.width + column));
    }
  }
  contextOf(shade).putImageData(image, 0, 0);
  const between = isBetween ? 1 : 0;
  const [width, height] = [canvas.width / (columns + between), canvas.height / (rows + between)];
  const start = between / 2 - 1;
  context.imageSmoothingEnabled = isSmooth;
  context.imageSmoothingQuality = 'high';
  context.drawImage(shade, start * width, start * height, shade.width * width, shade.height * height);
}

/** @param {number} index @param {number} count */
function within(index, count) {
  return Math.min(Math.max(index, 0), count - 1);
}

/**
 * A line around a part that can be seen on any photo.
 * @param {HTMLCanvasElement} canvas @param {{ left: number, top: number, right: number, bottom: number }} part from 0 to 1
 * @param {string} colour @param {number[]} [dashes]
 */
export function outline(canvas, { left, top, right, bottom }, colour, dashes = []) {
  const context = contextOf(canvas);
  const { width, height } = canvas;
  const inset = 3;
  /** @type {[string, number, number[]][]} */
  const lines = [
    ['#000', 6, []],
    [colour, 3, dashes],
  ];
  for (const [stroke, lineWidth, dash] of lines) {
    Object.assign(context, { strokeStyle: stroke, lineWidth });
    context.setLineDash(dash);
    context.strokeRect(
      left * width + inset,
      top * height + inset,
      (right - left) * width - 2 * inset,
      (bottom - top) * height - 2 * inset,
    );
  }
}

/**
 * Pictures side by side, each with its lines above it.
 * @param {{ canvas: HTMLCanvasElement, lines: string[] }[]} pictures @param {string} direction of the lines
 */
export function labelled(pictures, direction) {
  const most = Math.max(...pictures.map(({ lines }) => lines.length));
  const width = pictures.reduce((sum, { canvas }) => sum + canvas.width + GAP, GAP);
  const top = GAP / 2 + most * LINE + GAP / 2;
  const whole = canvasOf(width, top + Math.max(...pictures.map(({ canvas }) => canvas.height)) + GAP);
  const context = contextOf(whole);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, whole.width, whole.height);
  Object.assign(context, { fillStyle: '#161a20', direction, textBaseline: 'middle', textAlign: 'start' });
  let left = GAP;
  for (const { canvas, lines } of pictures) {
    context.drawImage(canvas, left, top);
    const start = direction === 'rtl' ? left + canvas.width : left;
    for (const [index, line] of lines.entries()) {
      const write = (/** @type {number} */ size) => {
        context.font = `${index ? '' : '600 '}${size}px system-ui, sans-serif`;
      };
      const size = index ? 20 : 24;
      write(size);
      write(size * Math.min(1, canvas.width / context.measureText(line).width));
      context.fillText(line, start, GAP / 2 + (index + 0.5) * LINE);
    }
    left += canvas.width + GAP;
  }
  return whole;
}

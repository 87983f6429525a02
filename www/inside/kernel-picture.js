// Numbers on both sides of 0 as pictures: kernels in colour, what they answer in grey.

/** @import { Kernels } from '../protocol.js' */

import { canvasOf, contextOf } from './picture.js';

/** Of a saved picture of all kernels: how many are in a row, and the pixels of each with and without its number. */
const [COLUMNS, CELL, TILE] = [8, 136, 112];

/** The weights of one kernel, channel by channel. @param {Kernels} kernels @param {number} kernel */
export function weightsOf({ shape: [, channels, rows, columns], values }, kernel) {
  const size = rows * columns;
  return Array.from({ length: channels }, (_, channel) => {
    const begin = (kernel * channels + channel) * size;
    return values.subarray(begin, begin + size);
  });
}

/**
 * A pixel for each place: 0 is mid grey, the number farthest from it black or white. Three channels are red, green and
 * blue; of any others the first is shown.
 * @param {ArrayLike<number>[]} channels @param {number} columns @param {HTMLCanvasElement} [canvas]
 */
export function drawSigned(channels, columns, canvas = canvasOf(1, 1)) {
  const size = channels[0].length;
  [canvas.width, canvas.height] = [columns, size / columns];
  const colours = [0, 1, 2].map((colour) => channels[channels.length === 3 ? colour : 0]);
  let most = 0;
  for (const values of colours) for (let i = 0; i < size; i += 1) most = Math.max(most, Math.abs(values[i]));
  const scale = most ? 127.5 / most : 0;
  const context = contextOf(canvas);
  const image = context.createImageData(columns, size / columns);
  for (let i = 0; i < size; i += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      image.data[4 * i + colour] = Math.round(127.5 + scale * colours[colour][i]);
    }
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** All of them with their numbers, on white. @param {Kernels} kernels */
export function sheetOf(kernels) {
  const [count, , , columns] = kernels.shape;
  const canvas = canvasOf(COLUMNS * CELL, Math.ceil(count / COLUMNS) * CELL);
  const context = contextOf(canvas);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { fillStyle: '#111', font: '14px system-ui, sans-serif', imageSmoothingEnabled: false });
  for (let kernel = 0; kernel < count; kernel += 1) {
    const [x, y] = [(kernel % COLUMNS) * CELL + (CELL - TILE) / 2, Math.floor(kernel / COLUMNS) * CELL + 4];
    context.drawImage(drawSigned(weightsOf(kernels, kernel), columns), x, y, TILE, TILE);
    context.fillText(`${kernel}`, x, y + TILE + 15);
  }
  return canvas;
}

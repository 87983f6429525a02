// Attention as colour, for those who want to read the weights themselves: a scale that colour-blind people can read.

/** @import { Word } from '../protocol.js' */

import { fullWeight, interpolate, SIDE } from './interpolation.js';

/** Cividis, from little to much: blue over grey to yellow, with lightness that rises evenly. */
const SCALE = [
  [0, 34, 78],
  [24, 54, 110],
  [70, 76, 109],
  [102, 100, 112],
  [134, 125, 118],
  [167, 151, 114],
  [202, 178, 99],
  [237, 207, 69],
  [254, 232, 56],
];

/** The scale in 256 shades, three components each. */
const SHADES = Uint8Array.from({ length: 3 * 256 }, (_, i) => {
  const position = (Math.floor(i / 3) / 255) * (SCALE.length - 1);
  const [low, high] = [SCALE[Math.floor(position)], SCALE[Math.ceil(position)]].map((shade) => shade[i % 3]);
  return low + (high - low) * (position - Math.floor(position));
});

/**
 * Draws a word's attention over the whole of a canvas. Where the model hardly looked, nothing is drawn; what it looked
 * away makes all of it fainter.
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Word | undefined} word nothing to draw no map
 * @param {number} strength from 0 to 1
 */
export function drawMap(canvas, word, strength) {
  [canvas.width, canvas.height] = [SIDE, SIDE];
  const context = /** @type {CanvasRenderingContext2D | null} */ (canvas.getContext('2d'));
  const weights = word?.attention;
  if (!context || !weights) return;
  const opacity = 255 * strength * (1 - (word.lookedAway ?? 0));
  const full = fullWeight(weights);
  const image = context.createImageData(SIDE, SIDE);
  interpolate(weights).forEach((weight, i) => {
    const value = weight / full;
    const shade = 3 * Math.round(value * (SHADES.length / 3 - 1));
    image.data.set(SHADES.subarray(shade, shade + 3), 4 * i);
    image.data[4 * i + 3] = opacity * Math.sqrt(value);
  });
  context.putImageData(image, 0, 0);
}

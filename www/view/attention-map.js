// Attention as colour: the grid's few weights, interpolated smoothly, in a scale that colour-blind people can read.

/** @import { Word } from '../protocol.js' */

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

/** Points along each side of a map. More would not be seen: it is stretched smoothly. */
const SIDE = 84;

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
  const image = context.createImageData(SIDE, SIDE);
  const greatest = Math.max(...weights.flat(), 1e-9);
  const across = samples(weights[0].length);
  const { data } = image;
  let at = 0;
  for (const { before: top, after: bottom, share: down } of samples(weights.length)) {
    const [above, below] = [weights[top], weights[bottom]];
    for (const { before: left, after: right, share } of across) {
      const upper = above[left] * (1 - share) + above[right] * share;
      const lower = below[left] * (1 - share) + below[right] * share;
      const value = (upper * (1 - down) + lower * down) / greatest;
      const shade = 3 * Math.round(value * (SHADES.length / 3 - 1));
      data[at] = SHADES[shade];
      data[at + 1] = SHADES[shade + 1];
      data[at + 2] = SHADES[shade + 2];
      data[at + 3] = opacity * Math.sqrt(value);
      at += 4;
    }
  }
  context.putImageData(image, 0, 0);
}

/**
 * For each point along a side, the cells whose middles are before and after it, and how much counts of the one after:
 * by cubic curves that do not overshoot.
 * @param {number} count of cells
 */
function samples(count) {
  return Array.from({ length: SIDE }, (_, point) => {
    const position = ((point + 0.5) / SIDE) * count - 0.5;
    const cell = Math.floor(position);
    const part = position - cell;
    return { before: clamp(cell, count), after: clamp(cell + 1, count), share: part * part * (3 - 2 * part) };
  });
}

/** @param {number} index @param {number} count */
function clamp(index, count) {
  return Math.min(Math.max(index, 0), count - 1);
}

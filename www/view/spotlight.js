// A word's attention as a spotlight on its photo: what was looked at keeps its light and its colours, the rest goes dark
// and grey, and a line runs around where most of it was.

/** @import { Word } from '../protocol.js' */

import { contourPath } from './contour.js';
import { fullWeight, interpolate, SIDE, seenShare } from './interpolation.js';

/** Below so many even shares of the attention no cell stands out. */
const FLAT = 2.5;
/** Below such a share of the attention on the photo there is nothing to show. */
const AWAY = 0.1;
/** Up to which value nothing is kept, and over how much of the scale it rises to all. */
const [NOTHING, RISE] = [0.12, 0.45];
/** How much is taken of the colours, and of the light, where nothing is kept; less of a photo that has little light. */
const [GREY, BLACK, BLACK_ON_DARK] = [0.7, 0.55, 0.45];

/** Whether a word has a map that shows nothing: it looked at everything alike, or away. @param {Word} word */
export function isFlat({ attention }) {
  if (!attention) return false;
  const cells = attention.flat();
  const seen = seenShare(attention);
  return seen < AWAY || Math.max(...cells) < (FLAT * seen) / cells.length;
}

/**
 * What is to be laid over a photo: `grey` takes away colours where it is blended by saturation, `black` takes away
 * light, and `contour` is a path in a unit square, at half of the greatest weight. The more the model looked away, the
 * less is taken, and the fainter is the line: by `seen`.
 * @param {number[][]} weights
 * @param {boolean} isDark whether the photo is
 */
export function spotlight(weights, isDark) {
  const field = interpolate(weights);
  const full = fullWeight(weights);
  const seen = Math.min(seenShare(weights), 1);
  const shade = field.map((weight) => 1 - Math.min(Math.max((weight / full - NOTHING) / RISE, 0), 1));
  return {
    grey: layer(shade, 128, GREY * seen),
    black: layer(shade, 0, (isDark ? BLACK_ON_DARK : BLACK) * seen),
    contour: contourPath(field, Math.max(...weights.flat()) / 2),
    seen,
  };
}

/** One tone, more or less opaque. @param {Float32Array} shade @param {number} tone @param {number} strength */
function layer(shade, tone, strength) {
  const image = new ImageData(SIDE, SIDE);
  image.data.fill(tone);
  shade.forEach((share, i) => {
    image.data[4 * i + 3] = 255 * strength * share;
  });
  return image;
}

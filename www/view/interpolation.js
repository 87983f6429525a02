// A word's few weights as a smooth field, and the scale on which they are shown.

/** Points along each side of a field. More would not be seen: it is stretched smoothly. */
export const SIDE = 84;

/** How many times an even share of the attention a cell has to hold to be shown at its fullest. */
const FULL = 3;

/** How much of the attention went to the photo at all, from 0 to 1. @param {number[][]} weights */
export function seenShare(weights) {
  return weights.flat().reduce((sum, weight) => sum + weight, 0);
}

/**
 * The weight that is shown at its fullest: the greatest, unless that hardly stands out of what went to the photo.
 * Measured by its own greatest alone, a word that looked at all alike would shine like one that looked at a single
 * thing.
 * @param {number[][]} weights
 */
export function fullWeight(weights) {
  const cells = weights.flat();
  return Math.max(...cells, (FULL * seenShare(weights)) / cells.length);
}

/** The weights at SIDE by SIDE points, row by row. @param {number[][]} weights rows of columns */
export function interpolate(weights) {
  const field = new Float32Array(SIDE * SIDE);
  const across = samples(weights[0].length);
  let at = 0;
  for (const { before: top, after: bottom, share: down } of samples(weights.length)) {
    const [above, below] = [weights[top], weights[bottom]];
    for (const { before: left, after: right, share } of across) {
      const upper = above[left] * (1 - share) + above[right] * share;
      const lower = below[left] * (1 - share) + below[right] * share;
      field[at] = upper * (1 - down) + lower * down;
      at += 1;
    }
  }
  return field;
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

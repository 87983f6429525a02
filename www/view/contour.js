// The line around all that is above a level in a field, as a smooth path.

import { SIDE } from './interpolation.js';

/** Points along each side: those of the field, and one more at each border of the photo. */
const POINTS = SIDE + 2;

/**
 * Closed lines in a unit square, in the syntax of SVG; at the square's border they run along it. Which points are above
 * the level decides, for each square of four neighbours, where the line enters and where it leaves.
 * @param {Float32Array} field
 * @param {number} level
 */
export function contourPath(field, level) {
  const values = withBorder(field, level);
  /** From where a line enters a square to where it leaves it, which is where it enters the next. @type {Map<number, number>} */
  const steps = new Map();
  for (let row = 0; row < POINTS - 1; row += 1) {
    for (let column = 0; column < POINTS - 1; column += 1) {
      const corner = row * POINTS + column;
      addSteps(steps, values, level, [corner, corner + 1, corner + POINTS + 1, corner + POINTS]);
    }
  }
  let path = '';
  for (const [first] of steps) path += smoothLoop(loopFrom(first, steps).map((side) => crossing(side, values, level)));
  return path;
}

/** The field with a border that is just below the level, so that a line ends there. @param {Float32Array} field @param {number} level */
function withBorder(field, level) {
  const values = new Float64Array(POINTS * POINTS).fill(level * (1 - 1e-6));
  for (let row = 0; row < SIDE; row += 1) {
    values.set(field.subarray(row * SIDE, (row + 1) * SIDE), (row + 1) * POINTS + 1);
  }
  return values;
}

/**
 * @param {Map<number, number>} steps
 * @param {Float64Array} values
 * @param {number} level
 * @param {number[]} corners of a square, clockwise
 */
function addSteps(steps, values, level, corners) {
  const isInside = (/** @type {number} */ i) => values[corners[i % 4]] >= level;
  const side = (/** @type {number} */ i) => sideBetween(corners[i % 4], corners[(i + 1) % 4]);
  for (let enter = 0; enter < 4; enter += 1) {
    if (isInside(enter) || !isInside(enter + 1)) continue;
    let leave = enter + 1;
    while (isInside(leave + 1)) leave += 1;
    steps.set(side(enter), side(leave));
  }
}

/** One number for two neighbouring points. @param {number} one @param {number} other */
function sideBetween(one, other) {
  return 2 * Math.min(one, other) + (Math.abs(one - other) === 1 ? 0 : 1);
}

/** Takes a closed line out of the steps. @param {number} first @param {Map<number, number>} steps */
function loopFrom(first, steps) {
  const loop = [];
  for (let side = first; steps.has(side); ) {
    loop.push(side);
    const next = /** @type {number} */ (steps.get(side));
    steps.delete(side);
    side = next;
  }
  return loop;
}

/** Where the line crosses a side. @param {number} side @param {Float64Array} values @param {number} level */
function crossing(side, values, level) {
  const from = side >> 1;
  const isUpright = side % 2;
  const to = from + (isUpright ? POINTS : 1);
  const share = (level - values[from]) / (values[to] - values[from]);
  const [column, row] = [from % POINTS, Math.floor(from / POINTS)];
  const along = (/** @type {number} */ point) => place(point) * (1 - share) + place(point + 1) * share;
  return isUpright ? [place(column), along(row)] : [along(column), place(row)];
}

/** Where a point is in the unit square. @param {number} point along a side */
function place(point) {
  return Math.min(Math.max((point - 0.5) / SIDE, 0), 1);
}

/** A curve through the middles between points, bent towards each of them. @param {number[][]} points */
function smoothLoop(points) {
  const middle = (/** @type {number[]} */ [x, y], /** @type {number[]} */ [u, v]) => written((x + u) / 2, (y + v) / 2);
  const curves = points.map((point, i) => `Q${written(...point)} ${middle(point, points[(i + 1) % points.length])}`);
  return `M${middle(points[points.length - 1], points[0])}${curves.join('')}Z`;
}

/** @param {...number} lengths */
function written(...lengths) {
  return lengths.map((length) => length.toFixed(4)).join(' ');
}

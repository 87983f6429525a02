// What is told of several runs: the middle, the best, and how far they lie apart.

/**
 * @typedef {object} Summary
 * @property {number} runs
 * @property {number} median
 * @property {number} least
 * @property {number} lower a quarter of the runs is below it
 * @property {number} upper a quarter of the runs is above it
 * @property {number} most
 */

/** @param {number[]} values @returns {Summary} */
export function summary(values) {
  if (!values.length || !values.every(Number.isFinite)) {
    throw new RangeError(`There is no median of [${values.join(', ')}]: it takes numbers, one at least.`);
  }
  const sorted = [...values].sort((a, b) => a - b);
  return {
    runs: sorted.length,
    median: quantile(sorted, 0.5),
    least: sorted[0],
    lower: quantile(sorted, 0.25),
    upper: quantile(sorted, 0.75),
    most: sorted[sorted.length - 1],
  };
}

/** How many times the median of others: below 1 the first are smaller. @param {number[]} values @param {number[]} others */
export function ratioOfMedians(values, others) {
  return summary(values).median / summary(others).median;
}

/** Between two values in proportion, as most programs do it. @param {number[]} sorted @param {number} share */
function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}

/**
 * The cosine of the angle between two rows of numbers: 1 where they say the same.
 * @param {ArrayLike<number>} one @param {ArrayLike<number>} other
 */
export function cosine(one, other) {
  if (one.length !== other.length) return Number.NaN;
  let [product, square, otherSquare] = [0, 0, 0];
  for (let i = 0; i < one.length; i += 1) {
    product += one[i] * other[i];
    square += one[i] ** 2;
    otherSquare += other[i] ** 2;
  }
  return product / Math.sqrt(square * otherSquare);
}

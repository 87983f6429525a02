// How alike the cells of a grid are, by what all channels hold there.

/** @import { FeatureMap } from '../protocol.js' */

/**
 * The cosine of each cell's vector with that of the chosen one, row by row: 1 where they point the same way. A cell that
 * holds nothing is like no other.
 * @param {FeatureMap} map @param {number} chosen
 */
export function similarity({ shape: [channels, rows, columns], values }, chosen) {
  const size = rows * columns;
  return Float32Array.from({ length: size }, (_, cell) => {
    let [product, square, chosenSquare] = [0, 0, 0];
    for (let i = 0; i < channels; i += 1) {
      const [one, other] = [values[i * size + chosen], values[i * size + cell]];
      product += one * other;
      square += other * other;
      chosenSquare += one * one;
    }
    return product / (Math.sqrt(square * chosenSquare) || 1);
  });
}

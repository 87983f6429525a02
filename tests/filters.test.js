// The arithmetic of the filter bench, against what was computed by hand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  convolve,
  convolving,
  customKernel,
  greyOf,
  outputSide,
  PRESETS,
  paddingOf,
  pool,
  pooledSide,
  presetKernel,
  termsAt,
  toned,
} from '../www/inside/filters.js';

/** @import { Filter, Kernel, Padding, PaddingChoice, Pixels, Preset } from '../www/inside/filters.js' */

/** A grey picture. @param {number[][]} rows @returns {Pixels} */
function grey(...rows) {
  return { width: rows[0].length, height: rows.length, channels: 1, data: Uint8ClampedArray.from(rows.flat()) };
}

/** @param {Pixels} pixels */
function rowsOf({ width, channels, data }) {
  const side = width * channels;
  return Array.from({ length: data.length / side }, (_, row) => [...data.slice(row * side, (row + 1) * side)]);
}

/** @param {Kernel} kernel @param {PaddingChoice} [choice] @param {number} [stride] @returns {Filter} */
function filter(kernel, choice = 'valid', stride = 1) {
  return { kernel, padding: paddingOf(choice, kernel.size), stride };
}

/** What a preset of 3 makes of 3 × 3 pixels at their centre. @param {Preset} name @param {Pixels} pixels */
function at(name, pixels) {
  return convolve(pixels, filter(presetKernel(name, 3))).data[0];
}

const ramp = grey([1, 2, 3], [4, 5, 6], [7, 8, 9]);
const dot = grey([0, 0, 0], [0, 90, 0], [0, 0, 0]);

test('each preset of 3 has the weights of its definition', () => {
  const sixteenths = [1, 2, 1, 2, 4, 2, 1, 2, 1];
  assert.deepEqual(presetKernel('box', 3).weights, Array(9).fill(1 / 9));
  assert.deepEqual(
    presetKernel('gaussian', 3).weights,
    sixteenths.map((n) => n / 16),
  );
  assert.deepEqual(
    presetKernel('sharpen', 3).weights,
    sixteenths.map((n, i) => (i === 4 ? 28 : -n) / 16),
  );
  assert.deepEqual(presetKernel('edge', 3).weights, [-1, -1, -1, -1, 8, -1, -1, -1, -1]);
  assert.deepEqual(presetKernel('emboss', 3).weights, [-2, -1, 0, -1, 1, 1, 0, 1, 2]);
  assert.deepEqual(presetKernel('sobel-x', 3).weights, [-1, 0, 1, -2, 0, 2, -1, 0, 1]);
  assert.deepEqual(presetKernel('sobel-y', 3).weights, [-1, -2, -1, 0, 0, 0, 1, 2, 1]);
});

test('larger presets follow the same formulas', () => {
  const [gaussian, emboss] = [presetKernel('gaussian', 5).weights, presetKernel('emboss', 5).weights];
  assert.deepEqual(
    gaussian.slice(0, 5).map((weight) => weight * 256),
    [1, 4, 6, 4, 1],
  );
  assert.equal(gaussian[12], 36 / 256);
  assert.deepEqual([emboss[0], emboss[1], emboss[12], emboss[24]], [-2, -1.5, 1, 2]);
  const [fives, sevens] = [presetKernel('sobel-x', 5).weights, presetKernel('sobel-x', 7).weights];
  assert.deepEqual(fives.slice(5, 10), [-4, -8, 0, 8, 4]);
  assert.deepEqual(sevens.slice(21, 28), [-20, -80, -100, 0, 100, 80, 20]);
  for (const size of [3, 5, 7]) {
    const [x, y] = [presetKernel('sobel-x', size).weights, presetKernel('sobel-y', size).weights];
    assert.deepEqual(
      y,
      x.map((_, i) => x[(i % size) * size + Math.floor(i / size)]),
    );
    assert.equal(presetKernel('edge', size).weights[(size * size - 1) / 2], size * size - 1);
    for (const name of PRESETS) {
      const sum = presetKernel(name, size).weights.reduce((a, b) => a + b);
      const isDifference = name === 'edge' || name.startsWith('sobel');
      // Ninths and the like do not add up to 1 in binary fractions; 49 roundings stay far below this.
      assert.ok(Math.abs(sum - Number(!isDifference)) < 1e-12, `${name} of ${size} adds up to ${sum}`);
    }
  }
});

test('what is shown of a sum: itself, or its distance from 0; never beyond a byte', () => {
  assert.equal(at('box', ramp), 5);
  assert.equal(at('box', dot), 10);
  assert.equal(at('gaussian', dot), 23, '90 / 4 is rounded up');
  assert.equal(at('sharpen', dot), 158, '28 / 16 of 90 is 157.5');
  assert.equal(at('edge', ramp), 0);
  assert.equal(at('edge', grey([9, 9, 9], [9, 1, 9], [9, 9, 9])), 64, '8 − 72');
  assert.equal(at('edge', dot), 255, '720');
  assert.equal(at('emboss', ramp), 29, '−2 − 2 − 4 + 5 + 6 + 8 + 18');
  assert.equal(at('emboss', grey([200, 0, 0], [0, 0, 0], [0, 0, 0])), 0, '−400');
  assert.equal(at('sobel-x', ramp), 8);
  assert.equal(at('sobel-x', grey([3, 2, 1], [6, 5, 4], [9, 8, 7])), 8, 'the sum is −8');
  assert.equal(at('sobel-y', ramp), 24);
  const negative = customKernel([0, 0, 0, 0, -1, 0, 0, 0, 0]);
  assert.equal(convolve(dot, filter(negative)).data[0], 0);
  const difference = customKernel([0, 0, 0, 0.1, -0.3, 0.2, 0, 0, 0]);
  assert.equal(difference.shows, 'absolute', 'its sum is 0 but for the last binary digit');
  assert.equal(convolve(dot, filter(difference)).data[0], 27);
});

test('kernels are not turned round', () => {
  const corner = customKernel([1, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(corner))), [[1]]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(corner, 'same'))), [
    [0, 0, 0],
    [0, 1, 2],
    [0, 4, 5],
  ]);
});

test('padding and stride', () => {
  const sum = customKernel(Array(9).fill(1));
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum))), [[45]]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum, 'same'))), [
    [12, 21, 16],
    [27, 45, 33],
    [24, 39, 28],
  ]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum, 'full'))).slice(0, 2), [
    [1, 3, 6, 5, 3],
    [5, 12, 21, 16, 9],
  ]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum, 'full', 2))), [
    [1, 6, 3],
    [12, 45, 18],
    [7, 24, 9],
  ]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum, 1, 2))), [
    [12, 16],
    [24, 28],
  ]);
  assert.deepEqual(rowsOf(convolve(ramp, filter(sum, 3)))[0], Array(7).fill(0), 'nothing but zeros');
});

test('the size of a result', () => {
  /** @param {PaddingChoice} choice @param {number} size @param {number} stride */
  const side = (choice, size, stride) => outputSide(224, filter({ ...presetKernel('box', 3), size }, choice, stride));
  assert.deepEqual(
    [side('valid', 3, 1), side('same', 3, 1), side('full', 3, 1), side(3, 7, 2), side('valid', 7, 16)],
    [222, 224, 226, 112, 14],
  );
  assert.deepEqual(paddingOf('same', 4), { before: 1, after: 2 });
  assert.ok(outputSide(2, filter(presetKernel('box', 3))) < 1);
  assert.throws(() => convolve(grey([1, 2]), filter(presetKernel('box', 3))), /does not fit into 2 × 1; add padding/);
});

test('channels stay apart', () => {
  const colours = { width: 2, height: 1, channels: 3, data: Uint8ClampedArray.from([10, 20, 30, 40, 50, 60]) };
  const right = customKernel([0, 0, 0, 0, 0, 1, 0, 0, 0]);
  assert.deepEqual(rowsOf(convolve(colours, filter(right, 'same'))), [[40, 50, 60, 0, 0, 0]]);
  assert.deepEqual(rowsOf(greyOf(colours)), [[18, 48]], '2.99 + 11.74 + 3.42 and 11.96 + 29.35 + 6.84');
});

test('one sum written out is what is shown there', () => {
  const sobel = filter(presetKernel('sobel-x', 3), 'same');
  const none = undefined;
  assert.deepEqual(termsAt(ramp, sobel, 0, 0, 0), {
    inputs: [none, none, none, none, 1, 2, none, 4, 5],
    products: [-0, 0, 0, -0, 0, 4, -0, 0, 5],
    sum: 9,
    shown: 9,
  });
  const [strided, result] = [
    filter(presetKernel('edge', 3), 'full', 2),
    rowsOf(convolve(ramp, filter(presetKernel('edge', 3), 'full', 2))),
  ];
  for (const [row, values] of result.entries()) {
    for (const [col, value] of values.entries()) assert.equal(termsAt(ramp, strided, row, col, 0).shown, value);
  }
});

test('a convolution pauses after each row', () => {
  const steps = [...convolving(ramp, filter(presetKernel('box', 3), 'same'))];
  assert.equal(steps.length, 3);
});

test('pooling leaves out windows that are cut off', () => {
  const pixels = grey([1, 2, 3, 4, 9], [5, 6, 7, 9, 9], [9, 9, 9, 9, 9]);
  assert.deepEqual(rowsOf(pool(pixels, 'max', 2)), [[6, 9]]);
  assert.deepEqual(rowsOf(pool(pixels, 'average', 2)), [[4, 6]], '14 / 4 is rounded up, 23 / 4 too');
  assert.deepEqual(rowsOf(pool(pixels, 'max', 3)), [[9]]);
  assert.equal(pooledSide(5, 2), 2);
  const colours = { width: 2, height: 2, channels: 3, data: Uint8ClampedArray.from({ length: 12 }, (_, i) => i) };
  assert.deepEqual(rowsOf(pool(colours, 'max', 2)), [[9, 10, 11]]);
  assert.deepEqual(rowsOf(pool(colours, 'average', 2)), [[5, 6, 7]], '4.5, 5.5 and 6.5');
  assert.throws(() => pool(pixels, 'max', 4), /a window of 4 does not fit into 5 × 3/);
});

test('gamma first, then the threshold', () => {
  const pixels = grey([0, 64, 128, 255]);
  assert.deepEqual(rowsOf(toned(pixels, {})), [[0, 64, 128, 255]]);
  assert.deepEqual(rowsOf(toned(pixels, { gamma: 2 })), [[0, 16, 64, 255]]);
  assert.deepEqual(rowsOf(toned(pixels, { gamma: 0.5 })), [[0, 128, 181, 255]]);
  assert.deepEqual(rowsOf(toned(pixels, { threshold: 128 })), [[0, 0, 255, 255]]);
  assert.deepEqual(rowsOf(toned(pixels, { gamma: 2, threshold: 64 })), [[0, 0, 255, 255]]);
  assert.deepEqual(rowsOf(toned(pixels, { threshold: 0 })), [[255, 255, 255, 255]]);
});

test('what cannot be is refused by its name', () => {
  assert.throws(
    () => presetKernel(/** @type {Preset} */ ('laplace'), 3),
    /no kernel is called laplace; there are sharpen/,
  );
  assert.throws(() => presetKernel('box', 4), /a kernel of 4 × 4: its size is odd/);
  assert.throws(() => presetKernel('sobel-x', 9), /sobel-x is of 3, 5 or 7, not 9/);
  assert.throws(() => customKernel([1, 2, 3]), /3 weights are no square/);
});

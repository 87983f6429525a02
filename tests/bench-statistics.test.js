// What the benchmark tells of its runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cosine, ratioOfMedians, summary } from '../bench/statistics.js';

test('the middle of an odd number of runs is one of them', () => {
  const found = summary([5, 1, 4, 2, 3]);
  assert.deepEqual(found, { runs: 5, median: 3, least: 1, lower: 2, upper: 4, most: 5 });
});

test('the middle of an even number of runs lies between two, and so do the quarters', () => {
  const found = summary([40, 10, 30, 20]);
  assert.deepEqual(found, { runs: 4, median: 25, least: 10, lower: 17.5, upper: 32.5, most: 40 });
});

test('numbers are ordered as numbers, and what was given stays in its order', () => {
  const given = [100, 9, 20];
  assert.equal(summary(given).median, 20);
  assert.deepEqual(given, [100, 9, 20]);
});

test('a single run is all there is to tell', () => {
  assert.deepEqual(summary([7]), { runs: 1, median: 7, least: 7, lower: 7, upper: 7, most: 7 });
});

test('there is no median of nothing, nor of what is no number', () => {
  assert.throws(() => summary([]), /one at least/);
  assert.throws(() => summary([1, Number.NaN]), /1, NaN/);
});

test('a ratio is that of the medians, whatever one slow run took', () => {
  assert.equal(ratioOfMedians([10, 11, 900], [22, 22, 1]), 0.5);
});

test('the cosine tells direction, not length, and numbers that are missing', () => {
  assert.equal(cosine([1, 2], [2, 4]), 1);
  assert.equal(cosine([1, 0], [0, 3]), 0);
  assert.equal(cosine([1, 2], [-1, -2]), -1);
  assert.ok(Number.isNaN(cosine([1, 2], [1, 2, 3])));
});

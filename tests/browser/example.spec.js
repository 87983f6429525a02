// The example that the page shows is what the model that ships says of its photo, and not what an older one said.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exampleFile, makeExample } from '../../scripts/example.js';

/** @import { Example } from '../../scripts/example.js' */

/** The greatest difference between two processors, and what rounding adds. */
const TOLERANCE = 0.002;

const shown = JSON.parse(readFileSync(exampleFile, 'utf8'));
const said = makeExample();

test('the example has the words, the hedge and the runners-up that the command line tells', () => {
  assert.deepEqual(namesOf(shown), namesOf(said));
});

test('the example has the probabilities and the attention that the command line tells', () => {
  const [before, now] = [numbersOf(shown), numbersOf(said)];
  assert.equal(before.length, now.length);
  for (const [i, value] of before.entries()) {
    assert.ok(Math.abs(value - now[i]) <= TOLERANCE, `the ${i + 1}th number is ${value}, and now ${now[i]}`);
  }
});

/** The same without probabilities. Runners-up that are as probable may change places. @param {Example} example */
function namesOf({ text, hedged, sureness, grid, words }) {
  const names = words.map(({ text, alternatives }) => [text, ...alternatives.map(({ text }) => text).sort()]);
  return { text, hedged, sureness, grid, words: names };
}

/** @param {Example} example */
function numbersOf({ words }) {
  return words.flatMap(({ logProbability, attention, lookedAway, alternatives }) => [
    logProbability,
    ...(attention?.flat() ?? []),
    lookedAway ?? 0,
    ...alternatives.map(({ logProbability }) => logProbability),
  ]);
}

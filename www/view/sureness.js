// How sure a model was of a caption, in three honest steps.

/** @import { Caption } from '../protocol.js' */
/** @typedef {'sure' | 'unsure' | 'hesitant'} Sureness */

/**
 * The probability of a word, in the geometric mean, from where on a caption counts as sure and as unsure. Measured with
 * the model that ships, which scripts/sureness.js shows.
 */
const SURE = 0.47;
const UNSURE = 0.37;

/** @param {Caption} caption */
export function sureness({ words, logProbability }) {
  // The end is a choice as well, but for the one that follows a class for certain.
  const isCertain = words.length === 1 && words[0].logProbability === logProbability;
  return surenessAt(Math.exp(logProbability / (words.length + (isCertain ? 0 : 1))));
}

/** @param {number} probability of a word, in the geometric mean @returns {Sureness} */
export function surenessAt(probability) {
  return probability >= SURE ? 'sure' : probability >= UNSURE ? 'unsure' : 'hesitant';
}

// How sure a model was of a caption, in three honest steps.

/** @import { Caption } from '../protocol.js' */

/** The model's mean probability of a word, in the geometric mean, from where on a caption counts as sure and as unsure. */
const SURE = 0.5;
const UNSURE = 0.33;

/** @param {Caption} caption @returns {'sure' | 'unsure' | 'hesitant'} */
export function sureness({ words, logProbability }) {
  // The end is a choice as well.
  const chance = Math.exp(logProbability / (words.length + 1));
  return chance >= SURE ? 'sure' : chance >= UNSURE ? 'unsure' : 'hesitant';
}

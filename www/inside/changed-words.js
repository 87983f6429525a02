// Two sentences of a model, one below the other, with the words marked that are not in both.

/** @import { Caption } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { make } from './elements.js';

/** Shows the model's own caption, and what it becomes. @param {HTMLElement} element @param {Inside} inside @param {Caption} caption */
export function showChange(element, inside, { words }) {
  const [before, after] = [inside.written, words.map(({ text }) => text)];
  const [gone, come] = differences(before, after);
  const isSame = !gone.size && !come.size;
  element.replaceChildren(make('p', 'quiet', inside.text('inside.was')), marked(before, gone));
  element.append(make('p', 'quiet', inside.text(isSame ? 'inside.same' : 'inside.becomes')));
  if (!isSame) element.append(marked(after, come));
}

/**
 * What is left of each beside the longest row of words that they share.
 * @param {string[]} before @param {string[]} after @returns {[Set<number>, Set<number>]} places of words
 */
export function differences(before, after) {
  // Words that are shared from these two places on.
  const shared = Array.from({ length: before.length + 1 }, () => new Array(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const skipped = Math.max(shared[i + 1][j], shared[i][j + 1]);
      shared[i][j] = before[i] === after[j] ? shared[i + 1][j + 1] + 1 : skipped;
    }
  }
  const [gone, come] = [new Set(before.keys()), new Set(after.keys())];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      gone.delete(i++);
      come.delete(j++);
    } else if (shared[i + 1][j] >= shared[i][j + 1]) i += 1;
    else j += 1;
  }
  return [gone, come];
}

/** @param {string[]} words @param {Set<number>} places */
function marked(words, places) {
  const sentence = make('p', '');
  [sentence.lang, sentence.dir] = ['en', 'ltr'];
  for (const [place, word] of words.entries()) {
    if (place) sentence.append(' ');
    sentence.append(places.has(place) ? make('mark', '', word) : word);
  }
  return sentence;
}

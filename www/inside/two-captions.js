// A caption and what becomes of it, beneath each other; words that are not in both are marked.

/** @import { Inside } from './inside.js' */

import { make } from './elements.js';

/** @param {Inside} inside @param {string[]} before @param {string[]} after */
export function twoCaptions(inside, before, after) {
  const element = make('div', 'two-captions');
  element.append(
    make('p', 'quiet', inside.text('inside.was')),
    sentence(before, after),
    make('p', 'quiet', inside.text('inside.becomes')),
    sentence(after, before),
  );
  if (before.join(' ') === after.join(' ')) element.append(make('p', '', inside.text('inside.same')));
  return element;
}

/** @param {string[]} words @param {string[]} others */
function sentence(words, others) {
  const element = make('p', '');
  [element.lang, element.dir] = ['en', 'ltr'];
  const common = inCommon(words, others);
  for (const [index, word] of words.entries()) {
    element.append(index ? ' ' : '', common.has(index) ? word : make('mark', '', word));
  }
  return element;
}

/** The longest row of words that both have in this order, by their places in the first. @param {string[]} a @param {string[]} b */
function inCommon(a, b) {
  /** How many there are from these places on. @type {number[][]} */
  const lengths = [];
  const at = (/** @type {number} */ i, /** @type {number} */ j) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    lengths[i] = [];
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  /** @type {Set<number>} */
  const found = new Set();
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) {
      found.add(i);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}

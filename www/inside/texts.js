// The words of a look inside, fetched with it: English, with those of the reader's language over it.

import english from './text/en.js';

/** @type {Map<string, () => Promise<{ default: Record<string, string> }>>} */
const OTHERS = new Map([
  ['ar', () => import('./text/ar.js')],
  ['my', () => import('./text/my.js')],
]);

/** @param {string} tag @returns {Promise<Record<string, string>>} */
export async function loadTexts(tag) {
  const others = await OTHERS.get(tag)?.();
  return { ...english, ...others?.default };
}

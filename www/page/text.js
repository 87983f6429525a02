// The page's words in the reader's language: those in text/, and with them what the page and the element say alike. first.js
// chooses the language.

import { ENGLISH, languageOf } from '../view/language.js';

/** Where first.js looks. */
const REMEMBERED = 'sightline-language';

let language = ENGLISH;
/** The language that was asked for last. @type {string | undefined} */
let wanted;
/** Told when the language changes. @type {Set<() => void>} */
const listeners = new Set();

/** @param {string} tag one of those that the page offers */
export async function setLanguage(tag) {
  wanted = tag;
  const own = fetch(new URL(`./text/${tag}.json`, import.meta.url)).then((response) => response.json());
  const [shared, texts] = await Promise.all([languageOf(tag), own]);
  // Another one was asked for meanwhile.
  if (tag !== wanted) return;
  language = shared.with(texts);
  document.documentElement.lang = tag;
  document.documentElement.dir = language.direction;
  document.documentElement.dataset.told = 'yes';
  document.title = text('title');
  translate(document);
  for (const listener of listeners) listener();
}

/** @param {string} tag */
export function rememberLanguage(tag) {
  try {
    localStorage.setItem(REMEMBERED, tag);
  } catch {
    // Storage is forbidden; the choice holds for this visit.
  }
}

/** @param {() => void} listener @returns {() => void} ends it */
export function onLanguage(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @param {string} key @param {Record<string, string | number>} [values] */
export function text(key, values = {}) {
  return language.text(key, values);
}

/** What the page speaks now. */
export function spoken() {
  return language;
}

/** Fills everything under a node that says which text it wants. @param {ParentNode} node */
export function translate(node) {
  for (const element of node.querySelectorAll('[data-text]')) {
    element.textContent = text(/** @type {HTMLElement} */ (element).dataset.text ?? '');
  }
  for (const element of node.querySelectorAll('[data-name]')) {
    element.setAttribute('aria-label', text(/** @type {HTMLElement} */ (element).dataset.name ?? ''));
  }
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return language.number(value, options);
}

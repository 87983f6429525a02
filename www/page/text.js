// The page's words in the reader's language: those in text/, and with them what the page and the element say alike.
// initial-language.js chooses the language.

import { ENGLISH, loadLanguage } from '../view/language.js';
import { remember } from './storage.js';

/** Where initial-language.js looks. */
const STORAGE_KEY = 'sightline-language';

/** How long the words of a first visit wait for their font, in milliseconds. */
const FONT_TIME = 1000;

let language = ENGLISH;
/** The language that was asked for last. @type {string | undefined} */
let requested;
/** Told when the language changes. @type {Set<() => void>} */
const listeners = new Set();

/** @param {string} tag one of those that the page offers */
export async function setLanguage(tag) {
  requested = tag;
  const own = fetch(new URL(`./text/${tag}.json`, import.meta.url)).then((response) => response.json());
  const [shared, texts] = await Promise.all([loadLanguage(tag), own]);
  // Another one was asked for meanwhile.
  if (tag !== requested) return;
  language = shared.with(texts);
  document.documentElement.lang = tag;
  document.documentElement.dir = language.direction;
  document.title = text('title');
  translate(document);
  for (const listener of listeners) listener();
  await fontsArrived();
  document.documentElement.dataset.translated = 'yes';
}

/** What is seen first is not written anew in another font, unless that takes too long. */
async function fontsArrived() {
  // Whoever knows where the words stand knows which fonts they are written in.
  document.body.getBoundingClientRect();
  await Promise.race([document.fonts.ready, new Promise((resolve) => setTimeout(resolve, FONT_TIME))]);
}

/** @param {string} tag */
export function rememberLanguage(tag) {
  remember(STORAGE_KEY, tag);
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
export function currentLanguage() {
  return language;
}

/** Fills everything under a node that says which text it wants. @param {ParentNode} node */
export function translate(node) {
  for (const element of node.querySelectorAll('[data-text]')) {
    element.textContent = text(/** @type {HTMLElement} */ (element).dataset.text ?? '');
  }
  for (const element of node.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', text(/** @type {HTMLElement} */ (element).dataset.label ?? ''));
  }
}

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
export function number(value, options) {
  return language.number(value, options);
}

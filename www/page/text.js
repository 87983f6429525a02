// The page's words in the reader's language: those in text/, and with them what the page and the element say alike.
// initial-language.js chooses the language.

import { ENGLISH, loadLanguage } from '../view/language.js';
import { remember } from './storage.js';

/** Where initial-language.js looks. */
const STORAGE_KEY = 'sightline-language';

/** Languages that have a font of the page's own. */
const OWN_FONT = new Set(['my']);
/** How long they wait for it, in milliseconds. */
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
  const [shared, texts] = await Promise.all([loadLanguage(tag), own, OWN_FONT.has(tag) && fontsArrived()]);
  // Another one was asked for meanwhile.
  if (tag !== requested) return;
  language = shared.with(texts);
  document.documentElement.lang = tag;
  document.documentElement.dir = language.direction;
  document.title = text('title');
  translate(document);
  for (const listener of listeners) listener();
  document.documentElement.dataset.translated = 'yes';
}

/**
 * The page's own fonts are there before the first word in them, unless that takes too long: no word moves then, and
 * Chromium draws none of them in the font before, as it may go on to do.
 */
async function fontsArrived() {
  const fonts = Promise.allSettled([...document.fonts].map((font) => font.load()));
  await Promise.race([fonts, new Promise((resolve) => setTimeout(resolve, FONT_TIME))]);
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

// The page's words in the reader's language. One small file for each language in text/; first.js chooses among them.

const RIGHT_TO_LEFT = new Set(['ar']);
/** Where first.js looks. */
const REMEMBERED = 'sightline-language';

/** @type {Record<string, string>} */
let words = {};
/** The language that was asked for last. @type {string | undefined} */
let wanted;
/** Told when the language changes. @type {Set<() => void>} */
const listeners = new Set();

/** @param {string} language one of those that the page offers */
export async function setLanguage(language) {
  wanted = language;
  const response = await fetch(new URL(`./text/${language}.json`, import.meta.url));
  const fetched = await response.json();
  // Another one was asked for meanwhile.
  if (language !== wanted) return;
  words = fetched;
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? 'rtl' : 'ltr';
  document.documentElement.dataset.told = 'yes';
  document.title = text('title');
  translate(document);
  for (const listener of listeners) listener();
}

/** @param {string} language */
export function rememberLanguage(language) {
  try {
    localStorage.setItem(REMEMBERED, language);
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
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
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
  return new Intl.NumberFormat(document.documentElement.lang, options).format(value);
}

/** @param {number} logProbability */
export function percent(logProbability) {
  return number(Math.exp(logProbability), { style: 'percent', maximumFractionDigits: 0 });
}

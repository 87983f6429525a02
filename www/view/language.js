// What a reader is told, in a language. English is always here; the words of another are fetched when somebody wants
// them.

import english from './text/en.js';

/** @import { Progress, Word } from '../protocol.js' */
/** @typedef {Record<string, string>} Texts */

/** @type {Map<string, () => Promise<{ default: Texts }>>} */
const OTHERS = new Map([
  ['ar', () => import('./text/ar.js')],
  ['my', () => import('./text/my.js')],
]);

/** A share that is not worth a line. */
const NOTHING = 0.05;

const RIGHT_TO_LEFT = new Set(['ar']);

export class Language {
  #texts;

  /** @param {string} tag @param {Texts} texts */
  constructor(tag, texts) {
    this.tag = tag;
    this.direction = RIGHT_TO_LEFT.has(tag) ? 'rtl' : 'ltr';
    this.#texts = texts;
  }

  /** The same language with more texts, or with others in their place. @param {Texts} texts */
  with(texts) {
    return new Language(this.tag, { ...this.#texts, ...texts });
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  text(key, values = {}) {
    return (this.#texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }

  /** @param {number} value @param {Intl.NumberFormatOptions} [options] */
  number(value, options) {
    return new Intl.NumberFormat(this.tag, options).format(value);
  }

  /** @param {number} logProbability */
  percent(logProbability) {
    return this.#share(Math.exp(logProbability));
  }

  /** How much of its attention a model gave to no part of the photo; empty where that is next to nothing. @param {Word} word */
  lookedAway({ lookedAway }) {
    return (lookedAway ?? 0) < NOTHING ? '' : this.text('caption.away', { share: this.#share(lookedAway ?? 0) });
  }

  /** @param {number} share */
  #share(share) {
    return this.number(share, { style: 'percent', maximumFractionDigits: 0 });
  }

  /** @param {number} bytes */
  megabytes(bytes) {
    return this.number(bytes / 1e6, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  }

  /** How far a model is. @param {Progress} progress */
  loadingStatus({ loaded, total }) {
    if (loaded === total) return this.text('model.warming');
    return this.text('model.loading', { loaded: this.megabytes(loaded), total: this.megabytes(total) });
  }
}

export const ENGLISH = new Language('en', english);

/** The language of a tag such as `ar-EG`; English where there are no words of it. @param {string} tag */
export async function loadLanguage(tag) {
  const name = tag.toLowerCase().split('-')[0];
  const texts = await OTHERS.get(name)?.();
  return texts ? new Language(name, texts.default) : ENGLISH;
}

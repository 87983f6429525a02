// The licence texts and notices that packages carry along, each of them once.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** LICENSE-MIT, UNLICENSE, COPYING.md, COPYRIGHT, NOTICE… */
const NAMES = /^(un)?licen[cs]e|^copying|^copyright|^notice/i;

/** What a crate's folder has of them. @param {string} folder @returns {string[]} */
export function textsIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && NAMES.test(entry.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8'))
    .sort();
}

/** Numbers texts from 1 on. Those that differ in their white space alone are the same. */
export class Texts {
  /** By what they say. @type {Map<string, { number: number, text: string }>} */
  #known = new Map();

  /** @param {string} text */
  numberOf(text) {
    const words = text.split(/\s+/).filter(Boolean).join(' ');
    const known = this.#known.get(words) ?? { number: this.#known.size + 1, text };
    this.#known.set(words, known);
    return known.number;
  }

  /** All of them, in their order. */
  all() {
    return [...this.#known.values()].map(({ number, text }) => ({ number, text: tidy(text) }));
  }
}

/** Without what no reader sees. @param {string} text */
function tidy(text) {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n|\f/);
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

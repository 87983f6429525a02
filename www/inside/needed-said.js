// What is said of where a model looked for a word and what it needed, by the numbers.

/** @import { Inside } from './inside.js' */

import { placeOf } from './cell-grid.js';

/** A fall that is as good as none, and the least rise that is worth a note. */
export const TINY = 0.01;
/** From which correlation on it is called what. @type {[number, string][]} */
const AGREEMENTS = [
  [0.5, 'agree'],
  [0.2, 'agree-little'],
  [-0.2, 'agree-hardly'],
  [-1, 'agree-not'],
];

export class NeededSentences {
  #inside;
  #columns;

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#columns = inside.caption.grid.cols;
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  text(key, values) {
    return this.#inside.text(`inside.needed.${key}`, values);
  }

  /** @param {number} share */
  percent(share) {
    return this.#inside.number(share, { style: 'percent', maximumFractionDigits: 1 });
  }

  /** @param {{ text: string, probability: number }} word */
  probability({ text, probability }) {
    return this.text('probability', { word: text, probability: this.percent(probability) });
  }

  /** By how much a probability falls, or rises. @param {number} fall */
  fall(fall) {
    return this.text(fall < 0 ? 'rises' : 'falls', { points: this.#points(Math.abs(fall)) });
  }

  /** @param {Float32Array} looked */
  mostLooked(looked) {
    const [share, cell] = greatest(looked);
    return this.text('most-looked', { share: this.percent(share), place: this.#place(cell, false) });
  }

  /** @param {Float32Array} falls @param {boolean} isBlocks */
  mostNeeded(falls, isBlocks) {
    const [fall, place] = greatest(falls);
    const most = this.text('most-needed', { points: this.#points(fall), place: this.#place(place, isBlocks) });
    const none = fall < TINY ? this.text(isBlocks ? 'tiny-block' : 'tiny') : '';
    return [fall > 0 ? most : '', none].filter(Boolean).join(' ');
  }

  /** Empty where none is worth a note. @param {Float32Array} falls @param {boolean} isBlocks */
  rise(falls, isBlocks) {
    const [rise, place] = greatest(falls.map((fall) => -fall));
    return rise < TINY ? '' : this.text('rise', { points: this.#points(rise), place: this.#place(place, isBlocks) });
  }

  /** What it means, and the number. @param {number} agreement */
  agreement(agreement) {
    const [, key] = AGREEMENTS.find(([least]) => agreement >= least) ?? ['', 'agree-not'];
    const value = this.#inside.number(agreement, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    return [this.text(key), this.text('agreement', { value })];
  }

  /** @param {number} share */
  #points(share) {
    return this.#inside.number(100 * share, { maximumFractionDigits: 1 });
  }

  /** @param {number} index @param {boolean} isBlock */
  #place(index, isBlock) {
    const columns = this.#columns;
    return isBlock
      ? this.text('block', placeOf(this.#inside, index, columns - 1))
      : this.#inside.text('inside.cell.place', placeOf(this.#inside, index, columns));
  }
}

/** @param {ArrayLike<number>} values @returns {[number, number]} the greatest, and where it is */
export function greatest(values) {
  let place = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[place]) place = i;
  return [values[place] ?? 0, place];
}

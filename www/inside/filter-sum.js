// One place of the result, written out: numbers of the photo, times the kernel, which can be typed here, and their sum.

/** @import { Kernel, Terms } from './filters.js' */
/** @import { Inside } from './filter-fields.js' */

import { areGood, make } from './filter-fields.js';

/** The largest weight that can be typed, and the smallest below 0. */
const MOST = 1000;
/** From this grey on black figures are read more easily than white ones. */
const LIGHT = 118;

export class FilterSum {
  element = make('div', { className: 'filter-sum' });
  #inside;
  #onWeights;
  #error = make('p', { className: 'filter-error', role: 'alert' });
  #equation = make('p', { className: 'filter-equation' });
  #zeros = make('p', { className: 'filter-quiet' });
  /** @type {Kernel} */
  #kernel = { size: 0, weights: [], shows: 'value' };
  /** @type {HTMLInputElement[]} */
  #weights = [];
  /** @type {HTMLElement[]} */
  #inputs = [];
  /** @type {HTMLElement[]} */
  #products = [];
  /** Numbers as they are said, since to say one takes longer than to add it up. @type {Map<number, string>} */
  #said = new Map();

  /** @param {Inside} inside @param {(weights: number[]) => void} onWeights somebody typed them */
  constructor(inside, onWeights) {
    this.#inside = inside;
    this.#onWeights = onWeights;
  }

  /** Shows a kernel where it was not typed. @param {Kernel} kernel */
  showKernel(kernel) {
    this.#kernel = kernel;
    this.#said.clear();
    const { text, number } = this.#inside;
    const cells = () => kernel.weights.map(() => make('td'));
    this.#inputs = cells();
    this.#products = cells();
    this.#weights = kernel.weights.map((weight, at) => {
      const input = make('input', { type: 'number', min: `${-MOST}`, max: `${MOST}`, step: 'any', required: true });
      input.value = short(weight);
      const place = { row: number(Math.floor(at / kernel.size) + 1), col: number((at % kernel.size) + 1) };
      input.ariaLabel = text('filter.weight', place);
      input.addEventListener('input', () => this.#read());
      return input;
    });
    this.#error.textContent = '';
    const weights = this.#weights.map((input) => make('td', {}, input));
    const sign = (/** @type {string} */ sign) => make('span', { className: 'filter-sign' }, sign);
    const tables = make(
      'div',
      { className: 'filter-tables', dir: 'ltr' },
      table(text('filter.inputs'), this.#inputs, kernel.size),
      sign('×'),
      table(text('filter.weights'), weights, kernel.size),
      sign('='),
      table(text('filter.products'), this.#products, kernel.size),
    );
    this.element.replaceChildren(tables, this.#error, this.#equation, this.#zeros);
  }

  /** To where a kernel is typed. */
  focus() {
    this.#weights[0].focus();
  }

  /** Weights that were left alone are as exact as before, however short they are written. */
  #read() {
    if (!areGood(this.#inside, this.#weights, this.#error)) return;
    const { weights } = this.#kernel;
    this.#onWeights(
      this.#weights.map((input, at) => (input.value === short(weights[at]) ? weights[at] : input.valueAsNumber)),
    );
  }

  /** @param {Terms} [terms] none where the kernel fits nowhere @param {Kernel['shows']} [shows] */
  showTerms(terms, shows = 'value') {
    const { text } = this.#inside;
    for (const [at, cell] of this.#inputs.entries()) {
      const input = terms?.inputs[at];
      cell.className = terms && input === undefined ? 'filter-zero' : '';
      cell.textContent = terms ? this.#say(input ?? 0) : '';
      cell.style.background = input === undefined ? '' : `rgb(${input} ${input} ${input})`;
      cell.style.color = input === undefined ? '' : input < LIGHT ? '#fff' : '#000';
      this.#products[at].textContent = terms ? this.#say(terms.products[at]) : '';
    }
    const zeros = terms?.inputs.filter((input) => input === undefined).length ?? 0;
    this.#zeros.textContent = zeros ? text('filter.outside', { count: this.#say(zeros) }) : '';
    this.#equation.textContent = terms
      ? text(`filter.shown-${shows}`, { sum: this.#say(terms.sum), shown: this.#say(terms.shown) })
      : '';
  }

  /** @param {number} value */
  #say(value) {
    const known = this.#said.get(value);
    if (known !== undefined) return known;
    // Nothing below 0 is nothing.
    const said = this.#inside.number(Math.round(100 * value) / 100 || 0, {
      maximumFractionDigits: 2,
      useGrouping: false,
    });
    this.#said.set(value, said);
    return said;
  }
}

/** A weight as a field shows it. @param {number} weight */
function short(weight) {
  return String(Math.round(1000 * weight) / 1000);
}

/** @param {string} name @param {HTMLElement[]} cells @param {number} size */
function table(name, cells, size) {
  const rows = Array.from({ length: size }, (_, row) => make('tr', {}, ...cells.slice(row * size, (row + 1) * size)));
  return make('table', {}, make('caption', { dir: 'auto' }, name), make('tbody', {}, ...rows));
}

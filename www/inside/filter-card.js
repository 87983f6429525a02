// The filter bench: choose a kernel, and see what it makes of the photo, place by place.

/** @import { Filter, Pixels, Preset } from './filters.js' */
/** @import { Inside } from './filter-fields.js' */
/**
 * @typedef {object} Choice
 * @property {Preset | 'custom'} name of the kernel
 * @property {'valid' | 'same' | 'full' | 'zeros'} padding
 * @property {number} zeros on each side, where the padding is so many
 * @property {number} stride
 * @property {boolean} isGrey
 * @property {number} side the longest of the photo as it is filtered
 * @property {number} channel whose sum is written out
 */

import { FilterAfter } from './filter-after.js';
import { choiceField, make, numberField, say } from './filter-fields.js';
import { FilterSum } from './filter-sum.js';
import { FilterWalk } from './filter-walk.js';
import { convolving, customKernel, greyOf, outputSide, PRESETS, paddingOf, presetKernel, termsAt } from './filters.js';

export { STYLE } from './filter-style.js';

/** Milliseconds after which whatever else the page has to do comes first. */
const SLICE = 12;
/** The photo's longest side may be one of these; with the small ones its pixels are seen. */
const SIDES = [28, 56, 112, 224];

/** @type {Choice['name'][]} */
const KERNELS = [...PRESETS, 'custom'];

export class FilterCard {
  element = make('div', { className: 'filter-card' });
  #inside;
  #walk;
  #sum;
  #after;
  #formula = make('dl');
  #failure = make('p', { className: 'error', role: 'alert' });
  #kernels;
  /** @type {Choice} */
  #choice = { name: 'edge', padding: 'same', zeros: 1, stride: 1, isGrey: false, side: 224, channel: 0 };
  #kernel = presetKernel('edge', 3);
  /** The photo as it is filtered next. @type {Pixels | undefined} */
  #photo;
  /** What the result that is seen was made of. @type {{ photo: Pixels, filter: Filter } | undefined} */
  #shown;
  #channels;
  /** The computation that goes on; any other ends. @type {object | undefined} */
  #run;

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#walk = new FilterWalk(inside, (row, col) => this.#showTerms(row, col));
    this.#sum = new FilterSum(inside, (weights) => {
      this.#kernel = customKernel(weights);
      this.#change({ name: 'custom' });
    });
    this.#after = new FilterAfter(inside);
    this.#kernels = KERNELS.map((name) => {
      const button = make('button', { type: 'button' }, inside.text(`filter.${name}`));
      button.addEventListener('click', () => {
        this.#choose(name, this.#kernel.size);
        if (name === 'custom') this.#sum.focus();
      });
      return button;
    });
    this.#channels = choiceField(
      inside.text('filter.channel'),
      ['red', 'green', 'blue'].map((name, at) => [`${at}`, inside.text(`filter.${name}`)]),
      '0',
      (channel) => this.#change({ channel: Number(channel) }),
    );
    this.#sum.showKernel(this.#kernel);
    this.element.append(...this.#parts(), this.#failure);
  }

  /** Computes what is to be seen. */
  show() {
    this.#begin();
  }

  /** From now on nothing moves, and nothing is computed. */
  hide() {
    this.#walk.pause();
    this.#run = undefined;
    this.element.ariaBusy = null;
  }

  /** What can be saved. @returns {{ name: string, canvas: HTMLCanvasElement }[]} */
  pictures() {
    if (!this.#shown) return [];
    const { photo, result } = this.#walk;
    const name = `filter-${this.#choice.name}-${this.#kernel.size}`;
    const pictures = [{ name: 'filter-photo', canvas: photo.canvas }];
    if (!result.box.hidden) pictures.push({ name, canvas: result.canvas });
    if (this.#after.canvas) pictures.push({ name: `${name}-after`, canvas: this.#after.canvas });
    return pictures;
  }

  #parts() {
    const { text } = this.#inside;
    const { photo, result, controls } = this.#walk;
    photo.caption.textContent = text('filter.photo');
    return [
      make('p', { className: 'filter-quiet' }, text('filter.intro')),
      make('div', { className: 'filter-row', role: 'group', ariaLabel: text('filter.kernel') }, ...this.#kernels),
      this.#fields(),
      make('div', { className: 'filter-pictures' }, photo.figure, result.figure, controls, this.#after.element),
      make('section', {}, make('h3', {}, text('filter.one')), this.#channels, this.#sum.element),
      make(
        'section',
        {},
        make('h3', {}, text('filter.formula')),
        make('bdo', { dir: 'ltr' }, '⌊(n + b + a − k) / s⌋ + 1'),
        make('p', { className: 'filter-quiet' }, text('filter.letters')),
        this.#formula,
      ),
    ];
  }

  #fields() {
    const inside = this.#inside;
    const { text, number } = inside;
    /** @param {string[]} names @returns {[string, string][]} */
    const named = (names) => names.map((name) => [name, text(`filter.${name}`)]);
    const zeros = numberField(inside, text('filter.count'), { min: 0, max: 64, value: 1 }, (zeros) =>
      this.#change({ zeros }),
    );
    zeros.hidden = true;
    return make(
      'div',
      { className: 'filter-fields' },
      choiceField(
        text('filter.size'),
        [3, 5, 7].map((size) => [`${size}`, `${number(size)} × ${number(size)}`]),
        '3',
        (size) => this.#choose(this.#choice.name, Number(size)),
      ),
      choiceField(text('filter.padding'), named(['same', 'valid', 'full', 'zeros']), 'same', (padding) => {
        zeros.hidden = padding !== 'zeros';
        this.#change({ padding: /** @type {Choice['padding']} */ (padding) });
      }),
      zeros,
      numberField(inside, text('filter.stride'), { min: 1, max: 16, value: 1 }, (stride) => this.#change({ stride })),
      choiceField(text('filter.channels'), named(['colour', 'grey']), 'colour', (name) =>
        this.#change({ isGrey: name === 'grey' }),
      ),
      choiceField(
        text('filter.side'),
        SIDES.map((side) => [`${side}`, number(side)]),
        '224',
        (side) => this.#change({ side: Number(side) }),
      ),
    );
  }

  /** @param {Choice['name']} name @param {number} size */
  #choose(name, size) {
    this.#kernel = name === 'custom' ? customKernel(recentred(this.#kernel, size)) : presetKernel(name, size);
    this.#sum.showKernel(this.#kernel);
    this.#change({ name });
  }

  /** @param {Partial<Choice>} change */
  #change(change) {
    Object.assign(this.#choice, change);
    if ('side' in change || 'isGrey' in change) this.#photo = undefined;
    this.#begin();
  }

  #begin() {
    this.#update().catch((error) => {
      console.warn(error);
      this.element.ariaBusy = null;
      this.#failure.textContent = this.#inside.text('inside.failed');
    });
  }

  async #update() {
    this.#failure.textContent = '';
    const { padding, zeros, stride, name, isGrey } = this.#choice;
    for (const [at, button] of this.#kernels.entries()) button.ariaPressed = String(KERNELS[at] === name);
    this.#channels.hidden = isGrey;
    this.#photo ??= this.#read();
    const [photo, kernel] = [this.#photo, this.#kernel];
    const filter = { kernel, stride, padding: paddingOf(padding === 'zeros' ? zeros : padding, kernel.size) };
    const doesFit = this.#showSize(photo, filter);
    const run = {};
    this.#run = run;
    this.element.ariaBusy = 'true';
    const result = doesFit ? await this.#inSlices(convolving(photo, filter), run) : undefined;
    if (!(await this.#goesOn(run))) return;
    this.#shown = { photo, filter };
    this.#walk.show(photo, filter, result);
    if (!result) this.#sum.showTerms();
    if (!(await this.#goesOn(run))) return;
    this.#after.show(result);
    this.element.ariaBusy = null;
  }

  /** The photo, shrunk. @returns {Pixels} */
  #read() {
    const { bitmap } = this.#inside;
    const { side, isGrey } = this.#choice;
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = make('canvas', { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('this browser cannot show the photo');
    // What can be seen through is white paper.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const colours = { width, height, channels: 3, data: data.filter((_, at) => at % 4 < 3) };
    return isGrey ? greyOf(colours) : colours;
  }

  /**
   * The end of a computation, unless another began or nobody looks any more.
   * @template T
   * @param {Generator<undefined, T>} steps @param {object} run
   */
  async #inSlices(steps, run) {
    while (await this.#goesOn(run)) {
      const end = performance.now() + SLICE;
      do {
        const { done, value } = steps.next();
        if (done) return value;
      } while (performance.now() < end);
    }
    return undefined;
  }

  /** Lets the page do what else it has to, and says whether a computation is still wanted then. @param {object} run */
  async #goesOn(run) {
    await new Promise((resolve) => setTimeout(resolve));
    return this.#run === run && !this.#inside.signal.aborted;
  }

  /** Says how large the result is, and how that follows; whether there is any. @param {Pixels} photo @param {Filter} filter */
  #showSize(photo, filter) {
    const { text, number } = this.#inside;
    const { kernel, padding, stride } = filter;
    const sides = [photo.width, photo.height];
    const results = sides.map((side) => outputSide(side, filter));
    const lines = sides.map((side, at) => {
      const [n, b, a, k, s] = [side, padding.before, padding.after, kernel.size, stride].map((value) => number(value));
      return `⌊(${n} + ${b} + ${a} − ${k}) / ${s}⌋ + ${number(1)} = ${number(results[at])}`;
    });
    this.#formula.replaceChildren(
      ...['filter.columns', 'filter.rows'].flatMap((key, at) => [
        make('dt', {}, text(key)),
        make('dd', {}, make('bdo', { dir: 'ltr' }, lines[at])),
      ]),
    );
    const doesFit = results.every((side) => side > 0);
    const { caption } = this.#walk.result;
    const [width, height] = results.map((side) => number(side));
    say(caption, doesFit ? text('filter.result', { width, height }) : text('filter.no-place'), !doesFit);
    return doesFit;
  }

  /** @param {number} row @param {number} col */
  #showTerms(row, col) {
    if (!this.#shown) return;
    const { photo, filter } = this.#shown;
    const channel = photo.channels === 1 ? 0 : this.#choice.channel;
    this.#sum.showTerms(termsAt(photo, filter, row, col, channel), filter.kernel.shows);
  }
}

/** A kernel's weights around the same centre, in another size. @param {{ size: number, weights: number[] }} kernel @param {number} size */
function recentred(kernel, size) {
  const shift = (kernel.size - size) / 2;
  return Array.from({ length: size * size }, (_, at) => {
    const [row, col] = [Math.floor(at / size) + shift, (at % size) + shift];
    const isInside = row >= 0 && col >= 0 && row < kernel.size && col < kernel.size;
    return isInside ? kernel.weights[row * kernel.size + col] : 0;
  });
}

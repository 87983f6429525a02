// The kernels of the first convolution as small colour pictures, and what the chosen one makes of the photo.

/** @import { Kernels } from '../protocol.js' */
/** @import { Inside } from './inside.js' */

import { Computation } from './computation.js';
import { make } from './elements.js';
import { drawSigned, sheetOf, weightsOf } from './kernel-picture.js';
import { byStrength, canvasOf, channelOf, drawLight, enlarged } from './picture.js';
import { inSlices } from './slices.js';

export { STYLE } from './kernel-style.js';

/** Pixels along the sides of the photo, and of a saved picture. */
const [PHOTO, SAVED] = [448, 896];
/** Weights of a channel whose sum is less than this share of their sizes' cancel each other out. */
const BALANCED = 0.2;
/** A kernel whose channels have less than this share of their squares in common tells colours apart. */
const ALIKE = 0.6;
/** What the channels of a photo are. */
const COLOURS = ['red', 'green', 'blue'];

export class KernelCard {
  element = make('div', 'inside-section');
  #inside;
  #computing;
  /** @type {Kernels | undefined} */
  #kernels;
  #isDone = false;
  #chosen = 0;
  #tiles = make('div', 'inside-tiles kernel-tiles');
  #name = make('h3', '');
  #meaning = make('p', '');
  #large = make('canvas', 'kernel-large');
  #numbers = make('table', '');
  #answer = make('canvas', '');
  #light = canvasOf(PHOTO, PHOTO);
  #range = make('figcaption', 'quiet');

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#computing = new Computation(inside, (signal) => this.#fill(signal));
    this.element.append(make('h3', '', inside.text('inside.kernel.title')), this.#computing.element);
    this.#tiles.addEventListener('keydown', (event) => this.#onKeydown(event));
  }

  show() {
    if (!this.#isDone) void this.#computing.run();
  }

  hide() {
    this.#computing.end();
  }

  pictures() {
    const kernels = this.#kernels;
    if (!kernels) return [];
    const name = `kernel-${this.#chosen}`;
    const light = canvasOf(SAVED, SAVED);
    this.#drawLight(kernels, light);
    return [
      {
        name: 'kernels',
        get canvas() {
          return sheetOf(kernels);
        },
      },
      { name, canvas: enlarged(this.#large) },
      { name: `${name}-answer`, canvas: enlarged(this.#answer) },
      { name: `${name}-photo`, canvas: light },
    ];
  }

  /** @param {AbortSignal} signal */
  async #fill(signal) {
    const inside = this.#inside;
    const [kernels, { input }] = await Promise.all([inside.kernels(), inside.maps()]);
    if (signal.aborted) return;
    if (!kernels) {
      this.#isDone = true;
      this.#computing.element.before(make('p', '', inside.text('inside.kernel.none')));
      return;
    }
    this.#tiles.replaceChildren();
    const drawTile = (/** @type {number} */ kernel) => this.#tiles.append(this.#tile(kernels, kernel));
    await inSlices(Array(kernels.shape[0]).keys(), drawTile, signal);
    if (signal.aborted) return;
    this.#computing.element.before(this.#introduction(kernels), this.#parts(), this.#size(kernels, input.shape[1]));
    this.#kernels = kernels;
    this.#isDone = true;
    // The first may well be one that never answers.
    this.#choose(byStrength(kernels.responses)[0]);
  }

  /** @param {Kernels} kernels */
  #introduction({ shape: [count, channels, rows, columns] }) {
    const inside = this.#inside;
    return make(
      'p',
      '',
      inside.text(channels === COLOURS.length ? 'inside.kernel.colours' : 'inside.kernel.greys', {
        count: inside.number(count),
        sides: `${inside.number(rows)}×${inside.number(columns)}`,
      }),
    );
  }

  #parts() {
    const inside = this.#inside;
    this.#tiles.role = 'group';
    this.#tiles.ariaLabel = inside.text('inside.kernel.title');
    const said = make('div', '');
    said.role = 'status';
    said.append(this.#name, this.#meaning);
    const row = make('div', 'kernel-row');
    this.#large.ariaHidden = 'true';
    row.append(this.#large, this.#numbers);
    const answers = make('div', 'kernel-answers');
    answers.dir = 'ltr';
    const greatest = make('figcaption', 'quiet', inside.text('inside.kernel.greatest'));
    for (const [canvas, caption] of /** @type {const} */ ([
      [this.#answer, this.#range],
      [this.#light, greatest],
    ])) {
      const figure = make('figure', '');
      canvas.ariaHidden = 'true';
      caption.dir = inside.language.direction;
      figure.append(canvas, caption);
      answers.append(figure);
    }
    const detail = make('div', 'inside-section');
    detail.append(said, row, answers);
    const parts = make('div', 'kernel-parts');
    parts.append(this.#tiles, detail);
    return parts;
  }

  /** How many answers there are, and why. @param {Kernels} kernels @param {number} side of the input, in pixels */
  #size({ shape: [, , , kernel], stride, padding: [before, after], responses }, side) {
    const inside = this.#inside;
    const number = (/** @type {number} */ value) => inside.number(value);
    const lines = make('div', '');
    const filled = [side, before, after].map(number).join(' + ');
    for (const formula of [
      '⌊(n + before + after − k) / s⌋ + 1',
      `⌊(${filled} − ${number(kernel)}) / ${number(stride)}⌋ + ${number(1)} = ${number(responses.shape[1])}`,
    ]) {
      const line = make('p', 'kernel-formula', formula);
      line.dir = 'ltr';
      lines.append(line);
    }
    lines.prepend(make('p', '', inside.text('inside.kernel.size')));
    return lines;
  }

  /** @param {Kernels} kernels @param {number} kernel */
  #tile(kernels, kernel) {
    const tile = make('button', '');
    tile.ariaLabel = this.#nameOf(kernel);
    tile.title = tile.ariaLabel;
    tile.tabIndex = -1;
    tile.append(drawSigned(weightsOf(kernels, kernel), kernels.shape[3]));
    tile.addEventListener('click', () => this.#choose(kernel));
    return tile;
  }

  /** @param {number} kernel */
  #nameOf(kernel) {
    return this.#inside.text('inside.kernel.name', { number: this.#inside.number(kernel) });
  }

  /** @param {number} kernel */
  #choose(kernel) {
    const kernels = /** @type {Kernels} */ (this.#kernels);
    this.#chosen = kernel;
    for (const [index, tile] of /** @type {HTMLElement[]} */ ([...this.#tiles.children]).entries()) {
      tile.ariaPressed = String(index === kernel);
      tile.tabIndex = index === kernel ? 0 : -1;
    }
    const weights = weightsOf(kernels, kernel);
    this.#name.textContent = this.#nameOf(kernel);
    this.#meaning.textContent = meaningOf(weights)
      .map((key) => this.#inside.text(`inside.kernel.${key}`))
      .join(' ');
    drawSigned(weights, kernels.shape[3], this.#large);
    this.#showNumbers(weights);
    const answer = channelOf(kernels.responses, kernel);
    drawSigned([answer], kernels.responses.shape[2], this.#answer);
    const digits = { maximumFractionDigits: 1 };
    this.#range.textContent = this.#inside.text('inside.kernel.answer', {
      least: this.#inside.number(
        answer.reduce((least, value) => Math.min(least, value)),
        digits,
      ),
      greatest: this.#inside.number(
        answer.reduce((greatest, value) => Math.max(greatest, value)),
        digits,
      ),
    });
    this.#drawLight(kernels, this.#light);
  }

  /** @param {Kernels} kernels @param {HTMLCanvasElement} canvas */
  #drawLight({ responses }, canvas) {
    const answer = channelOf(responses, this.#chosen);
    drawLight(canvas, this.#inside.square(canvas.width), answer, responses.shape[2]);
  }

  /** @param {Float32Array[]} weights */
  #showNumbers(weights) {
    const inside = this.#inside;
    const head = document.createElement('tr');
    const names = ['channel', 'least', 'greatest-weight', 'sum'];
    head.append(
      ...names.map((name) => Object.assign(make('th', '', inside.text(`inside.kernel.${name}`)), { scope: 'col' })),
    );
    const rows = weights.map((values, channel) => {
      const row = document.createElement('tr');
      const name = weights.length === COLOURS.length ? COLOURS[channel] : 'grey';
      row.append(Object.assign(make('th', '', inside.text(`inside.kernel.${name}`)), { scope: 'row' }));
      for (const value of [Math.min(...values), Math.max(...values), sumOf(values)]) {
        const cell = make('td', '');
        const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
        cell.append(Object.assign(make('span', '', inside.number(value, digits)), { dir: 'ltr' }));
        row.append(cell);
      }
      return row;
    });
    this.#numbers.replaceChildren(head, ...rows);
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const tiles = /** @type {HTMLElement[]} */ ([...this.#tiles.children]);
    const columns = tiles.filter(({ offsetTop }) => offsetTop === tiles[0].offsetTop).length;
    const forward = this.#inside.language.direction === 'rtl' ? -1 : 1;
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: columns, ArrowUp: -columns };
    /** @type {Record<string, number>} */
    const ends = { Home: 0, End: tiles.length - 1 };
    const place = ends[event.key] ?? this.#chosen + steps[event.key];
    if (Number.isNaN(place)) return;
    event.preventDefault();
    if (!tiles[place]) return;
    this.#choose(place);
    tiles[place].focus();
  }
}

/** The keys of what a student may want to be told. @param {Float32Array[]} weights */
function meaningOf(weights) {
  const all = weights.flatMap((values) => [...values]);
  if (!all.some((value) => value)) return ['silent'];
  // Red against green cancels out in no colour but grey.
  const uneven = sumOf(weights.map((values) => Math.abs(sumOf(values))));
  const isBalanced = uneven < BALANCED * sumOf(all.map(Math.abs));
  const keys = [isBalanced ? 'edge' : 'area'];
  if (weights.length > 1) {
    const common = weights[0].map((_, i) => sumOf(weights.map((values) => values[i])) ** 2 / weights.length);
    keys.push(sumOf(common) < ALIKE * sumOf(all.map((value) => value ** 2)) ? 'colour' : 'brightness');
  }
  return keys;
}

/** @param {ArrayLike<number>} values */
function sumOf(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  return sum;
}

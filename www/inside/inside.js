// What a look inside is about: a photo, its caption and the model that wrote it. Whatever is computed of them is computed
// once, in the worker, and ends when the look does.

/** @import { Caption, CaptionOptions, FeatureMap, Kernels, MutedChannel, NeededWord } from '../protocol.js' */
/** @import { InsideOptions, InsidePhoto, Maps } from './card.js' */

import { MutedChannels } from './muted-channels.js';
import { byStrength, squared } from './picture.js';
import { loadTexts } from './texts.js';

/** Pixels along the longer side of the photo as cards draw it. */
const SIDE = 1024;

export class Inside {
  #options;
  #ending = new AbortController();
  /** Of the channels of each stage. @type {WeakMap<FeatureMap, number[]>} */
  #orders = new WeakMap();
  /** By what it is. @type {Map<string, Promise<any>>} */
  #known = new Map();
  /** How strongly each channel answered to each other photo: by photo and stage. @type {WeakMap<Blob, Promise<Float32Array[]>>} */
  #answers = new WeakMap();
  /** The photo, upright, as it is. @type {ImageBitmap} */
  // @ts-expect-error: there once it is prepared, before any card is made.
  bitmap;
  /** What the reader speaks, with the words of this. */
  language;
  /** What the reader has silenced on the cards of stages. */
  muted = new MutedChannels();

  /** @param {InsideOptions} options */
  constructor(options) {
    this.#options = options;
    this.language = options.language;
  }

  /** Before anything is shown. */
  async prepare() {
    const { photo, language } = this.#options;
    const [whole, texts] = await Promise.all([createImageBitmap(photo.blob), loadTexts(language.tag)]);
    const scale = Math.min(1, SIDE / Math.max(whole.width, whole.height));
    this.bitmap = await createImageBitmap(whole, {
      resizeWidth: Math.max(1, Math.round(whole.width * scale)),
      resizeHeight: Math.max(1, Math.round(whole.height * scale)),
      resizeQuality: 'medium',
    });
    whole.close();
    this.language = language.with(texts);
  }

  /** Everything ends, and what was computed is let go. */
  end() {
    this.#ending.abort();
    this.#known.clear();
    this.bitmap?.close();
  }

  /** Aborted when the look ends. */
  get signal() {
    return this.#ending.signal;
  }

  get captioner() {
    return this.#options.captioner;
  }

  get photo() {
    return this.#options.photo;
  }

  /** @returns {Caption} */
  get caption() {
    return this.#options.caption;
  }

  /** @returns {string[]} */
  get sentence() {
    return this.caption.words.map(({ text }) => text);
  }

  /** The words of the model's own caption, where the reader chose another. @returns {string[]} */
  get written() {
    return (this.#options.own ?? this.caption).words.map(({ text }) => text);
  }

  /** Those that were dropped so far. */
  get photos() {
    return this.#options.photos?.() ?? [this.photo];
  }

  get options() {
    return this.#options;
  }

  // Cards hand these two on without what they belong to.

  /** @param {string} key @param {Record<string, string | number>} [values] */
  text = (key, values) => this.language.text(key, values);

  /** @param {number} value @param {Intl.NumberFormatOptions} [options] */
  number = (value, options) => this.language.number(value, options);

  /** Which of many, from 0. @param {number} channel */
  channelNumber(channel) {
    return this.number(channel, { useGrouping: false });
  }

  /** How long something took. @param {number} milliseconds */
  time(milliseconds) {
    const digits = milliseconds < 10 ? 1 : 0;
    return this.text('inside.milliseconds', { time: this.number(milliseconds, { maximumFractionDigits: digits }) });
  }

  /** @param {number} count */
  millions(count) {
    return this.number(count / 1e6, { maximumFractionDigits: count < 1e7 ? 1 : 0 });
  }

  /** @param {number} count */
  multiplyAdds(count) {
    return this.text('inside.millions', { count: this.millions(count) });
  }

  /** The tab of a stage; the stem is stage 0, and the last is the grid. @param {number} stage */
  stageTab(stage) {
    if (stage === 0) return 'stem';
    return stage === this.captioner.about.stages ? 'grid' : `stage${stage}`;
  }

  /** @param {string} tab */
  tabName(tab) {
    const number = /^stage(\d+)$/.exec(tab)?.[1];
    return number ? this.text('inside.stage', { number: this.number(Number(number)) }) : this.text(`inside.${tab}`);
  }

  /** The photo as the encoder gets it, and what each stage makes of it. @returns {Promise<Maps>} */
  maps() {
    return this.#once('maps', async () => {
      const { input, stages, decoder } = await this.captioner.inspect(this.photo.blob, {
        stages: true,
        signal: this.signal,
      });
      if (!input) throw new Error('no input was given');
      return { input, stages, decoder };
    });
  }

  /** @returns {Promise<Kernels | null>} */
  kernels() {
    return this.#once('kernels', async () => {
      const { kernels } = await this.captioner.inspect(this.photo.blob, { kernels: true, signal: this.signal });
      return kernels;
    });
  }

  /**
   * Which cells each word of the sentence needed, and what becomes of its probability without these. Words come one by
   * one.
   * @param {number[]} cells @param {AbortSignal} signal @param {(words: NeededWord[]) => void} [onWord]
   */
  async neededWithout(cells, signal, onWord) {
    const { needed } = await this.captioner.inspect(this.photo.blob, {
      needed: this.sentence,
      regions: cells.length ? [cells] : [],
      signal: AbortSignal.any([signal, this.signal]),
      onPart: (_, inspection) => onWord?.(inspection.needed),
    });
    return needed;
  }

  /**
   * The caption as it becomes without some of what the model has.
   * @param {{ muted?: MutedChannel[] } & Pick<CaptionOptions, 'averaged' | 'cells'>} without @param {AbortSignal} [signal]
   */
  rewrite(without, signal = this.signal) {
    const both = AbortSignal.any([signal, this.signal]);
    const { settings } = this.#options;
    return this.captioner.caption(this.photo.blob, { ...settings, ...without, anyPhoto: true, signal: both });
  }

  /**
   * How strongly each channel of a stage answered to a photo at most.
   * @param {InsidePhoto} photo @param {number} stage @returns {Promise<Float32Array>}
   */
  async answers({ blob }, stage) {
    if (blob === this.photo.blob) return greatest((await this.maps()).stages[stage]);
    const found = this.#answers.get(blob) ?? this.#answersTo(blob);
    this.#answers.set(blob, found);
    found.catch(() => this.#answers.delete(blob));
    return (await found)[stage];
  }

  /** The channels of a stage, strongest first. @param {FeatureMap} maps */
  order(maps) {
    const order = this.#orders.get(maps) ?? byStrength(maps);
    this.#orders.set(maps, order);
    return order;
  }

  /** Of each stage as it comes, for all of them at once would take the page a while. @param {Blob} blob */
  async #answersTo(blob) {
    /** @type {Float32Array[]} */
    const answers = [];
    await this.captioner.inspect(blob, {
      stages: true,
      signal: this.signal,
      onPart: (part, { stages }) => {
        if (part.kind === 'stage') answers[stages.length - 1] = greatest(part.stage);
      },
    });
    return answers;
  }

  /** The photo in the square that the encoder gets, which squashes it. @param {number} side */
  square(side) {
    return squared(this.bitmap, side);
  }

  /** @template T @param {string} what @param {() => Promise<T>} compute @returns {Promise<T>} */
  #once(what, compute) {
    const known = this.#known.get(what) ?? compute();
    this.#known.set(what, known);
    // What failed or was stopped can be tried again.
    known.catch(() => this.#known.delete(what));
    return known;
  }
}

/** Of each channel. @param {FeatureMap} maps */
function greatest({ shape: [channels, rows, columns], values }) {
  const size = rows * columns;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = channel * size; i < (channel + 1) * size; i += 1) most = Math.max(most, values[i]);
    return most;
  });
}

// A photo of the page: its file, how far its caption is, and what was asked about it. How it looks is no matter here.

/** @import { Captioner } from '../captioner.js' */
/** @import { Candidate, Caption, CaptionOptions, Word } from '../protocol.js' */
/** @import { ChosenWord, NamedPhoto, PhotoContext, PhotoState } from './photo-context.js' */

import { CaptionerError } from '../captioner.js';

/** Dispatches `change`, and `outcome` when a question is answered or cannot be. */
export class Photo extends EventTarget {
  /** @type {PhotoState} */
  state = 'waiting';
  /** @type {Caption | undefined} */
  caption;
  /** Why there is none. @type {CaptionerError | undefined} */
  error;
  /** What is written so far. @type {Word[]} */
  words = [];
  /** A part that was asked about, with its caption once it is there. @type {{ cells: number[], caption?: Caption } | undefined} */
  part;
  /** The word that the reader has put in, from which the caption was finished. @type {ChosenWord | undefined} */
  chosenWord;
  /** The sentence of the model's own, where the reader has chosen another. @type {Caption | undefined} */
  first;
  /** Whether a caption was asked for of what is no photo that the model knows. */
  #takesAny = false;
  #context;
  /** @type {AbortController | undefined} */
  #work;
  /** What the caption depends on besides the photo. @type {{ options: string, settings: CaptionOptions, captioner: Captioner } | undefined} */
  #madeWith;

  /** @param {NamedPhoto} file @param {PhotoContext} context */
  constructor({ blob, name, sample }, context) {
    super();
    this.blob = blob;
    this.name = name;
    this.sample = sample;
    this.url = URL.createObjectURL(blob);
    this.#context = context;
  }

  get isWorking() {
    return ['waiting', 'looking', 'writing'].includes(this.state);
  }

  /** Whether there is a caption that nobody is to see, for it is about no photo. */
  get isUnfamiliar() {
    return this.caption?.familiar === false && !this.#takesAny;
  }

  /** The key of the text that says why there is no caption; what is wrong with a model is told at the top of the page. */
  get failure() {
    const { code } = this.error ?? {};
    return code?.startsWith('model-') ? 'row.no-model' : `error.${code}`;
  }

  /** The caption that people may see. */
  get shownCaption() {
    return this.state === 'done' && !this.isUnfamiliar ? this.caption : undefined;
  }

  /** Whether the model tells which class it is of, in place of a sentence. */
  get isClass() {
    return this.#madeWith?.captioner.about.kind === 'classes';
  }

  /** What captioned it. */
  get captioner() {
    return this.#madeWith?.captioner;
  }

  /** How it was captioned. */
  get settings() {
    return this.isClass ? {} : this.#madeWith?.settings;
  }

  get model() {
    return this.captioner?.about;
  }

  /** Whether another caption could come of captioning it again. @param {Captioner | undefined} captioner the one at work */
  canDiffer(captioner) {
    if (this.isWorking) return false;
    const options = this.#context.options();
    const isSame = this.#madeWith?.captioner === captioner && this.#madeWith?.options === keyOf(options);
    return this.state === 'stopped' || !isSame || options.temperature !== undefined;
  }

  /** Captions the whole photo. */
  async write() {
    this.first = undefined;
    this.chosenWord = undefined;
    this.caption = undefined;
    await this.#caption({});
  }

  /** Captions it though it does not look like a photo. */
  async writeAnyway() {
    this.#takesAny = true;
    await this.write();
  }

  /** Finishes the sentence from a word that the reader has put in. @param {number} index @param {string} word */
  async writeFrom(index, word) {
    const before = this.caption?.words.slice(0, index).map(({ text }) => text) ?? [];
    await this.#replace({ prefix: [...before, word] }, { index, text: word });
  }

  /** Takes another of the sentences that were considered. @param {Candidate} candidate */
  async choose(candidate) {
    const { words } = candidate;
    // A captioner adds at least a word to those that it is given.
    const variant = { prefix: words, maxWords: words.length + 1 };
    await this.#replace(variant, undefined, (caption) => cutTo(candidate, caption));
  }

  /** Back to the model's own sentence. */
  takeFirst() {
    if (!this.first) return;
    this.#work?.abort();
    this.caption = this.first;
    this.first = undefined;
    this.chosenWord = undefined;
    this.#setState('done');
  }

  /** Asks what is in a part of the photo; the caption stays. @param {number[]} cells */
  async ask(cells) {
    const signal = this.#begin();
    const part = { cells };
    this.part = part;
    this.#changed();
    try {
      const caption = await this.#run({ cells }, signal);
      this.part = { cells, caption };
      this.#tellOutcome();
    } catch (error) {
      if (this.part !== part) return;
      this.part = undefined;
      this.#report(error);
    }
    this.#changed();
  }

  forgetPart() {
    if (this.part && !this.part.caption) this.#work?.abort();
    this.part = undefined;
    this.#changed();
  }

  stop() {
    this.#work?.abort();
  }

  /** Nobody needs it any more. */
  dispose() {
    this.stop();
    URL.revokeObjectURL(this.url);
  }

  /**
   * Another sentence in place of the caption, which is kept.
   * @param {CaptionOptions} variant
   * @param {ChosenWord} [chosenWord]
   * @param {(caption: Caption) => Caption} [finish]
   */
  async #replace(variant, chosenWord, finish) {
    const before = { caption: this.caption, first: this.first, chosenWord: this.chosenWord };
    const madeWith = this.#madeWith;
    this.first ??= this.caption;
    this.chosenWord = chosenWord;
    await this.#caption(variant, { before, finish });
    // Nothing came of it.
    if (this.caption === before.caption) this.#madeWith = madeWith;
  }

  /**
   * @param {CaptionOptions} variant
   * @param {object} [also]
   * @param {Pick<Photo, 'caption' | 'first' | 'chosenWord'>} [also.before] what comes back where nothing comes of it
   * @param {(caption: Caption) => Caption} [also.finish]
   */
  async #caption(variant, { before, finish = (caption) => caption } = {}) {
    const signal = this.#begin();
    this.part = undefined;
    this.error = undefined;
    this.words = [];
    this.#setState('waiting');
    try {
      const caption = await this.#run(variant, signal, (words) => {
        this.words = words;
        this.#setState('writing');
      });
      this.caption = finish(caption);
      this.#setState('done');
      this.#tellOutcome();
    } catch (error) {
      // Somebody began another caption of it.
      if (this.#work?.signal !== signal) return;
      if (before) {
        Object.assign(this, before);
        this.#setState('done');
        this.#report(error);
      } else {
        this.error = CaptionerError.from(error);
        this.#setState(this.error.code === 'aborted' ? 'stopped' : 'failed');
        this.#tellOutcome();
      }
    }
  }

  /**
   * @param {CaptionOptions} variant
   * @param {AbortSignal} signal
   * @param {(words: Word[]) => void} [onWords]
   */
  async #run(variant, signal, onWords) {
    const captioner = await unlessAborted(this.#context.captioner(), signal);
    signal.throwIfAborted();
    const isWhole = !variant.cells && !variant.prefix;
    const isClass = captioner.about.kind === 'classes';
    const options = this.#context.options();
    if (onWords) {
      this.#madeWith = { options: keyOf(options), settings: options, captioner };
      this.#setState('looking');
    }
    const caption = await captioner.caption(this.blob, {
      // They are about sentences.
      ...(isClass ? {} : options),
      ...variant,
      ...(this.#takesAny && { anyPhoto: true }),
      signal,
      onWord: (_, words) => onWords?.(words),
    });
    signal.throwIfAborted();
    if (isWhole) this.#context.onCaption(caption);
    return caption;
  }

  #begin() {
    this.#work?.abort();
    this.#work = new AbortController();
    return this.#work.signal;
  }

  /** @param {unknown} error of a question, which leaves the caption as it is */
  #report(error) {
    const failure = CaptionerError.from(error);
    if (failure.code !== 'aborted') this.#context.onError(failure);
  }

  /** @param {PhotoState} state */
  #setState(state) {
    this.state = state;
    this.#changed();
  }

  #tellOutcome() {
    this.dispatchEvent(new Event('outcome'));
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** What the reader has set; drawing by chance is the same setting, whatever it draws. @param {CaptionOptions} options */
function keyOf({ seed: _, ...options }) {
  return JSON.stringify(options);
}

/**
 * What is waited for; an error as soon as nobody waits for it any more.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    promise.then(resolve, reject);
  });
}

/** A caption that begins with a sentence, without what comes after that. @param {Candidate} sentence @param {Caption} caption */
function cutTo({ text, words }, caption) {
  const hedge = caption.hedged.slice(0, caption.hedged.length - caption.text.length);
  const hedged = hedge ? `${hedge}${text[0].toLowerCase()}${text.slice(1)}` : text;
  return { ...caption, text, hedged, words: caption.words.slice(0, words.length) };
}

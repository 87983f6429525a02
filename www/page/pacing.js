// Words no faster than they can be looked at: the captioner writes in a fraction of a second what takes the eye longer
// to follow.

/** @import { Word } from '../protocol.js' */

/** From one word to the next, in milliseconds. */
const INTERVAL = 160;

const stillness = matchMedia('(prefers-reduced-motion: reduce)');

export class Pacing {
  #onWords;
  #onEnd;
  /** @type {Word[]} */
  #words = [];
  #shown = 0;
  #isComplete = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(words: Word[]) => void} onWords those to show now @param {() => void} onEnd all are shown */
  constructor(onWords, onEnd) {
    this.#onWords = onWords;
    this.#onEnd = onEnd;
  }

  /** All words so far; a beam search may still change its mind about them. @param {Word[]} words @param {boolean} isComplete */
  add(words, isComplete) {
    this.#words = words;
    this.#isComplete = isComplete;
    if (this.#timer === undefined) this.#step();
  }

  /** Whether there are words that were not shown yet. */
  get isBehind() {
    return this.#timer !== undefined;
  }

  /** Shows what is left at once. */
  finish() {
    clearTimeout(this.#timer);
    this.#shown = this.#words.length;
    this.#onWords(this.#words);
    this.#step();
  }

  reset() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#words = [];
    this.#shown = 0;
    this.#isComplete = false;
  }

  #step() {
    this.#timer = undefined;
    const isStill = stillness.matches;
    if (this.#shown < this.#words.length) {
      this.#shown = isStill ? this.#words.length : this.#shown + 1;
      this.#onWords(this.#words.slice(0, this.#shown));
      if (!isStill) {
        this.#timer = setTimeout(() => this.#step(), INTERVAL);
        return;
      }
    }
    if (this.#isComplete && this.#shown >= this.#words.length) {
      this.reset();
      this.#onEnd();
    }
  }
}

// The words of a caption: pointed at or moved to by keyboard, each shows where the model looked; chosen, it tells how
// probable it was and what might have stood in its place. Inside an element they have a `part`, by which its page
// styles them.

/** @import { Caption, Word } from '../protocol.js' */
/** @import { Language } from './language.js' */

import { find } from '../dom.js';

/** How long each word stays selected while the words are played, in milliseconds. */
const PLAY_INTERVAL = 800;

export class CaptionWords {
  /** @type {Word[]} */
  #words = [];
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  /** The word that stays shown when nothing is pointed at. */
  #selected = -1;
  #toolbar;
  #detail;
  #listener;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {ParentNode} card
   * @param {object} listener
   * @param {() => Language} listener.language
   * @param {(index: number) => void} listener.onShow shows the map of a word; -1 for none
   * @param {(index: number, word: string) => void} listener.onSwap
   * @param {(isPlaying: boolean) => void} listener.onPlay
   */
  constructor(card, listener) {
    this.#toolbar = find(card, '.words', HTMLElement);
    this.#detail = find(card, '.word-detail', HTMLElement);
    this.#listener = listener;
    this.updateLanguage();
    this.#toolbar.addEventListener('keydown', (event) => this.#onKeydown(event));
    for (const type of ['pointerleave', 'focusout']) {
      this.#toolbar.addEventListener(type, () => this.#listener.onShow(this.#selected));
    }
  }

  /** Words on their way: to be read, not yet to be selected. @param {Word[]} words */
  stream(words) {
    this.clear();
    this.#toolbar.replaceChildren(
      ...words.flatMap(({ text }) => {
        const word = document.createElement('span');
        word.className = 'word';
        word.setAttribute('part', 'word');
        word.textContent = text;
        return [word, ' '];
      }),
    );
  }

  /** @param {Caption} caption */
  show({ words }) {
    this.clear();
    this.#words = words;
    this.#buttons = words.map((word, index) => this.#createButton(word, index));
    this.#toolbar.replaceChildren(...this.#buttons.flatMap((button) => [button, ' ']));
    // One stop for the tab key; the arrow keys go from word to word.
    this.#buttons[0]?.setAttribute('tabindex', '0');
  }

  clear() {
    this.pause();
    this.#words = [];
    this.#buttons = [];
    this.#selected = -1;
    this.#toolbar.replaceChildren();
    this.#detail.hidden = true;
    this.#listener.onShow(-1);
  }

  /** In another language. */
  updateLanguage() {
    this.#toolbar.setAttribute('aria-label', this.#listener.language().text('caption.words'));
    this.#showDetail(this.#selected);
  }

  /** @param {number} index @param {{ andFocus?: boolean }} [also] */
  select(index, { andFocus = false } = {}) {
    this.#selected = index;
    this.#buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(i === index));
      button.tabIndex = i === Math.max(index, 0) ? 0 : -1;
    });
    this.#showDetail(index);
    if (andFocus) this.#buttons[index]?.focus();
    this.#listener.onShow(index);
  }

  /** Selects one word after the other, or stops doing so. */
  play() {
    if (this.#timer) return this.pause();
    let index = 0;
    this.select(index);
    this.#timer = setInterval(() => {
      index += 1;
      if (index < this.#words.length) this.select(index);
      else this.pause();
    }, PLAY_INTERVAL);
    this.#listener.onPlay(true);
  }

  pause() {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#listener.onPlay(false);
  }

  /** @param {Word} word @param {number} index */
  #createButton(word, index) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'word';
    button.setAttribute('part', 'word');
    button.tabIndex = -1;
    button.textContent = word.text;
    button.style.setProperty('--sureness', String(Math.exp(word.logProbability)));
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('pointerenter', () => this.#listener.onShow(index));
    button.addEventListener('focus', () => this.#listener.onShow(index));
    button.addEventListener('click', () => {
      this.pause();
      this.select(index);
    });
    return button;
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const here = this.#buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    // With those, the arrow keys are the browser's.
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.#buttons.length - 1;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] ?? 0;
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : here + step;
    if (to === here || to < 0 || to > last) return;
    event.preventDefault();
    this.pause();
    this.select(to, { andFocus: true });
  }

  /** @param {number} index */
  #showDetail(index) {
    const word = this.#words[index];
    this.#detail.hidden = !word;
    if (!word) return;
    const language = this.#listener.language();
    const chance = find(this.#detail, '.chance', HTMLElement);
    const list = find(this.#detail, '.runners-up', HTMLElement);
    const share = language.percent(word.logProbability);
    const sentence = language.text('caption.chance', { word: word.text, chance: share });
    chance.textContent = `${sentence} ${language.lookedAway(word)}`.trim();
    list.replaceChildren(
      ...word.alternatives.map((other) => {
        const item = document.createElement('li');
        const button = document.createElement('button');
        button.type = 'button';
        button.setAttribute('part', 'button alternative');
        const share = language.percent(other.logProbability);
        button.textContent = `${other.text} ${share}`;
        button.title = language.text('caption.swap', { word: other.text, chance: share });
        button.addEventListener('click', () => this.#listener.onSwap(index, other.text));
        item.append(button);
        return item;
      }),
    );
  }
}

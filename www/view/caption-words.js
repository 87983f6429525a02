// The words of a caption, written as its sentence: pointed at or moved to by keyboard, each tells that its map is to be
// shown; chosen, it stays so. Inside an element they have a `part`, by which its page styles them.

/** @import { Caption, Word } from '../protocol.js' */
/** @import { Language } from './language.js' */

/** How long each word stays chosen while the words are played, in milliseconds: to look from it to the photo and back. */
const PLAY_INTERVAL = 1100;

/** Words that nothing in a photo answers to. */
const SMALL_WORDS = new Set('a an the in of on at to with and is are'.split(' '));

/** Below this probability a word is marked: all others together are then clearly likelier than it is. */
export const UNSURE = 0.45;

export class CaptionWords {
  /** @type {Word[]} */
  #words = [];
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  /** The word that stays shown when nothing is pointed at. */
  #selected = -1;
  #toolbar;
  #listener;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} toolbar
   * @param {object} listener
   * @param {() => Language} listener.language
   * @param {(index: number) => void} listener.onShow shows the map of a word; -1 for none
   * @param {(index: number) => void} listener.onSelect a word was chosen, or with -1 let go
   * @param {(isPlaying: boolean) => void} listener.onPlay
   */
  constructor(toolbar, listener) {
    this.#toolbar = toolbar;
    this.#listener = listener;
    this.updateLanguage();
    toolbar.addEventListener('keydown', (event) => this.#onKeydown(event));
    toolbar.addEventListener('pointerleave', () => this.#listener.onShow(this.#selected));
    toolbar.addEventListener('focusout', ({ relatedTarget }) => {
      // From one word to the next there is nothing between them to show.
      if (!toolbar.contains(/** @type {Node | null} */ (relatedTarget))) this.#listener.onShow(this.#selected);
    });
  }

  /** The chosen word; -1 for none. */
  get selected() {
    return this.#selected;
  }

  get isPlaying() {
    return this.#timer !== undefined;
  }

  /** Words on their way: to be read, not yet to be selected. @param {Word[]} words */
  stream(words) {
    // What is shown meanwhile is not taken away by each of them.
    if (this.#words.length) this.clear();
    this.#toolbar.replaceChildren(
      ...spaced(words.map(({ text }, index) => fill(document.createElement('span'), text, index === 0))),
    );
  }

  /** @param {Caption} caption */
  show({ words, text }) {
    this.clear();
    this.#words = words;
    // The name of a class is not written like a sentence.
    const isSentence = text.endsWith('.');
    this.#buttons = words.map((word, index) => this.#createButton(word, index, isSentence && index === 0));
    this.#toolbar.replaceChildren(...spaced(this.#buttons));
    if (isSentence) this.#closeSentence();
    // One stop for the tab key; the arrow keys go from word to word.
    this.#buttons[0]?.setAttribute('tabindex', '0');
    this.updateLanguage();
  }

  clear() {
    this.pause();
    this.#words = [];
    this.#buttons = [];
    this.#toolbar.replaceChildren();
    this.select(-1);
  }

  /** In another language. */
  updateLanguage() {
    const language = this.#listener.language();
    this.#toolbar.setAttribute('aria-label', language.text('caption.words'));
    this.#words.forEach(({ logProbability }, index) => {
      if (Math.exp(logProbability) >= UNSURE) return;
      const chance = language.percent(logProbability);
      this.#buttons[index].setAttribute('aria-description', language.text('caption.unsure-word', { chance }));
    });
  }

  /** @param {number} index -1 lets go @param {{ andFocus?: boolean }} [also] */
  select(index, { andFocus = false } = {}) {
    this.#selected = index;
    this.#buttons.forEach((button, i) => {
      button.setAttribute('aria-pressed', String(i === index));
      if (index >= 0) button.tabIndex = i === index ? 0 : -1;
    });
    this.#listener.onSelect(index);
    if (andFocus) this.#buttons[index]?.focus();
    this.#listener.onShow(index);
  }

  /**
   * Selects one word after the other, and at the end none; or stops doing so.
   * @param {{ all?: boolean }} [which] articles and the like as well
   */
  play({ all = false } = {}) {
    if (this.isPlaying) return this.pause();
    const every = [...this.#words.keys()];
    const told = every.filter((index) => all || !SMALL_WORDS.has(this.#words[index].text));
    const queue = told.length ? told : every;
    if (!queue.length) return;
    const next = () => {
      const index = queue.shift() ?? -1;
      this.select(index);
      if (index < 0) this.pause();
    };
    this.#timer = setInterval(next, PLAY_INTERVAL);
    this.#listener.onPlay(true);
    next();
  }

  pause() {
    if (!this.isPlaying) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#listener.onPlay(false);
  }

  /** @param {Word} word @param {number} index @param {boolean} isFirst of a sentence */
  #createButton({ text, logProbability }, index, isFirst) {
    const button = fill(document.createElement('button'), text, isFirst);
    button.type = 'button';
    button.tabIndex = -1;
    button.classList.toggle('unsure', Math.exp(logProbability) < UNSURE);
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('pointerenter', () => this.#listener.onShow(index));
    button.addEventListener('focus', () => this.#listener.onShow(index));
    button.addEventListener('click', () => {
      this.pause();
      this.select(index === this.#selected ? -1 : index);
    });
    return button;
  }

  /** The full stop, which no line may begin with. */
  #closeSentence() {
    const last = this.#buttons.at(-1);
    if (!last) return;
    const end = document.createElement('span');
    end.className = 'sentence-end';
    last.replaceWith(end);
    end.append(last, '.');
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const here = this.#buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    // With those, the arrow keys are the browser's.
    if (here < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Escape' && this.#selected >= 0) return this.#goTo(event, -1);
    const last = this.#buttons.length - 1;
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] ?? 0;
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? last : here + step;
    if (to !== here && to >= 0 && to <= last) this.#goTo(event, to);
  }

  /** @param {KeyboardEvent} event that does nothing else @param {number} index */
  #goTo(event, index) {
    event.preventDefault();
    this.pause();
    this.select(index, { andFocus: true });
  }
}

/**
 * Writes a word as its sentence has it; the word itself is in its data.
 * @template {HTMLElement} T
 * @param {T} element
 * @param {string} text
 * @param {boolean} isFirst of a sentence
 */
function fill(element, text, isFirst) {
  element.className = 'word';
  element.setAttribute('part', 'word');
  element.dataset.word = text;
  element.textContent = isFirst ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return element;
}

/** With a space before each word that does not hang on to the one before it, as “'s” does. @param {HTMLElement[]} words */
function spaced(words) {
  return words.flatMap((word) => (word.dataset.word?.startsWith("'") ? [word] : [' ', word]));
}

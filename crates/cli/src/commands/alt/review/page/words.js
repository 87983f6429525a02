// The words of a draft: pointed at or moved to, each shows on the photo where the model looked for it.

/** @import { Word } from './protocol.js' */

import { looksOf, Refusal } from './texts.js';
import { AttentionOverlay, isDarkPhoto } from './view/attention-overlay.js';
import { isFlat } from './view/spotlight.js';

const NOTES = {
  start: 'Point at a word, or go to it with Tab and the arrow keys.',
  computing: 'The model is looking…',
  flat: 'For this word the model looked at everything alike, or away.',
};

export class DraftWords {
  #section;
  #toolbar;
  #note;
  #photo;
  #overlay;
  #hash = '';
  #draft = '';
  /** @type {HTMLButtonElement[]} */
  #buttons = [];
  /** Those of one picture, once they were asked for. @type {Promise<Word[]> | undefined} */
  #words;
  /** The word that is pointed at or has the focus; -1 for none. */
  #shown = -1;

  /** @param {{ section: HTMLElement, toolbar: HTMLElement, note: HTMLElement, photo: HTMLImageElement, overlay: HTMLElement }} elements */
  constructor({ section, toolbar, note, photo, overlay }) {
    this.#section = section;
    this.#toolbar = toolbar;
    this.#note = note;
    this.#photo = photo;
    this.#overlay = new AttentionOverlay(overlay);
    toolbar.addEventListener('keydown', (event) => this.#onKeydown(event));
    toolbar.addEventListener('pointerleave', () => this.#show(this.#focused));
    toolbar.addEventListener('focusout', () => this.#show(-1));
  }

  /** @param {string} hash of the picture @param {string} draft */
  open(hash, draft) {
    if (hash === this.#hash && draft === this.#draft) return;
    [this.#hash, this.#draft] = [hash, draft];
    this.#words = undefined;
    this.#section.hidden = !draft;
    this.#buttons = draft.split(' ').map((word, index) => this.#createButton(word, index));
    this.#buttons[0].tabIndex = 0;
    this.#toolbar.replaceChildren(...this.#buttons.flatMap((button) => [button, ' ']));
    this.#show(-1);
  }

  /** @param {string} text @param {number} index */
  #createButton(text, index) {
    const button = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'word',
      textContent: text,
      tabIndex: -1,
    });
    button.addEventListener('pointerenter', () => this.#show(index));
    button.addEventListener('focus', () => this.#show(index));
    return button;
  }

  get #focused() {
    return this.#buttons.findIndex((button) => button.matches(':focus'));
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    const last = this.#buttons.length - 1;
    const now = this.#focused;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined || now < 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(to, 0), last);
    this.#buttons[now].tabIndex = -1;
    this.#buttons[next].tabIndex = 0;
    this.#buttons[next].focus();
  }

  /** @param {number} index -1 for none */
  async #show(index) {
    const hash = this.#hash;
    this.#shown = index;
    if (index < 0) return this.#draw(undefined, NOTES.start);
    this.#words ??= this.#askFor(hash);
    this.#note.textContent = NOTES.computing;
    const is = (/** @type {number} */ index) => this.#hash === hash && this.#shown === index;
    try {
      const word = (await this.#words)[index];
      if (is(index)) this.#draw(word, word && isFlat(word) ? NOTES.flat : '');
    } catch (error) {
      if (is(index))
        this.#draw(undefined, error instanceof Refusal ? `There are no maps: ${error.message}` : `${error}`);
    }
  }

  /** @param {Word | undefined} word @param {string} note */
  #draw(word, note) {
    this.#buttons.forEach((button, i) => {
      button.toggleAttribute('data-shown', i === this.#shown);
    });
    this.#overlay.show(word, { isDark: isDarkPhoto(this.#photo) });
    this.#note.textContent = note;
  }

  /** For each word of the draft what the model said there. @param {string} hash */
  async #askFor(hash) {
    const said = this.#buttons.map(({ textContent }) => plain(textContent ?? ''));
    const { model, words } = await looksOf(hash);
    // A draft is without what says that it is a caption, and may be cut at its end.
    const first = words.findIndex((_, start) => said.every((word, i) => word === plain(words[start + i]?.text ?? '')));
    if (first < 0) {
      throw new Refusal(`${model}, as it is now, says something else: ${words.map(({ text }) => text).join(' ')}.`);
    }
    return words.slice(first);
  }
}

/** A word without what surrounds it in a sentence. @param {string} word */
function plain(word) {
  return word.toLowerCase().replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}

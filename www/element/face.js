// What the element shows: the photo with a word's map over it, the caption or its words, and whatever is waited for.

import { ENGLISH } from '../view/language.js';
import { sureness } from '../view/sureness.js';
import { Words } from '../view/words.js';
import { Overlay } from './overlay.js';
import { build } from './parts.js';
import { styleSheet } from './style.js';

/** @import { CaptionerError } from '../errors.js' */
/** @import { Caption } from '../protocol.js' */
/** @import { Language } from '../view/language.js' */
/** @import { Step } from './caption-work.js' */

/**
 * `chosen` is the word that the reader has put there.
 * @typedef {{ stage: 'done', caption: Caption, chosen?: number } | { stage: 'failed', error: CaptionerError }} Outcome
 * @typedef {{ stage: 'idle' } | Step | Outcome} State
 */

/**
 * What is shown besides.
 * @typedef {object} Choice
 * @property {boolean} controls
 * @property {boolean} isEditable the text is for a form
 * @property {boolean} isDisabled
 */

/** What trying again does not change. @type {Set<import('../protocol.js').ErrorCode>} */
const FINAL = new Set([
  'unsupported-image',
  'image-corrupt',
  'image-too-large',
  'model-unsupported',
  'bad-option',
  'device-unavailable',
]);

export class Face {
  #root;
  #parts;
  #words;
  #overlay;
  #language = ENGLISH;
  /** @type {State} */
  #state = { stage: 'idle' };
  /** @type {Choice} */
  #choice = { controls: false, isEditable: false, isDisabled: false };
  #text = '';

  /**
   * @param {ShadowRoot} root
   * @param {object} listener
   * @param {() => HTMLImageElement | null} listener.wrapped
   * @param {() => void} listener.onRetry
   * @param {(index: number, word: string) => void} listener.onSwap
   * @param {(text: string) => void} listener.onEdit while it is typed
   * @param {() => void} listener.onEdited
   */
  constructor(root, { wrapped, onRetry, onSwap, onEdit, onEdited }) {
    this.#root = root;
    root.adoptedStyleSheets = [styleSheet()];
    const parts = build(root);
    this.#parts = parts;
    this.#overlay = new Overlay(parts.overlay, () => wrapped() ?? parts.image);
    this.#words = new Words(root, {
      language: () => this.#language,
      onLook: (index) =>
        this.#overlay.show(this.#state.stage === 'done' ? this.#state.caption.words[index] : undefined),
      onSwap,
      onWalk() {},
    });
    parts.start.addEventListener('click', () => this.#state.stage === 'asking' && this.#state.onStart());
    parts.retry.addEventListener('click', onRetry);
    parts.field.addEventListener('input', () => onEdit(parts.field.value));
    parts.field.addEventListener('change', onEdited);
    this.#render();
  }

  /** The photo, where none is wrapped. @param {string} address @param {'lazy' | 'eager'} loading */
  picture(address, loading) {
    const { image } = this.#parts;
    image.hidden = !address;
    image.loading = loading;
    if (!address) image.removeAttribute('src');
    else if (image.getAttribute('src') !== address) image.src = address;
  }

  /** @param {State} state */
  show(state) {
    this.#state = state;
    if (state.stage === 'writing') this.#words.stream(state.words);
    else if (state.stage === 'done') this.#words.show(state.caption);
    else this.#words.clear();
    this.#render();
    this.#announce();
    if (state.stage === 'done' && state.chosen !== undefined) {
      this.#words.choose(state.chosen, { andFocus: this.#root.activeElement === this.#parts.reading });
    }
  }

  /** What the element's value is. @param {string} text @param {string} language in which it is, empty where nobody knows */
  tell(text, language) {
    this.#text = text;
    for (const part of [this.#parts.caption, this.#parts.field]) part.lang = language;
    this.#render();
  }

  /** @param {Choice} choice */
  choose(choice) {
    this.#choice = choice;
    this.#render();
  }

  /** @param {Language} language */
  speak(language) {
    this.#language = language;
    this.#parts.reading.hidden = false;
    this.#words.retell();
    this.#render();
  }

  /** To those who listen: what came of it, and no step on the way. */
  #announce() {
    const { announcer } = this.#parts;
    const state = this.#state;
    announcer.lang = state.stage === 'done' ? 'en' : this.#language.tag;
    announcer.textContent =
      state.stage === 'done' ? state.caption.text : state.stage === 'failed' ? this.#status() : '';
  }

  #render() {
    const {
      reading,
      image,
      caption,
      controls,
      judgement,
      runnersUp,
      fieldset,
      label,
      field,
      status,
      progress,
      start,
      retry,
    } = this.#parts;
    const language = this.#language;
    const state = this.#state;
    const { stage } = state;
    const isWritten = stage === 'writing' || stage === 'done';
    const { isEditable, isDisabled } = this.#choice;
    const focused = this.#root.activeElement;

    reading.lang = language.tag;
    reading.dir = language.direction;
    image.alt = this.#text;
    caption.textContent = stage === 'writing' ? state.words.map(({ text }) => text).join(' ') : this.#text;
    if (field.value !== this.#text) field.value = this.#text;
    field.disabled = isDisabled;
    label.textContent = language.text('element.field');
    runnersUp.textContent = language.text('caption.runners-up');
    judgement.textContent = stage === 'done' ? language.text(`caption.${sureness(state.caption)}`) : '';
    status.textContent = this.#status();
    status.title = stage === 'failed' ? state.error.message : '';
    status.className = stage === 'failed' ? 'failed' : 'working';
    start.textContent = stage === 'asking' ? this.#question(state.bytes) : '';
    retry.textContent = language.text('model.retry');
    if (stage === 'loading' && state.progress) {
      [progress.max, progress.value] = [state.progress.total, state.progress.loaded];
    }
    progress.ariaLabel = status.textContent;

    const hasControls = this.#choice.controls;
    controls.hidden = !hasControls || !isWritten;
    judgement.hidden = !judgement.textContent;
    fieldset.hidden = !hasControls || !isEditable;
    caption.hidden = !caption.textContent || !controls.hidden || !fieldset.hidden;
    status.hidden = !status.textContent;
    progress.hidden = stage !== 'loading' || !state.progress;
    start.hidden = stage !== 'asking';
    retry.hidden = stage !== 'failed' || FINAL.has(state.error.code);
    // Who works by keyboard stays here when the control that was used goes away.
    if (focused instanceof HTMLElement && !focused.checkVisibility()) reading.focus({ preventScroll: true });
  }

  #status() {
    const state = this.#state;
    const language = this.#language;
    switch (state.stage) {
      case 'loading':
        return state.progress ? language.loading(state.progress) : language.text('model.waiting');
      case 'looking':
        return language.text('caption.looking');
      case 'writing':
        return language.text('caption.telling');
      case 'failed':
        return language.text(`error.${state.error.code}`);
      default:
        return '';
    }
  }

  /** @param {number} bytes */
  #question(bytes) {
    const language = this.#language;
    return bytes
      ? language.text('element.fetch', { megabytes: language.megabytes(bytes) })
      : language.text('element.start');
  }
}

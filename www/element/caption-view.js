// What the element shows: the photo with a word's map over it, the caption or its words, and whatever is waited for.

import { CaptionWords } from '../view/caption-words.js';
import { ENGLISH } from '../view/language.js';
import { Overlay } from './overlay.js';
import { buildShadowTree } from './shadow-tree.js';
import { styleSheet } from './style.js';

/** @import { ErrorCode } from '../protocol.js' */
/** @import { Language } from '../view/language.js' */
/** @import { ViewOptions, ViewState } from './states.js' */

/** What trying again does not change. @type {Set<ErrorCode>} */
const PERMANENT_ERRORS = new Set([
  'unsupported-image',
  'image-corrupt',
  'image-too-large',
  'model-unsupported',
  'bad-option',
  'device-unavailable',
]);

export class CaptionView {
  #root;
  #elements;
  #words;
  #overlay;
  #language = ENGLISH;
  /** @type {ViewState} */
  #state = { stage: 'idle' };
  /** @type {ViewOptions} */
  #options = { controls: false, isEditable: false, isDisabled: false };
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
    const elements = buildShadowTree(root);
    this.#elements = elements;
    this.#overlay = new Overlay(elements.overlay, () => wrapped() ?? elements.image);
    this.#words = new CaptionWords(root, {
      language: () => this.#language,
      onShow: (index) =>
        this.#overlay.show(this.#state.stage === 'done' ? this.#state.caption.words[index] : undefined),
      onSwap,
      onPlay() {},
    });
    elements.start.addEventListener('click', () => this.#state.stage === 'asking' && this.#state.onStart());
    elements.retry.addEventListener('click', onRetry);
    elements.field.addEventListener('input', () => onEdit(elements.field.value));
    elements.field.addEventListener('change', onEdited);
    this.#render();
  }

  /** The photo, where none is wrapped. @param {string} address @param {'lazy' | 'eager'} loading */
  setPhoto(address, loading) {
    const { image } = this.#elements;
    image.hidden = !address;
    image.loading = loading;
    if (!address) image.removeAttribute('src');
    else if (image.getAttribute('src') !== address) image.src = address;
  }

  /** @param {ViewState} state */
  setState(state) {
    this.#state = state;
    if (state.stage === 'writing') this.#words.stream(state.words);
    else if (state.stage === 'done' && state.caption.familiar !== false) this.#words.show(state.caption);
    else this.#words.clear();
    this.#render();
    this.#announce();
    if (state.stage === 'done' && state.caption.familiar !== false && state.selected !== undefined) {
      this.#words.select(state.selected, { andFocus: this.#root.activeElement === this.#elements.reading });
    }
  }

  /**
   * What the element's value is.
   * @param {string} text
   * @param {string} language in which it is, empty where nobody knows
   */
  setText(text, language) {
    this.#text = text;
    for (const part of [this.#elements.caption, this.#elements.field]) part.lang = language;
    this.#render();
  }

  /** @param {ViewOptions} options */
  setOptions(options) {
    this.#options = options;
    this.#render();
  }

  /** @param {Language} language */
  setLanguage(language) {
    this.#language = language;
    this.#elements.reading.hidden = false;
    this.#words.updateLanguage();
    this.#render();
  }

  /** To those who listen: what came of it, and no step on the way. */
  #announce() {
    const { announcer } = this.#elements;
    const state = this.#state;
    announcer.lang = state.stage === 'done' ? 'en' : this.#language.tag;
    announcer.textContent =
      state.stage === 'done' ? state.caption.hedged : state.stage === 'failed' ? this.#statusText() : '';
  }

  #render() {
    const {
      reading,
      image,
      caption,
      controls,
      hedge,
      surenessLine,
      runnersUp,
      fieldset,
      label,
      field,
      status,
      progress,
      start,
      retry,
    } = this.#elements;
    const language = this.#language;
    const state = this.#state;
    const { stage } = state;
    // Of no photo there are no words to look into.
    const isWritten = stage === 'writing' || (stage === 'done' && state.caption.familiar !== false);
    const { isEditable, isDisabled } = this.#options;
    const focused = this.#root.activeElement;

    reading.lang = language.tag;
    reading.dir = language.direction;
    image.alt = this.#text;
    caption.textContent = stage === 'writing' ? state.words.map(({ text }) => text).join(' ') : this.#text;
    if (field.value !== this.#text) field.value = this.#text;
    field.disabled = isDisabled;
    label.textContent = language.text('element.field');
    runnersUp.textContent = language.text('caption.runners-up');
    hedge.textContent = stage === 'done' ? language.text(`hedge.${state.caption.sureness}`) : '';
    surenessLine.textContent = stage === 'done' ? language.text(`caption.${state.caption.sureness}`) : '';
    status.textContent = this.#statusText();
    status.title = stage === 'failed' ? state.error.message : '';
    status.className = stage === 'failed' ? 'failed' : 'working';
    start.textContent = stage === 'asking' ? this.#startLabel(state.bytes) : '';
    retry.textContent = language.text('model.retry');
    if (stage === 'loading' && state.progress) {
      [progress.max, progress.value] = [state.progress.total, state.progress.loaded];
    }
    progress.ariaLabel = status.textContent;

    const hasControls = this.#options.controls;
    controls.hidden = !hasControls || !isWritten;
    hedge.hidden = stage === 'done' && !hedge.textContent;
    surenessLine.hidden = !surenessLine.textContent;
    fieldset.hidden = !hasControls || !isEditable;
    caption.hidden = !caption.textContent || !controls.hidden || !fieldset.hidden;
    status.hidden = !status.textContent;
    progress.hidden = stage !== 'loading' || !state.progress;
    start.hidden = stage !== 'asking';
    retry.hidden = stage !== 'failed' || PERMANENT_ERRORS.has(state.error.code);
    // Who works by keyboard stays here when the control that was used goes away.
    if (focused instanceof HTMLElement && !focused.checkVisibility()) reading.focus({ preventScroll: true });
  }

  #statusText() {
    const state = this.#state;
    const language = this.#language;
    switch (state.stage) {
      case 'loading':
        return state.progress ? language.loadingStatus(state.progress) : language.text('model.waiting');
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
  #startLabel(bytes) {
    const language = this.#language;
    return bytes
      ? language.text('element.fetch', { megabytes: language.megabytes(bytes) })
      : language.text('element.start');
  }
}

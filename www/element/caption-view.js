// What the element shows: the photo with a word's map over it, the caption, its words or what somebody wrote instead,
// and whatever is waited for.

import { isPermanent } from '../errors.js';
import { CaptionWords } from '../view/caption-words.js';
import { ENGLISH } from '../view/language.js';
import { WordPanel } from '../view/word-panel.js';
import { Overlay } from './overlay.js';
import { buildShadowTree } from './shadow-tree.js';
import { styleSheet } from './style.js';

/** @import { Language } from '../view/language.js' */
/** @import { ViewOptions, ViewState } from './states.js' */

export class CaptionView {
  #root;
  #elements;
  #words;
  #panel;
  #overlay;
  #language = ENGLISH;
  /** @type {ViewState} */
  #state = { stage: 'idle' };
  /** @type {ViewOptions} */
  #options = { controls: false, canLookInside: false, isExpected: false, isEditable: false, isDisabled: false };
  #text = '';
  /** The text is somebody's own. */
  #isEdited = false;
  /** The field is open, in place of the words. */
  #isEditing = false;
  /** What looks inside could not be fetched. */
  #isUnopened = false;
  /** The last click in the element itself. @type {Event | undefined} */
  #ownClick;

  /**
   * @param {ShadowRoot} root
   * @param {object} listener
   * @param {() => HTMLImageElement | null} listener.wrapped
   * @param {() => void} listener.onRetry
   * @param {(index: number, word: string) => void} listener.onSwap
   * @param {(text: string) => void} listener.onEdit while it is typed
   * @param {() => void} listener.onEdited
   * @param {(language: Language) => void} listener.onLookInside
   */
  constructor(root, { wrapped, onRetry, onSwap, onEdit, onEdited, onLookInside }) {
    this.#root = root;
    root.adoptedStyleSheets = [styleSheet()];
    const elements = buildShadowTree(root);
    this.#elements = elements;
    const language = () => this.#language;
    this.#overlay = new Overlay(elements.frame, elements.overlay, () => wrapped() ?? elements.image);
    this.#panel = new WordPanel(elements.panel, { language, onSwap });
    this.#words = new CaptionWords(elements.words, {
      language,
      onShow: (index) => this.#overlay.show(this.#captionWords[index]),
      onSelect: (index) => this.#onSelect(index),
      onPlay() {},
    });
    elements.reading.addEventListener('click', (event) => {
      this.#ownClick = event;
    });
    elements.start.addEventListener('click', () => this.#state.stage === 'asking' && this.#state.onStart());
    elements.retry.addEventListener('click', onRetry);
    elements.field.addEventListener('focus', () => this.setEditing(true));
    elements.field.addEventListener('input', () => onEdit(elements.field.value));
    elements.field.addEventListener('change', onEdited);
    elements.inside.addEventListener('click', () => {
      this.setUnopened(false);
      onLookInside(this.#language);
    });
    elements.edit.addEventListener('click', () => {
      this.setEditing(!this.#isEditing);
      if (this.#isEditing) elements.field.focus();
    });
    this.#render();
  }

  /** Those that can be looked into. */
  get #captionWords() {
    const state = this.#state;
    return state.stage === 'done' ? state.caption.words : [];
  }

  /** @param {number} index */
  #onSelect(index) {
    this.#panel.show(this.#captionWords, index);
    document.removeEventListener('click', this.#onClickElsewhere);
    if (index >= 0) document.addEventListener('click', this.#onClickElsewhere);
  }

  #onClickElsewhere = (/** @type {Event} */ event) => {
    if (event !== this.#ownClick) this.letGo();
  };

  /** No word is chosen any more. */
  letGo() {
    this.#words.select(-1);
  }

  /** Opens the field in place of the words, or closes it. @param {boolean} isEditing */
  setEditing(isEditing) {
    if (isEditing === this.#isEditing) return;
    this.#isEditing = isEditing;
    this.letGo();
    this.#render();
  }

  /**
   * The photo, where none is wrapped, and its room.
   * @param {string} address
   * @param {{ loading: 'lazy' | 'eager', width: number | null, height: number | null }} attributes
   */
  setPhoto(address, { loading, width, height }) {
    const { image } = this.#elements;
    image.hidden = !address;
    image.loading = loading;
    for (const [name, pixels] of Object.entries({ width, height })) {
      if (pixels) image.setAttribute(name, String(pixels));
      else image.removeAttribute(name);
    }
    if (!address) image.removeAttribute('src');
    else if (image.getAttribute('src') !== address) image.src = address;
  }

  /** @param {ViewState} state */
  setState(state) {
    this.#state = state;
    this.#isUnopened = false;
    if (state.stage === 'idle') this.#isEditing = this.#root.activeElement === this.#elements.field;
    if (state.stage === 'writing') this.#words.stream(state.words);
    else if (state.stage === 'done' && state.caption.familiar !== false) this.#words.show(state.caption);
    else this.#words.clear();
    this.#render();
    this.#announce();
    if (state.stage === 'done' && state.caption.familiar !== false && state.selected !== undefined) {
      const { reading, panel } = this.#elements;
      const focused = this.#root.activeElement;
      this.#words.select(state.selected, { andFocus: focused === reading || focused === panel });
    }
  }

  /** @param {boolean} isUnopened what looks inside could not be fetched */
  setUnopened(isUnopened) {
    this.#isUnopened = isUnopened;
    this.#render();
    const { announcer } = this.#elements;
    announcer.lang = this.#language.tag;
    announcer.textContent = this.#statusText();
  }

  /**
   * What the element's value is.
   * @param {string} text
   * @param {boolean} isEdited it is somebody's own, in whatever language
   */
  setText(text, isEdited) {
    this.#text = text;
    if (isEdited !== this.#isEdited) this.letGo();
    this.#isEdited = isEdited;
    for (const part of [this.#elements.caption, this.#elements.field]) part.lang = isEdited ? '' : 'en';
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
    this.#elements.reading.classList.remove('speechless');
    this.#words.updateLanguage();
    this.#panel.updateLanguage();
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
    const { reading, image, caption, hedge, surenessLine, label, field, status, progress, start, retry, edit, inside } =
      this.#elements;
    const language = this.#language;
    const state = this.#state;
    const { stage } = state;
    reading.lang = language.tag;
    reading.dir = language.direction;
    image.alt = this.#text;
    caption.textContent =
      stage === 'writing' && !this.#isEdited ? state.words.map(({ text }) => text).join(' ') : this.#text;
    if (field.value !== this.#text) field.value = this.#text;
    field.disabled = this.#options.isDisabled;
    edit.disabled = field.disabled;
    label.textContent = language.text('element.field');
    inside.textContent = language.text('element.inside');
    edit.textContent = language.text(this.#isEditing ? 'element.words' : 'element.edit');
    hedge.lang = language.tag;
    hedge.textContent = stage === 'done' ? language.text(`hedge.${state.caption.sureness}`) : '';
    surenessLine.textContent = stage === 'done' ? language.text(`caption.${state.caption.sureness}`) : '';
    status.textContent = this.#statusText();
    status.title = stage === 'failed' ? state.error.message : '';
    status.className = stage === 'failed' || this.#isUnopened ? 'failed' : 'working';
    start.textContent = stage === 'asking' ? this.#startLabel(state.bytes) : '';
    retry.textContent = language.text('model.retry');
    if (stage === 'loading' && state.progress) {
      [progress.max, progress.value] = [state.progress.total, state.progress.loaded];
    }
    progress.ariaLabel = status.textContent;
    this.#renderVisibility();
  }

  /** Words to be looked into, or the text alone: never both. */
  #renderVisibility() {
    const {
      reading,
      text,
      caption,
      sentence,
      surenessLine,
      panel,
      fieldset,
      status,
      progress,
      start,
      retry,
      edit,
      inside,
    } = this.#elements;
    const state = this.#state;
    const { stage } = state;
    const { controls, canLookInside, isExpected, isEditable } = this.#options;
    const focused = this.#root.activeElement;
    // Of no photo there are no words to look into.
    const hasWords = stage === 'writing' || (stage === 'done' && state.caption.familiar !== false);
    const isComing = stage === 'loading' || stage === 'looking' || (stage === 'idle' && isExpected);
    const isText = this.#isEdited || this.#isEditing;
    const hasField = controls && isEditable && (isText || !(hasWords || isComing));

    text.classList.toggle('with-words', controls && !isText && (hasWords || isComing));
    sentence.hidden = !controls || !hasWords || isText;
    panel.hidden = !controls || !(hasWords || isComing) || isText;
    surenessLine.hidden = sentence.hidden || !surenessLine.textContent;
    fieldset.hidden = !hasField;
    edit.hidden = !controls || !isEditable || stage !== 'done' || !hasWords || this.#isEdited;
    inside.hidden = !canLookInside || stage !== 'done' || !hasWords || isText;
    caption.hidden = !caption.textContent || !sentence.hidden || hasField;
    status.hidden = !status.textContent;
    progress.hidden = stage !== 'loading' || !state.progress;
    start.hidden = stage !== 'asking';
    retry.hidden = stage !== 'failed' || isPermanent(state.error);
    text.hidden = hasField && [...text.children].every((part) => part instanceof HTMLElement && part.hidden);
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
        return this.#isUnopened ? language.text('inside.unopened') : '';
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

// The custom element <photo-caption>: a photo and its caption, in any page, of any framework or none. docs/EMBEDDING.md
// tells how to use it.

import { CaptionerError } from './captioner.js';
import { PROPERTIES, ReflectingElement } from './element/attributes.js';
import { runCaptionTask } from './element/caption-task.js';
import { CaptionView } from './element/caption-view.js';
import { LanguageObserver } from './element/language-observer.js';
import { SharedModel } from './element/shared-model.js';
import { WrappedImage } from './element/wrapped-image.js';
import { loadPhoto } from './photo-source.js';
import { SHIPPED } from './shipped-models.js';

/** @import { PhotoCaptionEvents } from './element/events.js' */
/** @import { TaskState, ViewState } from './element/states.js' */
/** @import { Caption, Photo } from './protocol.js' */
/** @import { Language } from './view/language.js' */

/** Where a model is looked for that no attribute names, beside this module. */
const DEFAULT_MODEL = './model/';

/** What style sheets know of a stage, as `:state(…)`. @type {Partial<Record<ViewState['stage'], string>>} */
const STATES = { loading: 'loading', looking: 'loading', writing: 'loading', done: 'done', failed: 'failed' };

/**
 * Shows a photo of its own, or is wrapped around an image whose empty `alt` it fills. All elements of a page that name
 * the same model share one worker and one download. Form-associated: its value is the text.
 *
 * @summary A photo and its caption, written inside the browser.
 *
 * @attr {string} lang - Language of the element's own few words (en, ar, my). Without it, that of the text around.
 *
 * @fires {InputEvent} input - The reader types in the field.
 * @fires {Event} change - The reader has edited the text.
 *
 * @slot - An `<img>`, alone or in a `<picture>` or link. Without one the element shows the photo itself.
 *
 * @csspart picture - What surrounds the photo.
 * @csspart image - The photo, where none is wrapped.
 * @csspart overlay - The map of a word over the photo. Opacity, filters and the like keep it from blending with that.
 * @csspart reading - Everything below the photo.
 * @csspart caption - The text, without `controls`.
 * @csspart words - The words, with `controls`.
 * @csspart word - One of them.
 * @csspart hedge - What stands before the words where the model was not sure.
 * @csspart sureness - The sentence that tells how sure the model was.
 * @csspart detail - The panel below the words: what there is to know about the chosen one.
 * @csspart alternative - A row of it with another word, which is a button.
 * @csspart label - The label of the field.
 * @csspart field - The field in which the text is edited.
 * @csspart status - What is being done, or went wrong.
 * @csspart progress - The bar of the download.
 * @csspart button - Every button but the words.
 * @csspart edit - The button between the words and the field.
 * @csspart inside - The button that opens what goes on inside the model.
 * @csspart start - The button that asks first.
 * @csspart retry - The button that tries again.
 *
 * @cssprop {<color>} --photo-caption-accent - Buttons, bars, focus, and the line under the chosen word.
 * @cssprop {<color>} --photo-caption-on-accent - Text on the accent.
 * @cssprop {<color>} --photo-caption-error - What went wrong.
 * @cssprop {<color>} --photo-caption-line - Borders.
 * @cssprop {<length>} --photo-caption-radius - Round corners.
 * @cssprop {<length>} --photo-caption-gap - The space between the parts.
 * @cssprop {<number>} --photo-caption-strength - How strongly a map is drawn, from 0 to 1.
 *
 * @cssState loading - The model is on its way, or the caption.
 * @cssState done - The caption is there.
 * @cssState failed - There is no caption, and there will be none before something changes.
 */
export class PhotoCaption extends ReflectingElement {
  static formAssociated = true;
  static observedAttributes = [...PROPERTIES, 'lang'];
  /** Where worker.js is, if it was moved; as for `Captioner.load`. @type {string | URL | undefined} */
  static workerUrl;
  /** Where the folder with the wasm is, if it was moved. @type {string | URL | undefined} */
  static wasmUrl;

  #internals = this.attachInternals();
  #wrapped = new WrappedImage(this, () => this.#scheduleUpdate());
  #languageObserver = new LanguageObserver(this, (language) => this.#view.setLanguage(language));
  #view = new CaptionView(this.attachShadow({ mode: 'open' }), {
    wrapped: () => this.#wrapped.image,
    onRetry: () => void this.#start(),
    onSwap: (index, word) => this.#swap(index, word),
    onEdit: (text) => this.#edit(text),
    // Unlike `input`, it would end at the shadow root.
    onEdited: () => this.dispatchEvent(new Event('change', { bubbles: true })),
    onLookInside: (language) => void this.#lookInside(language),
  });
  /** @type {Caption | undefined} */
  #caption;
  /** @type {CaptionerError | undefined} */
  #error;
  /** What somebody wrote instead of the caption. @type {string | undefined} */
  #edited;
  #isDisabled = false;
  #isUpdateScheduled = false;
  /** Ends what is being done, and the share in the model. */
  #work = new AbortController();
  /** The photo that this is about, and everything that its caption depends on. */
  #photo = '';
  #inputs = '';
  /** The photo itself, for captions that begin with other words. @type {Photo | undefined} */
  #fetched;
  /** What captioned it. @type {SharedModel | undefined} */
  #model;
  /** Words that the caption was to begin with. @type {string[] | undefined} */
  #prefix;
  /** Nothing was begun yet that costs anything. */
  #isWaiting = true;
  /** The model that the reader has given leave to load. @type {string | undefined} */
  #allowedModel;

  connectedCallback() {
    // A page may have set them before this module was there.
    for (const name of /** @type {const} */ ([...PROPERTIES, 'value'])) {
      if (!Object.hasOwn(this, name)) continue;
      // What was set hides the property that it was meant for.
      const { [name]: value } = this;
      delete (/** @type {Partial<this>} */ (this)[name]);
      Object.assign(this, { [name]: value });
    }
    this.#wrapped.observe();
    this.#languageObserver.observe();
    this.#scheduleUpdate();
  }

  disconnectedCallback() {
    this.#wrapped.disconnect();
    this.#languageObserver.disconnect();
    this.#scheduleUpdate();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'lang' && this.isConnected) void this.#languageObserver.update();
    // Whoever waits for the reader or for the place on the screen may have to wait no longer.
    if (['auto', 'loading'].includes(name) && this.#isWaiting) this.#inputs = '';
    this.#scheduleUpdate();
  }

  /** The form that the element belongs to. @returns {HTMLFormElement | null} */
  get form() {
    return this.#internals.form;
  }

  /**
   * The text: what somebody wrote, or else the caption, with a hedge where the model was not sure. None of a picture
   * that is no photo that the model knows: what is said in place of a caption is no text for an image.
   * @returns {string}
   */
  get value() {
    return this.#edited ?? (this.#caption?.familiar === false ? '' : (this.#caption?.hedged ?? ''));
  }

  set value(text) {
    this.#edited = String(text ?? '');
    this.#publish();
  }

  /** The caption as it was is no correction. @param {string} text */
  #edit(text) {
    this.#edited = text === this.#caption?.hedged ? undefined : text;
    this.#publish();
  }

  /** The caption with all that there is to know about it, once it is there. @returns {Caption | null} */
  get caption() {
    return this.#caption ?? null;
  }

  /** Why there is no caption. @returns {CaptionerError | null} */
  get error() {
    return this.#error ?? null;
  }

  formResetCallback() {
    this.#edited = undefined;
    this.#publish();
    this.#view.setEditing(false);
  }

  /** @param {string} text what was written here before the page was left */
  formStateRestoreCallback(text) {
    this.value = text;
  }

  /** @param {boolean} isDisabled */
  formDisabledCallback(isDisabled) {
    this.#isDisabled = isDisabled;
    this.#scheduleUpdate();
  }

  /** Something is another now. Changes that come together, a move among them, are one. */
  #scheduleUpdate() {
    if (this.#isUpdateScheduled) return;
    this.#isUpdateScheduled = true;
    queueMicrotask(() => {
      this.#isUpdateScheduled = false;
      this.#update();
    });
  }

  /** Does what the element is there for now, unless it is being done or was. */
  #update() {
    if (!this.isConnected) return this.#suspend();
    const { src, controls } = this;
    const photo = src || this.#wrapped.address;
    this.#view.setOptions({
      controls,
      canLookInside: this.getAttribute('controls')?.toLowerCase() === 'inside',
      isExpected: Boolean(photo) && this.#mayStart,
      isEditable: Boolean(this.name),
      isDisabled: this.#isDisabled,
    });
    this.#view.setPhoto(this.#wrapped.image ? '' : src, this);
    const inputs = JSON.stringify([photo, this.model, this.device, this.precision, this.beams]);
    if (inputs !== this.#inputs) {
      // What was written about another photo does not hold for this one.
      if (this.#photo && photo !== this.#photo) this.#edited = undefined;
      this.#photo = photo;
      this.#inputs = inputs;
      void this.#start();
    }
    this.#wrapped.fillAlt(this.value);
  }

  /** Nobody has to be asked. */
  get #mayStart() {
    return this.auto || this.#allowedModel === this.model;
  }

  /** Out of the page nothing is done, and what is done already is kept. */
  #suspend() {
    this.#work.abort();
    this.#view.letGo();
    if (this.#caption) return;
    this.#inputs = '';
    this.#setState({ stage: 'idle' });
  }

  /** @param {string[]} [prefix] words that the caption is to begin with */
  async #start(prefix) {
    this.#work.abort();
    const work = new AbortController();
    this.#work = work;
    const { signal } = work;
    this.#caption = undefined;
    this.#error = undefined;
    this.#isWaiting = true;
    this.#prefix = prefix;
    if (!prefix) this.#fetched = undefined;
    this.#publish();
    this.#setState({ stage: 'idle' });
    if (!this.#photo) return;
    /** @type {SharedModel | undefined} */
    let model;
    try {
      const { device, precision, beams } = this;
      const { workerUrl, wasmUrl } = PhotoCaption;
      const beside = SHIPPED.includes(this.model) ? `./models/${this.model}/` : !this.model && DEFAULT_MODEL;
      const address = beside ? new URL(beside, import.meta.url) : this.model;
      model = SharedModel.acquire(address, { device, precision, workerUrl, wasmUrl }, signal);
      this.#model = model;
      const task = {
        model,
        fetchPhoto: (/** @type {AbortSignal} */ signal) => this.#fetchPhoto(signal),
        beams: beams ?? undefined,
        prefix,
        isLazy: this.loading === 'lazy',
        mayStart: this.#mayStart,
      };
      const caption = await runCaptionTask(this, task, (state) => this.#onTaskState(state), signal);
      signal.throwIfAborted();
      this.#finish(caption, prefix);
      // Another word may be put into it, which takes the model and the photo.
      if (this.controls) return;
      work.abort();
      this.#fetched = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const { code } = this.#fail(CaptionerError.from(error));
      // Somebody may have more luck with it.
      if (code.startsWith('model-')) model?.addEventListener('ready', () => void this.#start(), { signal });
      else work.abort();
    }
  }

  /** @param {AbortSignal} signal */
  async #fetchPhoto(signal) {
    const source = this.src || /** @type {HTMLImageElement} */ (this.#wrapped.image);
    const photo = this.#fetched ?? (await loadPhoto(source, signal));
    if (!signal.aborted) this.#fetched = photo;
    return photo;
  }

  /** @param {TaskState} state */
  #onTaskState(state) {
    this.#setState(state);
    if (state.stage === 'asking') return;
    this.#isWaiting = false;
    this.#allowedModel = this.model;
    if (state.stage === 'loading' && state.progress) this.#dispatch('caption-progress', state.progress);
    if (state.stage === 'writing') this.#dispatch('caption-word', { word: state.word, words: state.words });
  }

  /** @param {ViewState} state */
  #setState(state) {
    this.#view.setState(state);
    const { states } = this.#internals;
    const name = STATES[state.stage];
    try {
      states?.clear();
      if (name) states?.add(name);
    } catch {
      // Chromium before 125 takes none without two dashes before it, others none at all.
    }
  }

  /** @param {Caption} caption @param {string[]} [prefix] */
  #finish(caption, prefix) {
    this.#caption = caption;
    this.#publish();
    this.#setState({ stage: 'done', caption, selected: prefix && prefix.length - 1 });
    this.#dispatch('caption', caption);
  }

  /** @param {CaptionerError} error */
  #fail(error) {
    this.#error = error;
    this.#setState({ stage: 'failed', error });
    this.#dispatch('caption-error', error);
    return error;
  }

  /** @param {Language} language */
  async #lookInside(language) {
    const { signal } = this.#work;
    const photo = this.#fetched;
    const caption = this.#caption;
    if (!photo || !caption || !this.#model || !this.shadowRoot) return;
    try {
      const [{ lookInside }, captioner] = await Promise.all([
        import('./element/look-inside.js'),
        this.#model.captioner(),
      ]);
      const settings = { ...(this.beams && { beams: this.beams }), ...(this.#prefix && { prefix: this.#prefix }) };
      const subject = { captioner, photo, address: this.#photo, caption, settings, language };
      const { workerUrl, wasmUrl } = PhotoCaption;
      const panel = await lookInside(this.shadowRoot, subject, { workerUrl, wasmUrl });
      // The model goes with what is being done.
      if (signal.aborted) panel.close();
      else signal.addEventListener('abort', () => panel.close());
    } catch (error) {
      if (signal.aborted) return;
      this.#view.setUnopened(true);
      console.warn(error);
    }
  }

  /** @param {number} index @param {string} word that is to stand there */
  #swap(index, word) {
    const before = this.#caption?.words.slice(0, index).map(({ text }) => text) ?? [];
    this.#edited = undefined;
    void this.#start([...before, word]);
  }

  /** Tells the text to everybody who shows or submits it. */
  #publish() {
    this.#internals.setFormValue(this.value, this.#edited ?? null);
    this.#view.setText(this.#edited ?? this.#caption?.hedged ?? '', this.#edited !== undefined);
    this.#wrapped.fillAlt(this.value);
  }

  /** @template {keyof PhotoCaptionEvents} Type @param {Type} type @param {PhotoCaptionEvents[Type]['detail']} detail */
  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }
}

// Two copies of this module on one page are no reason to fail.
if (globalThis.customElements && !customElements.get('photo-caption')) {
  customElements.define('photo-caption', PhotoCaption);
}

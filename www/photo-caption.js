// The custom element <photo-caption>: a photo and its caption, in any page, of any framework or none. docs/EMBEDDING.md tells
// how to use it.

import { CaptionerError } from './captioner.js';
import { ReflectingElement } from './element/attributes.js';
import { captionPhoto } from './element/caption-work.js';
import { Face } from './element/face.js';
import { SharedModel } from './element/shared-model.js';
import { Tongue } from './element/tongue.js';
import { WrappedImage } from './element/wrapped-image.js';

/** @import { PhotoCaptionEvents } from './element/events.js' */
/** @import { Step } from './element/caption-work.js' */
/** @import { Caption } from './protocol.js' */

/** Where a model is looked for that no attribute names. */
const BESIDE_THIS_MODULE = './model/';

/** Properties that a page may have set before this module was there. */
const EARLY = /** @type {const} */ ([
  'src',
  'model',
  'device',
  'beams',
  'controls',
  'loading',
  'auto',
  'name',
  'value',
]);

export class PhotoCaption extends ReflectingElement {
  static formAssociated = true;
  static observedAttributes = ['src', 'model', 'device', 'beams', 'lang', 'controls', 'loading', 'auto', 'name'];
  /** Where worker.js is, if it was moved; as for `Captioner.load`. @type {string | URL | undefined} */
  static workerUrl;
  /** Where the folder with the wasm is, if it was moved. @type {string | URL | undefined} */
  static wasmUrl;

  #internals = this.attachInternals();
  #wrapped = new WrappedImage(this, () => this.#changed());
  #tongue = new Tongue(this, (language) => this.#face.speak(language));
  #face = new Face(this.attachShadow({ mode: 'open' }), {
    wrapped: () => this.#wrapped.image,
    onRetry: () => void this.#begin(),
    onSwap: (index, word) => this.#swap(index, word),
    onEdit: (text) => (this.value = text),
    // Unlike `input`, it would end at the shadow root.
    onEdited: () => this.dispatchEvent(new Event('change', { bubbles: true })),
  });
  /** @type {Caption | undefined} */
  #caption;
  /** @type {CaptionerError | undefined} */
  #error;
  /** What somebody wrote instead of the caption. @type {string | undefined} */
  #edited;
  #isDisabled = false;
  #isChanging = false;
  /** Ends what is being done, and the share in the model. */
  #work = new AbortController();
  /** The photo that this is about, and everything that its caption depends on. */
  #photo = '';
  #wanted = '';
  /** Nothing was begun yet that costs anything. */
  #isHeld = true;
  /** The model that the reader has given leave to load. @type {string | undefined} */
  #allowed;

  connectedCallback() {
    for (const name of EARLY) {
      if (!Object.hasOwn(this, name)) continue;
      // What was set hides the property that it was meant for.
      const { [name]: value } = this;
      delete (/** @type {Partial<this>} */ (this)[name]);
      Object.assign(this, { [name]: value });
    }
    this.#wrapped.watch();
    this.#tongue.watch();
    this.#changed();
  }

  disconnectedCallback() {
    this.#wrapped.unwatch();
    this.#tongue.unwatch();
    this.#changed();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'lang' && this.isConnected) void this.#tongue.listen();
    // Whoever waits for the reader or for the place on the screen may have to wait no longer.
    if (['auto', 'loading'].includes(name) && this.#isHeld) this.#wanted = '';
    this.#changed();
  }

  get form() {
    return this.#internals.form;
  }

  /** The text: what somebody wrote, or else the caption. */
  get value() {
    return this.#edited ?? this.#caption?.text ?? '';
  }

  set value(text) {
    this.#edited = String(text ?? '');
    this.#publish();
  }

  /** The caption with all that there is to know about it, once it is there. @returns {Caption | null} */
  get caption() {
    return this.#caption ?? null;
  }

  /** Why there is none. @returns {CaptionerError | null} */
  get error() {
    return this.#error ?? null;
  }

  formResetCallback() {
    this.#edited = undefined;
    this.#publish();
  }

  /** @param {string} text what was written here before the page was left */
  formStateRestoreCallback(text) {
    this.value = text;
  }

  /** @param {boolean} isDisabled */
  formDisabledCallback(isDisabled) {
    this.#isDisabled = isDisabled;
    this.#changed();
  }

  /** Something is another now. Changes that come together, a move among them, are one. */
  #changed() {
    if (this.#isChanging) return;
    this.#isChanging = true;
    queueMicrotask(() => {
      this.#isChanging = false;
      this.#follow();
    });
  }

  /** Does what the element is there for now, unless it is being done or was. */
  #follow() {
    if (!this.isConnected) return this.#leave();
    const { src, controls, loading } = this;
    this.#face.choose({ controls, isEditable: Boolean(this.name), isDisabled: this.#isDisabled });
    this.#face.picture(this.#wrapped.image ? '' : src, loading);
    const photo = src || this.#wrapped.address;
    const wanted = JSON.stringify([photo, this.model, this.device, this.beams]);
    if (wanted !== this.#wanted) {
      // What was written about another photo does not hold for this one.
      if (this.#photo && photo !== this.#photo) this.#edited = undefined;
      this.#photo = photo;
      this.#wanted = wanted;
      void this.#begin();
    }
    this.#wrapped.describe(this.value);
  }

  /** Out of the page nothing is done, and what is done already is kept. */
  #leave() {
    this.#work.abort();
    if (this.#caption) return;
    this.#wanted = '';
    this.#face.show({ stage: 'idle' });
  }

  /** @param {string[]} [prefix] words that the caption is to begin with */
  async #begin(prefix) {
    this.#work.abort();
    const work = new AbortController();
    this.#work = work;
    const { signal } = work;
    this.#caption = undefined;
    this.#error = undefined;
    this.#isHeld = true;
    this.#publish();
    this.#face.show({ stage: 'idle' });
    if (!this.#photo) return;
    /** @type {SharedModel | undefined} */
    let model;
    try {
      const { device, beams } = this;
      const { workerUrl, wasmUrl } = PhotoCaption;
      const address = this.model || new URL(BESIDE_THIS_MODULE, import.meta.url);
      model = SharedModel.join(address, device, { workerUrl, wasmUrl }, signal);
      const order = {
        model,
        photo: this.src || /** @type {HTMLImageElement} */ (this.#wrapped.image),
        beams: beams ?? undefined,
        prefix,
        isLazy: this.loading === 'lazy',
        isFree: this.auto || this.#allowed === this.model,
      };
      const caption = await captionPhoto(this, order, (step) => this.#tell(step), signal);
      signal.throwIfAborted();
      this.#finish(caption, prefix);
      // Another word may be put into it, which takes the model.
      if (!this.controls) work.abort();
    } catch (error) {
      if (signal.aborted) return;
      const { code } = this.#fail(CaptionerError.from(error));
      // Somebody may have more luck with it.
      if (code.startsWith('model-')) model?.addEventListener('ready', () => void this.#begin(), { signal });
      else work.abort();
    }
  }

  /** @param {Step} step */
  #tell(step) {
    this.#face.show(step);
    if (step.stage === 'asking') return;
    this.#isHeld = false;
    this.#allowed = this.model;
    if (step.stage === 'loading' && step.progress) this.#dispatch('caption-progress', step.progress);
    if (step.stage === 'writing') this.#dispatch('caption-word', { word: step.word, words: step.words });
  }

  /** @param {Caption} caption @param {string[]} [prefix] */
  #finish(caption, prefix) {
    this.#caption = caption;
    this.#publish();
    this.#face.show({ stage: 'done', caption, chosen: prefix && prefix.length - 1 });
    this.#dispatch('caption', caption);
  }

  /** @param {CaptionerError} error */
  #fail(error) {
    this.#error = error;
    this.#face.show({ stage: 'failed', error });
    this.#dispatch('caption-error', error);
    return error;
  }

  /** @param {number} index @param {string} word that is to stand there */
  #swap(index, word) {
    const before = this.#caption?.words.slice(0, index).map(({ text }) => text) ?? [];
    this.#edited = undefined;
    void this.#begin([...before, word]);
  }

  /** Tells the text to everybody who shows or submits it. */
  #publish() {
    this.#internals.setFormValue(this.value, this.#edited ?? null);
    this.#face.tell(this.value, this.#edited === undefined ? 'en' : '');
    this.#wrapped.describe(this.value);
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

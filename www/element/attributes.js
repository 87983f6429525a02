// The attributes of the element as properties.

/** @import { Device, Precision } from '../protocol.js' */

import { assertBrowser } from '../errors.js';

/** Those that are properties as well. */
export const PROPERTIES = /** @type {const} */ ([
  'src',
  'model',
  'device',
  'precision',
  'beams',
  'width',
  'height',
  'controls',
  'loading',
  'auto',
  'name',
]);

/** A server that draws pages imports this module too, and has no elements. */
const Base =
  globalThis.HTMLElement ??
  /** @type {typeof HTMLElement} */ (
    /** @type {unknown} */ (
      class {
        constructor() {
          assertBrowser();
        }
      }
    )
  );

export class ReflectingElement extends Base {
  /** The photo's address; where it is empty, the wrapped image's photo is meant. */
  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(address) {
    this.#reflect('src', address);
  }

  /**
   * The address of a model folder, or the name of a model that ships, for `models/NAME/` beside `photo-caption.js`;
   * where it is empty, the folder `model/` there is meant.
   */
  get model() {
    return this.getAttribute('model') ?? '';
  }

  set model(address) {
    this.#reflect('model', address);
  }

  /** @returns {Device | 'auto'} */
  get device() {
    return /** @type {Device | 'auto'} */ (this.getAttribute('device') || 'auto');
  }

  set device(device) {
    this.#reflect('device', device);
  }

  /** @returns {Precision} */
  get precision() {
    return /** @type {Precision} */ (this.getAttribute('precision') || 'auto');
  }

  set precision(precision) {
    this.#reflect('precision', precision);
  }

  /** Sentences that are followed at a time; null for as many as the captioner finds right. @returns {number | null} */
  get beams() {
    return this.#number('beams');
  }

  set beams(count) {
    this.#reflect('beams', count);
  }

  /** How wide the photo is, in pixels; with `height` its room is there before it is. @returns {number | null} */
  get width() {
    return this.#number('width');
  }

  set width(pixels) {
    this.#reflect('width', pixels);
  }

  /** @returns {number | null} */
  get height() {
    return this.#number('height');
  }

  set height(pixels) {
    this.#reflect('height', pixels);
  }

  /** @returns {'lazy' | 'eager'} */
  get loading() {
    return this.getAttribute('loading')?.toLowerCase() === 'lazy' ? 'lazy' : 'eager';
  }

  set loading(loading) {
    this.#reflect('loading', loading);
  }

  /** Whether the words can be looked into, and the text corrected. */
  get controls() {
    return this.hasAttribute('controls');
  }

  set controls(has) {
    this.toggleAttribute('controls', Boolean(has));
  }

  /** Whether to begin without asking. */
  get auto() {
    return this.hasAttribute('auto');
  }

  set auto(is) {
    this.toggleAttribute('auto', Boolean(is));
  }

  /** Under what name a form submits the text. */
  get name() {
    return this.getAttribute('name') ?? '';
  }

  set name(name) {
    this.#reflect('name', name);
  }

  /** @param {string} name */
  #number(name) {
    return this.hasAttribute(name) ? Number(this.getAttribute(name)) : null;
  }

  /** @param {string} name @param {string | number | null | undefined} value */
  #reflect(name, value) {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }
}

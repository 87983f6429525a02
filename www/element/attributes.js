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
  /** Address of the photo. Without it, the photo of the wrapped `<img>` is meant. @attr @returns {string} */
  get src() {
    return this.getAttribute('src') ?? '';
  }

  set src(address) {
    this.#reflect('src', address);
  }

  /**
   * Address of a model folder; or `flickr8k-resnet50` or `flickr8k-lite`, for the folder of that name in `models/`
   * beside the module. Without it, `model/` beside the module.
   * @attr
   * @returns {string}
   */
  get model() {
    return this.getAttribute('model') ?? '';
  }

  set model(address) {
    this.#reflect('model', address);
  }

  /** What computes. @attr @default 'auto' @returns {'auto' | 'cpu' | 'webgpu'} */
  get device() {
    return /** @type {Device | 'auto'} */ (this.getAttribute('device') || 'auto');
  }

  set device(device) {
    this.#reflect('device', device);
  }

  /**
   * In what the processor computes: 8-bit integers where the model was calibrated for them, or always 32-bit floats.
   * @attr
   * @default 'auto'
   * @returns {'auto' | 'f32'}
   */
  get precision() {
    return /** @type {Precision} */ (this.getAttribute('precision') || 'auto');
  }

  set precision(precision) {
    this.#reflect('precision', precision);
  }

  /**
   * Sentences that are followed at a time; 1 is greedy. Without it, as many as the model was measured with.
   * @attr
   * @returns {number | null}
   */
  get beams() {
    return this.#number('beams');
  }

  set beams(count) {
    this.#reflect('beams', count);
  }

  /**
   * Width of the photo in pixels; with `height` its room is kept until it is there.
   * @attr
   * @returns {number | null}
   */
  get width() {
    return this.#number('width');
  }

  set width(pixels) {
    this.#reflect('width', pixels);
  }

  /** Height of the photo in pixels. @attr @returns {number | null} */
  get height() {
    return this.#number('height');
  }

  set height(pixels) {
    this.#reflect('height', pixels);
  }

  /** `lazy` waits until the element comes into view. @attr @default 'eager' @returns {'eager' | 'lazy'} */
  get loading() {
    return this.getAttribute('loading')?.toLowerCase() === 'lazy' ? 'lazy' : 'eager';
  }

  set loading(loading) {
    this.#reflect('loading', loading);
  }

  /**
   * Words that show where the model looked and what else it considered; with `name`, a field to edit the text. With the
   * value `inside`, a button that opens what goes on inside the model as well.
   * @attr
   * @returns {boolean}
   */
  get controls() {
    return this.hasAttribute('controls');
  }

  /** @param {boolean | 'inside'} value */
  set controls(value) {
    // Frameworks set the property where a page writes the attribute with its value.
    if (value === 'inside') this.#reflect('controls', value);
    else this.toggleAttribute('controls', Boolean(value));
  }

  /**
   * Begins by itself. Without it, a button asks first and says how many megabytes would be fetched.
   * @attr
   * @returns {boolean}
   */
  get auto() {
    return this.hasAttribute('auto');
  }

  set auto(is) {
    this.toggleAttribute('auto', Boolean(is));
  }

  /** The name under which a form submits the text. @attr @returns {string} */
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

// One captioner, and with it one worker and one download, for all elements of a page that want the same model on the
// same device in the same precision. It begins when the first asks for it, and ends when nobody needs it any more.

import { Captioner } from '../captioner.js';
import { bytesToFetch } from '../download.js';
import { folderUrl } from '../urls.js';

/** @import { Device, Precision, Progress } from '../protocol.js' */
/**
 * @typedef {object} ModelOptions
 * @property {Device | 'auto'} device
 * @property {Precision} precision
 * @property {string | URL} [workerUrl] where the worker is, if it was moved
 * @property {string | URL} [wasmUrl] where the wasm is, if it was moved
 */

/** How long a model is kept for an element that may come yet, as when a page is drawn anew; in milliseconds. */
const KEEP_ALIVE = 2000;

/** By device, precision and address. @type {Map<string, SharedModel>} */
const models = new Map();

/** Dispatches `progress`, with a `Progress` as its detail, and `ready`. */
export class SharedModel extends EventTarget {
  #key;
  #options;
  #users = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<Captioner> | undefined} */
  #loading;
  /** @type {Promise<number> | undefined} */
  #size;
  #controller = new AbortController();
  /** How far the download is, for those who come while it runs. @type {Progress | undefined} */
  progress;

  /**
   * For `SharedModel.acquire`.
   * @param {string} key
   * @param {{ model: string } & ModelOptions} options
   */
  constructor(key, options) {
    super();
    this.#key = key;
    this.#options = options;
  }

  /**
   * A share in a model, until the signal ends it.
   * @param {string | URL} model its address
   * @param {ModelOptions} options
   * @param {AbortSignal} signal
   */
  static acquire(model, options, signal) {
    const address = folderUrl(model);
    const key = `${options.device} ${options.precision} ${address}`;
    const shared = models.get(key) ?? new SharedModel(key, { model: address, ...options });
    models.set(key, shared);
    shared.#users += 1;
    clearTimeout(shared.#timer);
    signal.addEventListener('abort', () => shared.#release(), { once: true });
    return shared;
  }

  /**
   * How many bytes would have to be fetched before it can be used. Nothing but `model.json` is fetched to know that.
   */
  size() {
    if (this.#loading) return Promise.resolve(0);
    this.#size ??= bytesToFetch(this.#options.model).catch((error) => {
      this.#size = undefined;
      throw error;
    });
    return this.#size;
  }

  /** The captioner, loaded for the first who asks. After a failure the next one who asks begins anew. */
  captioner() {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load() {
    try {
      const captioner = await Captioner.load({
        ...this.#options,
        signal: this.#controller.signal,
        onProgress: (progress) => {
          this.progress = progress;
          this.dispatchEvent(new CustomEvent('progress', { detail: progress }));
        },
      });
      this.#controller.signal.addEventListener('abort', () => captioner.dispose());
      // After those who wait for the promise.
      setTimeout(() => this.dispatchEvent(new Event('ready')));
      return captioner;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    } finally {
      this.progress = undefined;
    }
  }

  #release() {
    this.#users -= 1;
    if (this.#users) return;
    this.#timer = setTimeout(() => {
      models.delete(this.#key);
      this.#controller.abort();
    }, KEEP_ALIVE);
  }
}

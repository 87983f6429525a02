// Which model captions, which is on its way, and what photos wait for meanwhile.

/** @import { Device, NoticeCode, Precision, Progress } from '../protocol.js' */
/** @import { Active, Choice, LoaderListener, Loading } from './models.js' */

import { Captioner, CaptionerError } from '../captioner.js';
import { rememberChoice } from './model-choice.js';

export class ModelLoader {
  /** The model that is being loaded. @type {Loading | undefined} */
  pending;
  /** The model that captions. @type {Active | undefined} */
  active;
  /** The choice that was loaded last, whether it could be or not. @type {Choice | undefined} */
  latest;
  /** Whether loading waits for the first photo. */
  isPutOff = false;
  #listener;
  /** What photos wait for. @type {Promise<Captioner> | undefined} */
  #captioner;
  /** @type {PromiseWithResolvers<Captioner>} */
  #first = Promise.withResolvers();

  /** @param {LoaderListener} listener */
  constructor(listener) {
    this.#listener = listener;
    // Whoever shows the state tells of it.
    this.#first.promise.catch(() => {});
  }

  /** The captioner, once there is one. What was put off, or could not be had, is loaded for whoever needs it. */
  captioner() {
    if (this.latest && !this.pending && !this.active) this.load(this.latest);
    return this.#captioner ?? this.#first.promise;
  }

  /** Loads it when the first photo is there, and nothing before. @param {Choice} choice */
  loadLater(choice) {
    this.latest = choice;
    this.isPutOff = true;
    this.#listener.onChange();
  }

  /** Loads a model. The one before captions until it is ready, and goes on where it cannot be had. @param {Choice} choice */
  load(choice) {
    const address = new URLSearchParams(location.search);
    const device = /** @type {Device | 'auto'} */ (address.get('device') ?? 'auto');
    const precision = /** @type {Precision} */ (address.get('precision') ?? 'auto');
    this.isPutOff = false;
    this.pending?.controller.abort();
    const controller = new AbortController();
    /** @type {Loading} */
    const loading = { choice, controller };
    this.pending = loading;
    this.latest = choice;
    const loaded = Captioner.load({
      model: choice.model,
      device,
      precision,
      signal: controller.signal,
      onProgress: (progress) => this.pending === loading && this.#showProgress(loading, progress),
      onNotice: (code) => this.#showNotice(choice, code),
    });
    if (!this.active) {
      const isFirst = !this.#captioner;
      this.#captioner = loaded;
      loaded.then(this.#first.resolve, this.#first.reject);
      // They waited for a model that is not loaded any more.
      if (!isFirst) this.#listener.onReplaced();
    }
    loaded.then(
      (ready) => this.#take(loading, ready),
      (error) => this.#fail(loading, CaptionerError.from(error)),
    );
    this.#listener.onChange();
  }

  /** Stops loading. @param {Choice} [choice] of the model that captions */
  stay(choice) {
    this.pending?.controller.abort();
    this.pending = undefined;
    if (choice && this.active) rememberChoice(Object.assign(this.active.choice, choice));
    this.#listener.onChange();
  }

  /** @param {Loading} loading @param {Captioner} ready */
  #take(loading, ready) {
    if (this.pending !== loading) return ready.dispose();
    const before = this.active;
    this.active = { choice: loading.choice, captioner: ready };
    this.#captioner = Promise.resolve(ready);
    this.pending = undefined;
    rememberChoice(loading.choice);
    this.#listener.onReady(ready, Boolean(before));
    before?.captioner.dispose();
    this.#listener.onChange();
  }

  /** @param {Loading} loading @param {CaptionerError} error */
  #fail(loading, error) {
    if (this.pending !== loading) return;
    this.pending = undefined;
    this.#listener.onChange({ choice: loading.choice, error });
  }

  /** @param {Loading} loading @param {Progress} progress */
  #showProgress(loading, progress) {
    loading.progress = progress;
    this.#listener.onChange();
  }

  /** @param {Choice} choice @param {NoticeCode} code */
  #showNotice(choice, code) {
    if ([this.pending, this.active].some((model) => model?.choice === choice)) this.#listener.onNotice(choice, code);
  }
}

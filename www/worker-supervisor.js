// One worker at work, and another after it when something happens to the first. Whatever that is (the GPU is lost,
// memory runs out, a step hangs), the answer is the same: end the worker, begin another, and give it what was not done
// yet.

import { CaptionerError } from './errors.js';
import { startWorker } from './start-worker.js';

/** @import { Job, JobListeners, JobRequest } from './job.js' */
/** @import { WorkerOptions } from './options.js' */
/** @import { About, Caption, Device, FromWorker, ToWorker } from './protocol.js' */

/** How long a worker may be silent after a stop before it is ended, in milliseconds. */
const HANG_TIMEOUT = 5000;

export class WorkerSupervisor {
  /** What model this is, once it is loaded. @type {About | undefined} */
  about;
  /** What the encoder runs on, or is to run on. @type {Device | 'auto'} */
  device;
  #options;
  /** @type {Worker | undefined} */
  #worker;
  #isReady = false;
  /** The GPU is opened anew once; after that the processor takes over. */
  #isGpuReopened = false;
  /** In the order in which they came. @type {Map<number, Job>} */
  #jobs = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  /** @type {PromiseWithResolvers<About>} */
  #loaded = Promise.withResolvers();

  /** @param {WorkerOptions} options */
  constructor(options) {
    this.#options = options;
    this.device = options.device;
    this.#startWorker();
  }

  /** Resolves when the model is ready for the first time. */
  get loaded() {
    return this.#loaded.promise;
  }

  /**
   * The caption where it is one that was asked for.
   * @param {JobRequest} request @param {JobListeners} listeners
   * @returns {Promise<Caption | undefined>}
   */
  run(request, listeners) {
    return new Promise((resolve, reject) => {
      this.#jobs.set(request.job, { request, ...listeners, resolve, reject });
      // One that could not be begun again after a loss gets another chance with each photo.
      if (!this.#worker) this.#startWorker();
      else if (this.#isReady) this.#send(request);
    });
  }

  /** Gives a job up: politely, or by ending the worker where a step hangs. @param {number} job */
  stop(job) {
    this.#takeJob(job)?.reject(new CaptionerError('aborted', 'It was stopped.'));
    this.#send({ type: 'stop', job });
    this.#send({ type: 'ping' });
    clearTimeout(this.#watchdog);
    if (this.#isReady) this.#watchdog = setTimeout(() => this.#startWorker(), HANG_TIMEOUT);
  }

  /** Ends the worker, and frees what it holds. @param {CaptionerError} reason */
  end(reason) {
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#isReady = false;
    this.#loaded.reject(reason);
    for (const job of [...this.#jobs.keys()]) this.#takeJob(job)?.reject(reason);
  }

  #startWorker() {
    clearTimeout(this.#watchdog);
    this.#worker?.terminate();
    this.#isReady = false;
    const { model, precision, wasmUrl: wasm, workerUrl } = this.#options;
    this.#worker = startWorker(workerUrl, (error) => this.end(error));
    this.#worker.addEventListener('message', ({ data }) => this.#onMessage(data));
    this.#send({ type: 'load', model, device: this.device, precision, wasm });
  }

  /** @param {ToWorker} request */
  #send(request) {
    this.#worker?.postMessage(request);
  }

  /** A job, which is no longer waited for. @param {number} job */
  #takeJob(job) {
    const taken = this.#jobs.get(job);
    this.#jobs.delete(job);
    return taken;
  }

  /** @param {FromWorker} message */
  #onMessage(message) {
    clearTimeout(this.#watchdog);
    switch (message.type) {
      case 'device':
        this.device = message.device;
        break;
      case 'progress':
        this.#options.onProgress?.({ loaded: message.loaded, total: message.total });
        break;
      case 'notice':
        this.#options.onNotice?.(message.code);
        break;
      case 'ready':
        this.about = message.about;
        this.#isReady = true;
        this.#loaded.resolve(message.about);
        for (const { request, onBegin } of this.#jobs.values()) {
          onBegin?.();
          this.#send(request);
        }
        break;
      case 'words':
        this.#jobs.get(message.job)?.onWords?.(message.words);
        break;
      case 'part':
        this.#jobs.get(message.job)?.onPart?.(message.part);
        break;
      case 'inspected':
        this.#takeJob(message.job)?.resolve();
        break;
      case 'caption':
        this.#takeJob(message.job)?.resolve(message.caption);
        break;
      case 'failed':
        this.#onFailed(message.job, new CaptionerError(message.code, message.message));
        break;
      case 'lost':
        this.#onLost(message.job, new CaptionerError(message.code, message.message));
    }
  }

  /** @param {number | undefined} job @param {CaptionerError} error */
  #onFailed(job, error) {
    if (job !== undefined) this.#takeJob(job)?.reject(error);
    else if (this.#options.device === 'auto' && this.device === 'webgpu' && error.code === 'device-unavailable') {
      this.#fallBackToCpu();
    } else this.end(error);
  }

  /** The worker is of no more use. @param {number | undefined} job @param {CaptionerError} error */
  #onLost(job, error) {
    if (this.device === 'webgpu') {
      if (this.#isGpuReopened) return this.#fallBackToCpu();
      this.#isGpuReopened = true;
      this.#options.onNotice?.('device-rebuilt');
      return this.#startWorker();
    }
    // The photo did it, or the model: the one is given up, and so is everything where it was the other.
    if (!this.#isReady || job === undefined) return this.end(error);
    this.#takeJob(job)?.reject(error);
    this.#startWorker();
  }

  /** From here on the processor does it. */
  #fallBackToCpu() {
    this.device = 'cpu';
    this.#options.onNotice?.('cpu-took-over');
    this.#startWorker();
  }
}

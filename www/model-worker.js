// One worker with a model, as the page's side has it: what it was given to do, and what it says of that.

import { CaptionerError } from './errors.js';
import { startWorker } from './start-worker.js';

/** @import { Job } from './job.js' */
/** @import { WorkerOptions } from './options.js' */
/** @import { About, Device, FromWorker, NoticeCode, Progress, ToWorker } from './protocol.js' */
/**
 * Who has the worker, and is told what is not about a job alone. A job that the worker did not survive is not taken
 * from it.
 * @typedef {object} WorkerOwner
 * @property {(worker: ModelWorker, progress: Progress) => void} onProgress
 * @property {(worker: ModelWorker, code: NoticeCode) => void} onNotice
 * @property {(worker: ModelWorker) => void} onReady
 * @property {() => void} onIdle it has done whatever it was given
 * @property {(worker: ModelWorker, error: CaptionerError) => void} onFailed the model could not be loaded, or the
 * worker not begun
 * @property {(worker: ModelWorker, job: number | undefined, error: CaptionerError) => void} onLost it is of no more use
 * @property {(worker: ModelWorker) => void} onHang
 * @property {(worker: ModelWorker, error: CaptionerError) => void} onGone it is no more, and nobody said why
 */

/** How long a worker may be silent after a stop before it is taken to hang, in milliseconds. */
const HANG_TIMEOUT = 5000;

/** How long a worker whose file the page has named may be silent at first: another script says nothing, ever. */
const START_TIMEOUT = 60_000;

/** How long a worker may be silent that has something to do, before it is asked whether it is still there. */
const SILENCE = 10_000;

/** How long it may take to answer that. Between two words it does, and a slow processor takes seconds for what is before them. */
const ANSWER_TIMEOUT = 50_000;

export class ModelWorker {
  /** What model this is, once it is loaded. @type {About | undefined} */
  about;
  /** What the encoder runs on. */
  device;
  /** What it was given and has not done, in the order in which it came. @type {Map<number, Job>} */
  jobs = new Map();
  #owner;
  #worker;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #watchdog;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;

  /** @param {WorkerOptions} options @param {Device} device @param {WorkerOwner} owner */
  constructor({ model, precision, wasmUrl: wasm, workerUrl }, device, owner) {
    this.device = device;
    this.#owner = owner;
    this.#worker = startWorker(workerUrl, (error) => owner.onFailed(this, error));
    this.#worker.addEventListener('message', ({ data }) => this.#onMessage(data));
    try {
      this.#send({ type: 'load', model, device, precision, wasm });
    } catch (error) {
      this.end();
      throw error;
    }
    if (!workerUrl) return;
    this.#send({ type: 'ping' });
    this.#watchdog = setTimeout(() => owner.onFailed(this, silentError(workerUrl)), START_TIMEOUT);
  }

  get isReady() {
    return Boolean(this.about);
  }

  /** Gives it a job, which another may have begun before. @param {Job} job */
  give(job) {
    this.jobs.set(job.request.job, job);
    this.#listen();
    job.onBegin?.();
    try {
      this.#send(job.request);
    } catch (error) {
      this.#finish(job.request.job, ({ reject }) => reject(CaptionerError.from(error)));
    }
  }

  /** Gives a job up, and sees whether the worker still listens. @param {number} job @param {CaptionerError} reason */
  stop(job, reason) {
    // It was given nothing yet.
    if (!this.isReady) return;
    this.#send({ type: 'stop', job });
    this.#send({ type: 'ping' });
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#owner.onHang(this), HANG_TIMEOUT);
    this.#finish(job, ({ reject }) => reject(reason));
  }

  /** Frees what it holds. Its jobs are left as they are. */
  end() {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#silence);
    this.#worker.terminate();
  }

  /** Browsers do not tell a page that a worker of its was ended, so one that says nothing for long is asked. */
  #listen() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      if (this.isReady && !this.jobs.size) return;
      this.#send({ type: 'ping' });
      this.#silence = setTimeout(() => this.#owner.onGone(this, goneError()), ANSWER_TIMEOUT);
    }, SILENCE);
  }

  /** @param {ToWorker} request */
  #send(request) {
    try {
      this.#worker.postMessage(request);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      throw new CaptionerError('bad-option', `An option or photo cannot be given to a worker: ${message}`);
    }
  }

  /** @param {number} number @param {(job: Job) => void} settle */
  #finish(number, settle) {
    const job = this.jobs.get(number);
    if (!job) return;
    this.jobs.delete(number);
    settle(job);
    if (!this.jobs.size) this.#owner.onIdle();
  }

  /** @param {FromWorker} message */
  #onMessage(message) {
    clearTimeout(this.#watchdog);
    this.#listen();
    switch (message.type) {
      case 'progress':
        this.#owner.onProgress(this, { loaded: message.loaded, total: message.total });
        break;
      case 'notice':
        this.#owner.onNotice(this, message.code);
        break;
      case 'ready':
        this.about = message.about;
        this.#owner.onReady(this);
        break;
      case 'words':
        this.jobs.get(message.job)?.onWords?.(message.words);
        break;
      case 'part':
        this.jobs.get(message.job)?.onPart?.(message.part);
        break;
      case 'inspected':
        this.#finish(message.job, ({ resolve }) => resolve());
        break;
      case 'caption':
        this.#finish(message.job, ({ resolve }) => resolve(message.caption));
        break;
      case 'failed':
        this.#onFailed(message.job, new CaptionerError(message.code, message.message));
        break;
      case 'lost':
        this.#owner.onLost(this, message.job, new CaptionerError(message.code, message.message));
    }
  }

  /** @param {number | undefined} job @param {CaptionerError} error */
  #onFailed(job, error) {
    if (job === undefined) this.#owner.onFailed(this, error);
    else this.#finish(job, ({ reject }) => reject(error));
  }
}

function goneError() {
  return new CaptionerError(
    'internal',
    'The worker was ended from outside; the device may be short of memory. Try again.',
  );
}

/** @param {string} address */
function silentError(address) {
  return new CaptionerError(
    'internal',
    `The worker could not start: ${address} says nothing. The option workerUrl has to name Sightline’s worker.js.`,
  );
}

// One worker at work, and another after it when something happens to the first. Whatever that is (the GPU is lost,
// memory runs out, a step hangs, the browser ends it), the answer is the same: end the worker, begin another, and give
// it what was not done yet. Where nobody said which device, the processor's worker is the first, and the GPU's takes
// over when it is ready.

import { chooseDevice } from './device.js';
import { CaptionerError, tell } from './errors.js';
import { ModelWorker } from './model-worker.js';

/** @import { Job, JobListeners, JobRequest } from './job.js' */
/** @import { WorkerOwner } from './model-worker.js' */
/** @import { WorkerOptions } from './options.js' */
/** @import { About, Caption, Device, NoticeCode } from './protocol.js' */

export class WorkerSupervisor {
  /** What model this is, once it is loaded. @type {About | undefined} */
  about;
  /** What the encoder runs on, or is to run on. @type {Device} */
  device;
  #options;
  /** @type {ModelWorker | undefined} */
  #worker;
  /** The GPU's, until the processor's has nothing left to do. @type {ModelWorker | undefined} */
  #next;
  /** Whether the GPU is still to be made ready, if there is one. */
  #isGpuDue;
  /** The GPU is opened anew once; after that the processor takes over. */
  #isGpuReopened = false;
  /** What a worker was at that was ended from outside. @type {Job | undefined} */
  #interrupted;
  /** What no worker was given yet, in the order in which it came. @type {Map<number, Job>} */
  #waiting = new Map();
  /** @type {PromiseWithResolvers<About>} */
  #loaded = Promise.withResolvers();
  /** @type {WorkerOwner} */
  #owner = {
    onProgress: (worker, progress) => worker === this.#worker && tell(this.#options.onProgress, progress),
    onNotice: (worker, code) => worker === this.#worker && this.#onNotice(code),
    onReady: (worker) => (worker === this.#worker ? this.#onReady(worker) : this.#giveJobs()),
    onIdle: () => this.#giveJobs(),
    onFailed: (worker, error) => (worker === this.#worker ? this.#onFailed(worker, error) : this.#giveUp(worker)),
    onLost: (worker, job, error) => (worker === this.#worker ? this.#onLost(worker, job, error) : this.#giveUp(worker)),
    onHang: (worker) => this.#replace(worker.device),
    onGone: (worker, error) => (worker === this.#worker ? this.#onGone(worker, error) : this.#giveUp(worker)),
  };

  /** @param {WorkerOptions} options */
  constructor(options) {
    this.#options = options;
    this.#isGpuDue = options.device === 'auto';
    this.device = options.device === 'auto' ? 'cpu' : options.device;
    this.#replace(this.device);
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
      this.#waiting.set(request.job, { request, ...listeners, resolve, reject });
      // One that could not be begun again after a loss gets another chance with each photo.
      if (this.#worker) this.#giveJobs();
      else this.#replace(this.device);
    });
  }

  /** Gives a job up: politely, or by ending the worker where a step hangs. @param {number} job */
  stop(job) {
    const reason = new CaptionerError('aborted', 'It was stopped.');
    this.#waiting.get(job)?.reject(reason);
    this.#waiting.delete(job);
    this.#worker?.stop(job, reason);
  }

  /** Ends the workers, and frees what they hold. @param {CaptionerError} reason */
  end(reason) {
    const jobs = this.#unfinished();
    this.#worker?.end();
    this.#next?.end();
    this.#worker = undefined;
    this.#next = undefined;
    this.#waiting = new Map();
    this.#loaded.reject(reason);
    for (const { reject } of jobs.values()) reject(reason);
  }

  /** All jobs, in the order in which they came. */
  #unfinished() {
    return new Map([...(this.#worker?.jobs ?? []), ...this.#waiting]);
  }

  /** A new worker in place of the one at work; or the GPU's, where that is as far. @param {Device} device */
  #replace(device) {
    if (this.#next?.isReady) this.#takeOver(this.#next);
    else this.#putToWork(new ModelWorker(this.#options, device, this.#owner));
  }

  /** Whatever the worker before has not done is done by this one. @param {ModelWorker} worker */
  #putToWork(worker) {
    this.#waiting = this.#unfinished();
    this.#worker?.end();
    this.#worker = worker;
    this.device = worker.device;
  }

  /** Photos are captioned one after the other, whichever device does it. */
  #giveJobs() {
    if (!this.#worker) return;
    if (this.#next?.isReady) {
      if (!this.#worker.jobs.size) this.#takeOver(this.#next);
    } else if (this.#worker.isReady) {
      const jobs = this.#waiting;
      this.#waiting = new Map();
      for (const job of jobs.values()) this.#worker.give(job);
    }
  }

  /** @param {ModelWorker} worker */
  #onReady(worker) {
    this.about = worker.about;
    this.#loaded.resolve(/** @type {About} */ (worker.about));
    this.#giveJobs();
    if (this.#isGpuDue) this.#makeGpuReady().catch(() => {});
  }

  /** Beside the processor, and silently: where it cannot be done the processor goes on. */
  async #makeGpuReady() {
    this.#isGpuDue = false;
    if ((await chooseDevice('auto')) !== 'webgpu') return;
    // It may be over meanwhile.
    if (this.#worker) this.#next = new ModelWorker(this.#options, 'webgpu', this.#owner);
  }

  /** @param {ModelWorker} gpu */
  #takeOver(gpu) {
    this.#next = undefined;
    this.#putToWork(gpu);
    this.about = gpu.about;
    tell(this.#options.onNotice, 'gpu-took-over');
    this.#giveJobs();
  }

  /** The GPU cannot be made ready. @param {ModelWorker} gpu */
  #giveUp(gpu) {
    gpu.end();
    if (gpu !== this.#next) return;
    this.#next = undefined;
    this.#giveJobs();
  }

  /** @param {NoticeCode} code */
  #onNotice(code) {
    // No model is fetched twice.
    if (code === 'not-stored') this.#isGpuDue = false;
    tell(this.#options.onNotice, code);
  }

  /** @param {ModelWorker} worker @param {CaptionerError} error */
  #onFailed(worker, error) {
    const isOptional = this.#options.device === 'auto' && worker.device === 'webgpu';
    if (isOptional && error.code === 'device-unavailable') this.#fallBackToCpu();
    else this.end(error);
  }

  /** @param {ModelWorker} worker @param {number | undefined} job @param {CaptionerError} error */
  #onLost(worker, job, error) {
    if (worker.device === 'webgpu') {
      if (this.#isGpuReopened) return this.#fallBackToCpu();
      this.#isGpuReopened = true;
      tell(this.#options.onNotice, 'device-rebuilt');
      return this.#replace('webgpu');
    }
    // The photo did it, or the model: the one is given up, and so is everything where it was the other.
    if (!worker.isReady || job === undefined) return this.end(error);
    const culprit = worker.jobs.get(job);
    worker.jobs.delete(job);
    culprit?.reject(error);
    this.#replace('cpu');
  }

  /** What it was at is begun again once: a photo may need more memory than there is. @param {ModelWorker} worker @param {CaptionerError} error */
  #onGone(worker, error) {
    const [job] = worker.jobs.values();
    const isAgain = job === this.#interrupted;
    this.#interrupted = job;
    if (job && !isAgain) this.#replace(worker.device);
    else this.#onLost(worker, job?.request.job, error);
  }

  /** From here on the processor does it. */
  #fallBackToCpu() {
    this.#replace('cpu');
    tell(this.#options.onNotice, 'cpu-took-over');
  }
}

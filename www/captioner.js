// The public API: photos in, captions out, from any page. docs/API.md shows how to use it.

/** @import { JobListeners, JobRequest } from './job.js' */
/** @import { KeptModel } from './model-files.js' */
/** @import { CallOptions, InspectionCallOptions, LoadOptions, PhotoSource } from './options.js' */
/** @import { About, Caption, Inspection, Photo, Word } from './protocol.js' */

import { assertBrowser, CaptionerError, tell } from './errors.js';
import { loadPhoto } from './photo-source.js';
import { absoluteUrl, folderUrl } from './urls.js';
import { WorkerSupervisor } from './worker-supervisor.js';

export { CaptionerError };

// A misspelt option is an error, not a default.
const LOAD_OPTIONS = ['model', 'device', 'precision', 'signal', 'onProgress', 'onNotice', 'workerUrl', 'wasmUrl'];
const CAPTION_OPTIONS = [
  'beams',
  'temperature',
  'topP',
  'seed',
  'minWords',
  'maxWords',
  'lengthPower',
  'allowRepeats',
  'prefix',
  'cells',
  'averaged',
  'consensus',
  'anyPhoto',
];
const PRECISIONS = ['auto', 'f32'];
const INSPECTION_OPTIONS = ['stages', 'kernels', 'needed', 'regions', 'muted'];

export class Captioner {
  #worker;
  #lastJob = 0;
  /** The same photo has the same key, and is looked at once. @type {WeakMap<object, number>} */
  #keys = new WeakMap();
  #isDisposed = false;

  /** For `Captioner.load`. @param {WorkerSupervisor} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /**
   * Fetches a model, verifies it, and makes it ready.
   * @param {LoadOptions} options
   * @returns {Promise<Captioner>}
   */
  static async load(options = /** @type {LoadOptions} */ ({})) {
    assertBrowser();
    checkOptions(options, LOAD_OPTIONS);
    const { model, device = 'auto', precision = 'auto', signal, onProgress, onNotice, workerUrl, wasmUrl } = options;
    if (!model) {
      throw badOption('Which model? Give the address of a model folder, or its files, as model.');
    }
    if (!PRECISIONS.includes(precision)) {
      throw badOption(`The precision is ${JSON.stringify(precision)}; it has to be ${PRECISIONS.join(' or ')}.`);
    }
    if (signal?.aborted) throw abortError();
    const worker = new WorkerSupervisor({
      model: Array.isArray(model) ? model : folderUrl(model),
      device,
      precision,
      onProgress,
      onNotice,
      workerUrl: workerUrl && absoluteUrl(workerUrl),
      wasmUrl: wasmUrl && folderUrl(wasmUrl),
    });
    const stop = () => worker.end(abortError());
    signal?.addEventListener('abort', stop);
    try {
      await worker.loaded;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    return new Captioner(worker);
  }

  /** The models that the browser keeps for the next visit. @returns {Promise<KeptModel[]>} */
  static async keptModels() {
    return (await importKept()).keptModels();
  }

  /** Deletes a model from what is kept, and tells whether it was there. @param {string | URL} model */
  static async deleteKeptModel(model) {
    return (await importKept()).deleteKeptModel(model);
  }

  /** Asks the browser to keep models even when space runs short, and tells what it answers. It may ask the reader. */
  static async persistKeptModels() {
    return (await importKept()).persistKeptModels();
  }

  /** What model this is, and what it runs on. @returns {About} */
  get about() {
    return /** @type {About} */ (this.#worker.about);
  }

  /** What the encoder runs on. */
  get device() {
    return this.#worker.device;
  }

  /**
   * The caption of a photo. Photos are captioned one after the other, in the order in which they were given.
   * @param {PhotoSource} photo
   * @param {CallOptions} [given]
   * @returns {Promise<Caption>}
   */
  async caption(photo, given = {}) {
    checkOptions(given, [...CAPTION_OPTIONS, 'muted', 'signal', 'onWord']);
    const { signal, onWord, muted, ...options } = given;
    let count = 0;
    /** @param {Word[]} words */
    const report = (words) => {
      const newest = words.at(-1);
      if (newest && words.length > count) tell(onWord, newest, words);
      count = words.length;
    };
    const caption = /** @type {Caption} */ (
      await this.#run(photo, (job) => ({ type: 'caption', ...job, options, muted }), { onWords: report }, signal)
    );
    // The step that ends a caption may bring a word as well. Of what is no photo that the model knows none is told.
    if (caption.familiar !== false || options.anyPhoto) report(caption.words);
    return caption;
  }

  /**
   * What goes on inside: the maps of each stage, the first kernels, which cells each word of a sentence needed.
   * @param {PhotoSource} photo
   * @param {InspectionCallOptions} [given]
   * @returns {Promise<Inspection>}
   */
  async inspect(photo, given = {}) {
    checkOptions(given, [...INSPECTION_OPTIONS, 'signal', 'onPart']);
    const { signal, onPart, ...options } = given;
    if (options.regions?.length && !options.needed?.length) {
      throw badOption('Regions are hidden for words: give those of a sentence as needed.');
    }
    /** @type {Inspection} */
    const inspection = { input: null, stages: [], decoder: [], kernels: null, needed: [] };
    // What a worker told that was lost comes again.
    const onBegin = () => {
      inspection.stages = [];
      inspection.needed = [];
    };
    /** @type {JobListeners['onPart']} */
    const take = (part) => {
      if (part.kind === 'input') inspection.input = part.input;
      else if (part.kind === 'stage') inspection.stages.push(part.stage);
      else if (part.kind === 'decoder') inspection.decoder = part.layers;
      else if (part.kind === 'kernels') inspection.kernels = part.kernels;
      else inspection.needed.push(part.word);
      tell(onPart, part, inspection);
    };
    await this.#run(photo, (job) => ({ type: 'inspect', ...job, options }), { onBegin, onPart: take }, signal);
    return inspection;
  }

  /**
   * @param {PhotoSource} photo @param {(job: { job: number, key: number, photo: Photo }) => JobRequest} request
   * @param {JobListeners} listeners @param {AbortSignal} [signal]
   */
  async #run(photo, request, listeners, signal) {
    if (signal?.aborted) throw abortError();
    this.#lastJob += 1;
    const job = this.#lastJob;
    const key = this.#keyOf(photo, job);
    const loaded = await loadPhoto(photo, signal).catch((error) => {
      throw signal?.aborted ? abortError() : CaptionerError.from(error);
    });
    if (this.#isDisposed) throw new CaptionerError('disposed', 'This captioner was disposed of; load another.');
    if (signal?.aborted) throw abortError();
    const stop = () => this.#worker.stop(job);
    signal?.addEventListener('abort', stop);
    try {
      return await this.#worker.run(request({ job, key, photo: loaded }), listeners);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Ends the worker and frees the model. Captions that are still being written fail with `disposed`. */
  dispose() {
    this.#isDisposed = true;
    this.#worker.end(new CaptionerError('disposed', 'The captioner was disposed of.'));
  }

  /** @param {PhotoSource} photo @param {number} job */
  #keyOf(photo, job) {
    // Behind an address, or in an element, may be another photo the next time.
    if (!(photo instanceof Blob || photo instanceof ImageBitmap || photo instanceof ImageData)) return job;
    const key = this.#keys.get(photo) ?? job;
    this.#keys.set(photo, key);
    return key;
  }
}

/** Fetched when somebody wants to know. */
function importKept() {
  assertBrowser();
  return import('./kept-models.js');
}

function abortError() {
  return new CaptionerError('aborted', 'It was stopped.');
}

/** @param {object} options @param {string[]} known */
function checkOptions(options, known) {
  if (typeof options !== 'object' || !options) throw badOption('Options are an object, such as { beams: 3 }.');
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) throw badOption(`There is no option ${name}; there are ${known.join(', ')}.`);
    const isThere = value !== undefined && value !== null;
    if (isThere && /^on[A-Z]/.test(name) && typeof value !== 'function')
      throw badOption(`${name} has to be a function.`);
    // That of a frame is of another class.
    if (isThere && name === 'signal' && !value.addEventListener) throw badOption('signal has to be an AbortSignal.');
  }
}

/** @param {string} message */
function badOption(message) {
  return new CaptionerError('bad-option', message);
}

// Sightline and onnxruntime-web behind the same few questions, each in a worker of its own.

/** @import { Wanted } from './onnx-worker.js' */

/**
 * @typedef {object} Load
 * @property {string} model
 * @property {'cpu' | 'webgpu'} [device]
 * @property {import('../../www/protocol.js').Precision} [precision] of Sightline
 * @property {number} [threads] of onnxruntime-web
 * @property {boolean} [tellsMemory]
 */
/** @typedef {{ least: number, most: number }} Length */
/** @typedef {ReturnType<typeof import('./memory.js').wasmMemory>} WasmMemory */
/** @typedef {{ text: string, ms: number, timings: { prepare: number, encode: number, words: number } }} Timed */

/** The longest caption, of both. */
export const ANY_LENGTH = { least: 1, most: 30 };

export class Sightline {
  #captioner;

  /** @param {import('../../www/captioner.js').Captioner} captioner */
  constructor(captioner) {
    this.#captioner = captioner;
  }

  /** @param {Load} wanted */
  static async load({ model, device = 'cpu', precision = 'auto', tellsMemory = false }) {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    const workerUrl = tellsMemory ? '/bench/page/sightline-worker.js' : undefined;
    return new Sightline(await Captioner.load({ model: `/models/${model}/`, device, precision, workerUrl }));
  }

  /** @param {Blob} photo @param {Length & { beams?: number }} [length] @returns {Promise<Timed>} */
  async caption(photo, { least, most, beams = 1 } = ANY_LENGTH) {
    const begin = performance.now();
    const caption = await this.#captioner.caption(photo, { beams, minWords: least, maxWords: most });
    const ms = performance.now() - begin;
    const { decode, resize, encode, words } = caption.timings;
    // Its text is a sentence with a capital and a full stop.
    const text = caption.words.map(({ text }) => text).join(' ');
    return { text, ms, timings: { prepare: decode + resize, encode, words } };
  }

  /** What its encoder sees of a photo, and what it makes of that. @param {Blob} photo */
  async seen(photo) {
    const { input, stages } = await this.#captioner.inspect(photo, { stages: true });
    const grid = stages.at(-1)?.values;
    if (!input || !grid) throw new Error('Sightline told no stages');
    return { input: input.values, grid };
  }

  /** Milliseconds. @param {Blob} photo */
  async encode(photo) {
    // A copy, for a photo that was encoded before is not encoded again.
    return (await this.caption(new Blob([photo]), { least: 1, most: 1 })).timings.encode;
  }

  /** @returns {Promise<WasmMemory>} */
  wasmMemory() {
    const channel = new BroadcastChannel('sightline-memory');
    return new Promise((resolve) => {
      channel.onmessage = ({ data }) => resolve(data);
      channel.postMessage('how much');
    });
  }

  dispose() {
    this.#captioner.dispose();
  }
}

export class Onnx {
  #worker = new Worker('/bench/page/onnx-worker.js', { type: 'module' });
  #lastId = 0;

  /** @param {Load} wanted */
  static async load({ model, device = 'cpu', threads = 1 }) {
    const onnx = new Onnx();
    const manifest = `/models/${model}/model.json`;
    await onnx.#ask('load', /** @type {Wanted} */ ({ folder: `/onnx/${model}`, manifest, device, threads }));
    return onnx;
  }

  /** @param {Blob} photo @param {Length} [length] @returns {Promise<Timed>} */
  async caption(photo, length = ANY_LENGTH) {
    const begin = performance.now();
    const { words, timings } = await this.#ask('caption', { photo, ...length });
    return { text: words.join(' '), ms: performance.now() - begin, timings };
  }

  /** The caption of what Sightline's encoder sees. @param {Float32Array} input @returns {Promise<string>} */
  async captionOf(input) {
    return (await this.#ask('caption', { input, ...ANY_LENGTH })).words.join(' ');
  }

  /** @param {Float32Array} input @returns {Promise<{ ms: number, grid: Float32Array }>} */
  encode(input) {
    return this.#ask('encode', { input });
  }

  /** @returns {Promise<WasmMemory>} */
  wasmMemory() {
    return this.#ask('memory', {});
  }

  dispose() {
    this.#worker.terminate();
  }

  /** @param {string} ask @param {object} given @returns {Promise<any>} */
  #ask(ask, given) {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const take = (/** @type {MessageEvent} */ { data }) => {
        if (data.id !== id) return;
        this.#worker.removeEventListener('message', take);
        if (data.fault) reject(new Error(data.fault));
        else resolve(data.answer);
      };
      this.#worker.addEventListener('message', take);
      this.#worker.addEventListener('error', ({ message }) => reject(new Error(`onnxruntime-web: ${message}`)));
      this.#worker.postMessage({ id, ask, ...given });
    });
  }
}

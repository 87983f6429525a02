// A photo captioned with onnxruntime-web, in a worker as Sightline's is: what somebody would write who has the same model
// as ONNX and no Sightline.

import { greedy } from './greedy.js';
import { wasmMemory } from './memory.js';

/** @import { Decoder, Length } from './greedy.js' */
/** @import { InferenceSession, OnnxRuntime, Tensor } from './onnxruntime-web.js' */

/** @typedef {{ folder: string, manifest: string, device: 'cpu' | 'webgpu', threads: number }} Wanted */

/** @type {OnnxRuntime} */
let ort;
/** @type {InferenceSession} */
let encoder;
/** @type {Decoder} */
let decoder;
/** @type {{ input: { size: number, mean: number[], std: number[] }, vocabulary: string[] }} */
let model;

const answers = {
  /** @param {Wanted} wanted */
  async load({ folder, manifest, device, threads }) {
    const file = device === 'webgpu' ? 'ort.webgpu.min.mjs' : 'ort.wasm.min.mjs';
    ort = await import(/** @type {any} */ (`/onnxruntime-web/${file}`));
    Object.assign(ort.env.wasm, { numThreads: threads, wasmPaths: '/onnxruntime-web/' });
    const provider = device === 'webgpu' ? 'webgpu' : 'wasm';
    const open = async (/** @type {string} */ name, provider = 'wasm') =>
      ort.InferenceSession.create(await kept(`${folder}/${name}.onnx`), { executionProviders: [provider] });
    model = JSON.parse(new TextDecoder().decode(await kept(manifest)));
    encoder = await open('encoder', provider);
    // A step is small: on the processor it costs no round trip to a GPU.
    decoder = { start: await open('decoder-start'), step: await open('decoder-step') };
    // As Sightline does: what is made only once is made before the first photo.
    await encode(new Float32Array(3 * model.input.size ** 2));
  },

  /** @param {{ input: Float32Array }} given */
  async encode({ input }) {
    const begin = performance.now();
    const { data } = await encode(input);
    return { ms: performance.now() - begin, grid: data };
  },

  /** @param {{ photo?: Blob, input?: Float32Array } & Length} given a file, or what the encoder is to see */
  async caption({ photo, input, ...length }) {
    const begin = performance.now();
    const seen = photo ? await prepared(photo) : /** @type {Float32Array} */ (input);
    const decoded = performance.now();
    const grid = await encode(seen);
    const encoded = performance.now();
    const words = await greedy(ort, decoder, grid, model.vocabulary, length);
    const timings = { prepare: decoded - begin, encode: encoded - decoded, words: performance.now() - encoded };
    return { words, timings };
  },

  async memory() {
    return wasmMemory();
  },
};

/** @param {Float32Array} input @returns {Promise<Tensor>} */
async function encode(input) {
  const { size } = model.input;
  return (await encoder.run({ photo: new ort.Tensor('float32', input, [1, 3, size, size]) })).grid;
}

/** The whole photo squashed into a square, normalised, channel by channel. @param {Blob} photo */
async function prepared(photo) {
  const { size, mean, std } = model.input;
  const bitmap = await createImageBitmap(photo, { resizeWidth: size, resizeHeight: size, resizeQuality: 'high' });
  const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, size, size);
  const pixels = size * size;
  const input = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel += 1) {
    const [scale, shift] = [1 / (255 * std[channel]), mean[channel] / std[channel]];
    for (let i = 0; i < pixels; i += 1) input[channel * pixels + i] = data[4 * i + channel] * scale - shift;
  }
  return input;
}

/** A file, from the Cache API where it was fetched before. @param {string} address */
async function kept(address) {
  const cache = await caches.open('onnx-models');
  let response = await cache.match(address);
  if (!response) {
    response = await fetch(address);
    if (!response.ok) throw new Error(`${address}: the server answers ${response.status}`);
    await cache.put(address, response.clone());
  }
  return new Uint8Array(await response.arrayBuffer());
}

addEventListener('message', async ({ data: { id, ask, ...given } }) => {
  try {
    postMessage({ id, answer: await answers[/** @type {keyof typeof answers} */ (ask)](given) });
  } catch (error) {
    postMessage({ id, fault: `onnxruntime-web, ${ask}: ${/** @type {Error} */ (error).message}` });
  }
});

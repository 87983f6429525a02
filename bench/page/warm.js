// Times on one page, with everything loaded: a run of each in turn, so that whatever else the machine does meets all.

import { cosine } from '../statistics.js';
import { Onnx, Sightline } from './runtimes.js';

/** @typedef {{ model: string, photo: string, runs: number, threads: number }} Work */
/** @typedef {Record<string, number[]>} Times milliseconds of each run, by what was measured */

/** Numbers of a grid, by their direction; in floats, int8 weights are expanded to the same ones on both sides. */
const LEAST_COSINE = 0.9999;
/** Where Sightline computes in integers, whose rounding adds up from layer to layer, to its own floats. */
const LEAST_COSINE_OF_INTEGERS = 0.99;
/** Until threads that look for work have gone to sleep. */
const PAUSE = 100;
/** Words of each caption where words are timed, so that all have as many. */
const WORDS = 12;

/**
 * @param {number} runs @param {Record<string, () => Promise<number | Record<string, number>>>} measured
 * @returns {Promise<Times>}
 */
async function inTurn(runs, measured) {
  /** @type {Times} */
  const times = {};
  for (let run = 0; run <= runs; run += 1) {
    for (const [name, act] of Object.entries(measured)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const found = await act();
      const parts = typeof found === 'number' ? { '': found } : found;
      for (const [part, ms] of Object.entries(parts)) {
        const key = part ? `${name} ${part}` : name;
        times[key] ??= [];
        // The first run warms up.
        if (run > 0) times[key].push(ms);
      }
    }
  }
  return times;
}

/** @param {string} address */
async function photoAt(address) {
  return (await fetch(address)).blob();
}

/** That both see the same and say the same; fails where they do not. @param {Sightline} ours @param {Onnx} theirs @param {Blob} photo */
async function compared(ours, theirs, photo) {
  const { input, grid } = await ours.seen(photo);
  const other = await theirs.encode(input);
  const found = cosine(grid, other.grid);
  if (!(found >= LEAST_COSINE)) throw new Error(`the grids differ: their cosine is ${found}`);
  const { text } = await ours.caption(photo);
  const same = await theirs.captionOf(input);
  if (text !== same) throw new Error(`of the same pixels one says “${text}”, the other “${same}”`);
  return { input, grid, cosine: found, text };
}

/**
 * The cosine of what integers and what floats say, and null where both are floats; fails where they are far apart.
 * @param {Sightline} int8 @param {Float32Array} grid of floats @param {Blob} photo
 */
async function nearness(int8, grid, photo) {
  const { grid: other } = await int8.seen(photo);
  if (other.every((number, i) => number === grid[i])) return null;
  const found = cosine(other, grid);
  if (!(found >= LEAST_COSINE_OF_INTEGERS)) throw new Error(`int8 is another grid than f32: their cosine is ${found}`);
  return found;
}

/**
 * Encoders alone, on what Sightline's makes of the photo. A GPU has floats only.
 * @param {Work & { device: 'cpu' | 'webgpu' }} work
 */
export async function encoders({ model, photo, runs, threads, device }) {
  const blob = await photoAt(photo);
  const f32 = await Sightline.load({ model, device, precision: 'f32' });
  const int8 = device === 'cpu' ? await Sightline.load({ model }) : undefined;
  const theirs = await Onnx.load({ model, device });
  const several = device === 'cpu' && threads > 1 ? await Onnx.load({ model, threads }) : undefined;
  const { input, grid, cosine } = await compared(f32, theirs, blob);
  const int8Cosine = int8 && (await nearness(int8, grid, blob));
  const times = await inTurn(runs, {
    ...(int8 && { int8: () => int8.encode(blob) }),
    f32: () => f32.encode(blob),
    theirs: async () => (await theirs.encode(input)).ms,
    ...(several && { several: async () => (await several.encode(input)).ms }),
  });
  for (const runtime of [int8, f32, theirs, several]) runtime?.dispose();
  return { cosine, int8Cosine, times };
}

/**
 * Sightline as it is used, and onnxruntime-web, which computes the same as Sightline does in floats.
 * @param {string} model @param {Blob} photo
 */
async function loadBoth(model, photo) {
  const [f32, theirs] = [await Sightline.load({ model, precision: 'f32' }), await Onnx.load({ model })];
  const { text } = await compared(f32, theirs, photo);
  f32.dispose();
  return { ours: await Sightline.load({ model }), theirs, text };
}

/** From a file's bytes to a sentence, which is perhaps another where Sightline computes in integers. @param {Work} work */
export async function captions({ model, photo, runs }) {
  const blob = await photoAt(photo);
  const { ours, theirs, text } = await loadBoth(model, blob);
  const { text: other } = await theirs.caption(blob);
  if (text !== other) {
    throw new Error(`of the browser's pixels onnxruntime-web says “${other}”, not “${text}”; --photo names another`);
  }
  /** @param {Sightline | Onnx} runtime */
  const caption = async (runtime) => {
    const { ms, timings } = await runtime.caption(new Blob([blob]));
    return { whole: ms, ...timings };
  };
  const times = await inTurn(runs, { ours: () => caption(ours), theirs: () => caption(theirs) });
  const texts = { ours: (await ours.caption(blob)).text, theirs: text };
  for (const runtime of [ours, theirs]) runtime.dispose();
  return { texts, times };
}

/** Milliseconds a word, of captions of one length. @param {Work} work */
export async function words({ model, photo, runs }) {
  const blob = await photoAt(photo);
  const { ours, theirs } = await loadBoth(model, blob);
  const length = { least: WORDS, most: WORDS };
  /** The photo is the same each time, and so Sightline encodes it once. @param {number} beams */
  const word = async (beams) => (await ours.caption(blob, { ...length, beams })).timings.words / WORDS;
  const times = await inTurn(runs, {
    ours: () => word(1),
    theirs: async () => (await theirs.caption(blob, length)).timings.words / WORDS,
    beams: () => word(3),
  });
  for (const runtime of [ours, theirs]) runtime.dispose();
  return { times };
}

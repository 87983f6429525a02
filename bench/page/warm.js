// Times on one page, with everything loaded: a run of each in turn, so that whatever else the machine does meets all.

import { cosine } from '../statistics.js';
import { Onnx, Sightline } from './runtimes.js';

/** @typedef {{ model: string, photo: string, runs: number, threads: number }} Work */
/** @typedef {Record<string, number[]>} Times milliseconds of each run, by what was measured */

/** Numbers of a grid, by their direction; int8 weights are expanded to the same floats on both sides. */
const LEAST_COSINE = 0.9999;
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
  return { input, cosine: found, text };
}

/** Encoders alone, on what Sightline's makes of the photo. @param {Work & { device: 'cpu' | 'webgpu' }} work */
export async function encoders({ model, photo, runs, threads, device }) {
  const blob = await photoAt(photo);
  const ours = await Sightline.load({ model, device });
  const theirs = await Onnx.load({ model, device });
  const several = device === 'cpu' && threads > 1 ? await Onnx.load({ model, threads }) : undefined;
  const { input, cosine } = await compared(ours, theirs, blob);
  const times = await inTurn(runs, {
    ours: () => ours.encode(blob),
    theirs: async () => (await theirs.encode(input)).ms,
    ...(several && { several: async () => (await several.encode(input)).ms }),
  });
  for (const runtime of [ours, theirs, several]) runtime?.dispose();
  return { cosine, times };
}

/** From a file's bytes to a sentence. @param {Work} work */
export async function captions({ model, photo, runs }) {
  const blob = await photoAt(photo);
  const [ours, theirs] = [await Sightline.load({ model }), await Onnx.load({ model })];
  const { text } = await compared(ours, theirs, blob);
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
  for (const runtime of [ours, theirs]) runtime.dispose();
  return { text, times };
}

/** Milliseconds a word, of captions of one length. @param {Work} work */
export async function words({ model, photo, runs }) {
  const blob = await photoAt(photo);
  const [ours, theirs] = [await Sightline.load({ model }), await Onnx.load({ model })];
  await compared(ours, theirs, blob);
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

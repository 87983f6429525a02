// What is measured in the browser, part by part, for one model.

import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { dist } from '../scripts/build.js';
import { compressed } from '../scripts/sizes.js';
import { openBrowser, PHOTO } from './browser.js';
import { onnxModels, onnxRuntime } from './preparation.js';

/** @import { Browser } from './browser.js' */
/** @import { Options } from './options.js' */
/** @import { Runtime } from './page/first.js' */
/** @import { Times } from './page/warm.js' */

/** @template [T=number] @typedef {{ ours: T, theirs: T }} Pair */

/** Encodes of a software GPU take tens of seconds. */
const MOST_WEBGPU_RUNS = 3;
/** @type {Runtime[]} */
const RUNTIMES = ['sightline', 'onnx'];

/** @typedef {{ browser: Browser, model: string, options: Options }} Work */

/**
 * Runs a function of a module of bench/page/ on a fresh page.
 * @param {Browser} browser @param {'warm' | 'first'} module @param {string} name @param {object} given
 * @returns {Promise<any>}
 */
function onPage(browser, module, name, given) {
  return browser.onPage((page) =>
    page.evaluate(async ({ module, name, given }) => (await import(`/bench/page/${module}.js`))[name]({ ...given }), {
      module,
      name,
      given: { photo: PHOTO, ...given },
    }),
  );
}

/** @param {Work} work @returns {Promise<{ cosine: number, int8Cosine: number | null, times: Times }>} */
export function measureEncoders({ browser, model, options: { runs, threads } }) {
  return onPage(browser, 'warm', 'encoders', { model, runs, threads, device: 'cpu' });
}

/** @param {Work} work @returns {Promise<{ adapter: string, times: Times }>} */
export async function measureWebGpu({ browser, model, options: { runs } }) {
  const adapter = await browser.onPage((page) =>
    page.evaluate(async () => {
      const info = (await navigator.gpu?.requestAdapter())?.info;
      return info && ([info.vendor, info.architecture, info.description].filter(Boolean).join(' ') || 'unnamed');
    }),
  );
  if (!adapter) return { adapter: '', times: {} };
  const few = Math.min(runs, MOST_WEBGPU_RUNS);
  return {
    adapter,
    ...(await onPage(browser, 'warm', 'encoders', { model, runs: few, threads: 1, device: 'webgpu' })),
  };
}

/** @param {Work} work @returns {Promise<{ texts: Pair<string>, times: Times }>} */
export function measureCaptions({ browser, model, options: { runs } }) {
  return onPage(browser, 'warm', 'captions', { model, runs });
}

/** @param {Work} work @returns {Promise<{ times: Times }>} */
export function measureWords({ browser, model, options: { runs } }) {
  return onPage(browser, 'warm', 'words', { model, runs });
}

/** Second visits: everything is fetched and kept, nothing is loaded. @param {Work} work @returns {Promise<{ times: Times }>} */
export async function measureCold({ browser, model, options: { runs } }) {
  /** @type {Times} */
  const times = {};
  // The first visit fetches and keeps; by the second a browser has noticed that compiled code is worth keeping.
  for (let run = -2; run < runs; run += 1) {
    for (const runtime of RUNTIMES) {
      const { ready, caption } = await onPage(browser, 'first', 'firstCaption', { runtime, model });
      if (run < 0) continue;
      const who = runtime === 'sightline' ? 'ours' : 'theirs';
      for (const [part, ms] of Object.entries({ ready, caption })) {
        const key = `${who} ${part}`;
        times[key] = [...(times[key] ?? []), ms];
      }
    }
  }
  return { times };
}

/** @typedef {{ wasm: number, heap: number }} Memory in bytes */

/** After loading and one caption. @param {Work} work @returns {Promise<{ int8: Memory, f32: Memory, theirs: Memory }>} */
export async function measureMemory({ browser, model }) {
  const of = (/** @type {object} */ given) => onPage(browser, 'first', 'memory', { model, ...given });
  return {
    int8: await of({ runtime: 'sightline' }),
    f32: await of({ runtime: 'sightline', precision: 'f32' }),
    theirs: await of({ runtime: 'onnx' }),
  };
}

/**
 * Bytes that a first visit fetches: of code with brotli, of the model as it is.
 * @param {Work} work @returns {Promise<{ wasm: Pair, javascript: Pair, model: Pair }>}
 */
export async function measureBytes({ model, options: { photo } }) {
  const [ours, theirs] = [await fetchedBy('sightline', model, photo), await fetchedBy('onnx', model, photo)];
  /** @typedef {(files: string[]) => number | Promise<number>} Bytes */
  /** @param {Bytes} bytes @param {(path: string) => boolean} isMeant @returns {Promise<Pair>} */
  const pair = async (bytes, isMeant) => ({
    ours: await bytes(ours.filter(isMeant)),
    theirs: await bytes(theirs.filter(isMeant)),
  });
  return {
    wasm: await pair(brotli, (path) => path.endsWith('.wasm')),
    javascript: await pair(brotli, (path) => /\.m?js$/.test(path)),
    model: await pair(plain, (path) => isBelow(path, join(dist, 'models')) || isBelow(path, onnxModels)),
  };
}

/** The files that a browser asks for which never was here; the benchmark's own are left out. @param {Runtime} runtime @param {string} model @param {string} photo */
async function fetchedBy(runtime, model, photo) {
  const browser = await openBrowser(photo, false);
  try {
    await onPage(browser, 'first', 'firstCaption', { runtime, model });
  } finally {
    await browser.close();
  }
  return [...browser.fetched].filter((path) => [dist, onnxModels, onnxRuntime].some((folder) => isBelow(path, folder)));
}

/** @param {string} path @param {string} folder */
function isBelow(path, folder) {
  return path.startsWith(join(folder, sep));
}

/** By the file: compressing the largest takes half a minute. @type {Map<string, Promise<number>>} */
const compressedSizes = new Map();

/** @param {string[]} files */
async function brotli(files) {
  for (const path of files) if (!compressedSizes.has(path)) compressedSizes.set(path, compressed([path]));
  const sizes = await Promise.all(files.map((path) => compressedSizes.get(path) ?? 0));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** @param {string[]} files */
function plain(files) {
  return files.reduce((sum, path) => sum + statSync(path).size, 0);
}

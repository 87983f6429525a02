// The first caption of a page, from nothing to the sentence; and what memory that took.

import { Onnx, Sightline } from './runtimes.js';

/** @import { Precision } from '../../www/protocol.js' */
/** @typedef {'sightline' | 'onnx'} Runtime */

const RUNTIMES = { sightline: Sightline, onnx: Onnx };

/** @param {{ runtime: Runtime, model: string, photo: string }} given */
export async function firstCaption({ runtime, model, photo }) {
  const blob = await (await fetch(photo)).blob();
  const begin = performance.now();
  const loaded = await RUNTIMES[runtime].load({ model });
  const ready = performance.now() - begin;
  const { text } = await loaded.caption(blob);
  return { text, ready, caption: performance.now() - begin };
}

/** Bytes. @param {{ runtime: Runtime, model: string, precision?: Precision, photo: string }} given */
export async function memory({ runtime, model, precision, photo }) {
  const blob = await (await fetch(photo)).blob();
  const loaded = await RUNTIMES[runtime].load({ model, precision, tellsMemory: true });
  await loaded.caption(blob);
  const wasm = await loaded.wasmMemory();
  // Of the page and its workers. The browser collects garbage before it answers.
  const { breakdown } = await /** @type {any} */ (performance).measureUserAgentSpecificMemory();
  /** @type {{ bytes: number, types: string[] }[]} */
  const entries = breakdown;
  const heap = entries.filter(({ types }) => types.includes('JavaScript')).reduce((sum, { bytes }) => sum + bytes, 0);
  // The browser counts a wasm's memory to the heap where it is shared, and only there.
  return { wasm: wasm.all, heap: heap - wasm.shared };
}

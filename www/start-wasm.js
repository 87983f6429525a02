// Begins the wasm that a device and this browser take, wherever its file is.

/** @import { Device } from './protocol.js' */

import { CaptionerError } from './errors.js';

/**
 * A module with the relaxed instructions that the wasm has: a sum of products of bytes, and a product added without
 * rounding between. Some browsers had the one before the other.
 */
export const RELAXED_SIMD = [
  // Magic number, version; a function type without parameters that returns a vector; one function of it.
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 5, 1, 96, 0, 1, 123],
  ...[3, 2, 1, 0],
  // Its code, without locals.
  ...[10, 30, 1, 28, 0],
  // i32x4.relaxed_dot_i8x16_i7x16_add_s of three i8x16.splat of 0.
  ...[65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 147, 2],
  // f32x4.relaxed_madd of that and two more; the end.
  ...[65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 11],
];

/** By the wasm's folder. Bundlers look for each of these imports to the letter. */
const IMPORTS = {
  cpu: () => import('./wasm/cpu/sightline.js'),
  'cpu-relaxed': () => import('./wasm/cpu-relaxed/sightline.js'),
  gpu: () => import('./wasm/gpu/sightline.js'),
};

/** @param {Device} device @param {string} [place] the folder of all wasms, if it is not beside this file */
export function startWasm(device, place) {
  if (device === 'webgpu') return start('gpu', place);
  const startPlain = () => start('cpu', place);
  if (!WebAssembly.validate(new Uint8Array(RELAXED_SIMD))) return startPlain();
  // A site may have no such wasm, or not yet.
  return start('cpu-relaxed', place).catch(startPlain);
}

/** @param {keyof typeof IMPORTS} name @param {string} [place] */
async function start(name, place) {
  const wasm = await IMPORTS[name]();
  const file = `${name}/sightline_bg.wasm`;
  await wasm
    .default(place ? { module_or_path: new URL(file, place) } : undefined)
    .catch((/** @type {Error} */ error) => {
      const why = error.message.replace(/\.$/, '');
      throw new CaptionerError(
        'internal',
        `The wasm could not be loaded: ${why}. The option wasmUrl names the folder of ${file}.`,
      );
    });
  return wasm;
}

// The tensors of a file that the command line wrote.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

/** @typedef {{ shape: number[], values: Float32Array }} Tensor */
/** @typedef {Record<string, { dtype: string, shape: number[], data_offsets: [number, number] }>} Header */

/** Its length in eight bytes, a header in JSON, and then the numbers. @param {string} path @returns {Record<string, Tensor>} */
export function readTensors(path) {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE());
  /** @type {Header} */
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  const tensors = Object.entries(header).map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [from, to],
      },
    ]) => {
      assert.equal(dtype, 'F32', name);
      // A copy, since numbers of four bytes cannot begin anywhere in a file.
      const values = new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
      return [name, { shape, values }];
    },
  );
  return Object.fromEntries(tensors);
}

// A thread of the command in Node that panics ends the command: nobody waits for it for ever.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';

/** A wasm whose threads trap at once: (func (export "wasi_thread_start") (param i32 i32) unreachable). */
const TRAPPING = [
  [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  [0x01, 0x06, 0x01, 0x60, 0x02, 0x7f, 0x7f, 0x00],
  [0x03, 0x02, 0x01, 0x00],
  [0x07, 0x15, 0x01, 0x11, ...Buffer.from('wasi_thread_start'), 0x00, 0x00],
  [0x0a, 0x05, 0x01, 0x03, 0x00, 0x00, 0x0b],
].flat();

const MAIN = `
  import { Worker } from 'node:worker_threads';
  const module = new WebAssembly.Module(new Uint8Array(${JSON.stringify(TRAPPING)}));
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const nextThread = new Int32Array(new SharedArrayBuffer(4));
  const program = { module, memory, nextThread, args: [] };
  const workerData = { program, thread: 1, argument: 0 };
  new Worker(${JSON.stringify(join(root, 'node/thread.js'))}, { workerData, execArgv: [] });
  // As the program waits for a thread.
  Atomics.wait(nextThread, 0, 0);`;

test('a thread that panics ends the program', () => {
  const { signal, error } = spawnSync(process.execPath, ['--input-type=module', '--eval', MAIN], { timeout: 60_000 });
  assert.equal(error, undefined, 'it hangs');
  assert.equal(signal, 'SIGTERM');
});

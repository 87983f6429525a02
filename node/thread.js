// One thread of the command, in a worker: the same program in the same memory, at the place where it was started.

import { workerData } from 'node:worker_threads';
import { instantiate } from './program.js';

/** @import { Line } from './line.js' */
/** @import { Program } from './program.js' */

/** @type {{ program: Program, thread: number, argument: number, line?: Line }} */
const { program, thread, argument, line } = workerData;
// Not while modules are evaluated: some versions of Node crash where a thread is ended in the middle of that.
setImmediate(() => {
  try {
    const { wasi, instance } = instantiate(program, line);
    // Gives it the memory; the program has begun already, in another worker.
    wasi.initialize({ exports: { memory: program.memory } });
    const start = /** @type {(thread: number, argument: number) => void} */ (instance.exports.wasi_thread_start);
    start(thread, argument);
  } catch (error) {
    // A panic has said what happened. The main thread waits for this one and would wait for ever, so all of it ends here;
    // a worker has no other way to do that.
    if (!(error instanceof WebAssembly.RuntimeError)) console.error(error);
    process.kill(process.pid);
  }
});

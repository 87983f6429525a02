// Ctrl-C, for the program, which waits for it in a worker: signals reach Node's own thread alone.

import { parentPort } from 'node:worker_threads';
import { newLine, ring, waitFor } from './line.js';

/** @import { Worker } from 'node:worker_threads' */
/** @import { Line } from './line.js' */

/** What terminals send, when Ctrl-C is pressed and when they are closed. @type {NodeJS.Signals[]} */
const INTERRUPTS = ['SIGINT', 'SIGHUP'];

/** What the program's main thread calls; until it does, interrupts end all of it at once. */
export function interruptImports() {
  const [line, nodes] = newLine();
  return {
    listen_for_interrupts() {
      parentPort?.postMessage(nodes, [nodes.port]);
      waitFor(line);
    },
    wait_for_interrupt: () => void waitFor(line),
  };
}

/** Passes interrupts on to a program that asks for them. @param {Worker} program */
export function passOnInterrupts(program) {
  program.on('message', (/** @type {Line} */ line) => {
    for (const interrupt of INTERRUPTS) process.on(interrupt, () => ring(line, interrupt));
    ring(line, 'listening');
  });
}

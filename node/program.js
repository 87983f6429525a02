// Runs the command `sightline` in Node, with files, arguments and threads as a native program has them.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parse, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { interruptImports } from './interrupts.js';
import { modelFetcher } from './model-folder.js';
import { Review } from './review.js';

/** @import { Line } from './line.js' */

/**
 * What all threads of the program share.
 * @typedef {object} Program
 * @property {WebAssembly.Module} module
 * @property {WebAssembly.Memory} memory
 * @property {Int32Array} nextThread the number of the next thread, in memory that all of them see
 * @property {string[]} args
 */

/** Node calls it experimental whenever it is imported, which is nothing that a reader of captions can do something about. */
async function importWasi() {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return (await import('node:wasi')).WASI;
  } finally {
    process.emitWarning = emitWarning;
  }
}

const WASI = await importWasi();

/** In pages of 64 KiB. A program cannot have more than 4 GiB, and only what is written to is taken from the system. */
const MEMORY = { initial: 512, maximum: 65_536 };
/** What a native program ends with when it panics. */
const PANICKED = 101;

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * @param {string[]} args what stands behind the command's name
 * @returns {number} the exit code
 */
export function runProgram(args) {
  const module = new WebAssembly.Module(readFileSync(here('sightline.wasm')));
  const memory = new WebAssembly.Memory({ ...MEMORY, shared: true });
  const nextThread = new Int32Array(new SharedArrayBuffer(4)).fill(1);
  const { wasi, instance } = instantiate({ module, memory, nextThread, args });
  try {
    return wasi.start(instance);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return PANICKED;
    throw error;
  }
}

/**
 * One thread of the program.
 * @param {Program} program
 * @param {Line} [line] to the server of a review
 */
export function instantiate(program, line) {
  const { module, memory, nextThread, args } = program;
  const review = new Review(memory, line);
  const wasi = new WASI({
    version: 'preview1',
    // Where the program is, for above that are the models that ship.
    args: [here('sightline.js'), ...args],
    env: environment(),
    preopens: { '/': parse(process.cwd()).root },
    returnOnExit: true,
  });
  const spawn = (/** @type {number} */ argument) => {
    const thread = Atomics.add(nextThread, 0, 1);
    const itsLine = review.lineForThread();
    const workerData = { program, thread, argument, line: itsLine };
    const transferList = itsLine ? [itsLine.port] : [];
    new Worker(here('thread.js'), { workerData, transferList, execArgv: ['--no-warnings'] }).unref();
    return thread;
  };
  const imports = {
    ...wasi.getImportObject(),
    env: { memory },
    wasi: { 'thread-spawn': spawn },
    sightline: { fetch_model: modelFetcher(memory), ...interruptImports(), ...review.imports() },
  };
  return { wasi, instance: new WebAssembly.Instance(module, imports) };
}

function environment() {
  const { root } = parse(process.cwd());
  return {
    RAYON_NUM_THREADS: String(availableParallelism()),
    ...process.env,
    // Where the program begins; it knows no drives and no separators but this one.
    PWD: `/${process.cwd().slice(root.length).split(sep).join('/')}`,
  };
}

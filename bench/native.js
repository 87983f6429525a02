// `npm run bench -- --native`: the encoders outside of the browser, each runtime in a process of its own.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fail, output, root, run, say } from '../scripts/run.js';
import { ensureOnnxModel, ensurePython, onnxModels, python } from './preparation.js';

/** @import { Options } from './options.js' */
/** @import { Times } from './page/warm.js' */

/** What has nothing to do lets the processor rest. */
const PAUSE = 100;
/** Warm runs of a start of `sightline bench`, of which it tells the median. */
const RUNS_OF_A_START = 3;
const LEAST_COSINE = 0.9999;

/** A process that encodes a photo for each line that it is given, and answers with the milliseconds. */
class Encoder {
  #process;
  #lines;

  /** @param {string} program @param {string[]} options @param {Record<string, string>} [environment] */
  constructor(program, options, environment) {
    this.name = [program, ...options].join(' ');
    this.#process = spawn(program, options, {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...environment },
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Fails where it computes something else than PyTorch does. */
  async ready() {
    const line = await this.#line();
    if (!(Number(/^ready (.+)$/.exec(line)?.[1]) >= LEAST_COSINE)) fail(`${this.name}: its grid is another: ${line}`);
  }

  async encode() {
    this.#process.stdin.write('\n');
    return Number(await this.#line());
  }

  end() {
    this.#process.stdin.end();
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) fail(`${this.name} ended before it was to`);
    return /** @type {string} */ (value);
  }
}

/** Where cargo puts what the benchmark builds. */
function ensureNative() {
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target/bench/native');
  say('Building tract and candle (minutes, once)');
  run('cargo', ['build', '--release', '--locked', '--manifest-path=bench/native/Cargo.toml'], {
    CARGO_TARGET_DIR: target,
  });
  return join(target, 'release/sightline-bench-native');
}

function ensureSightline() {
  const program = process.env.SIGHTLINE ?? join(root, 'target/release/sightline');
  if (existsSync(program)) return program;
  return fail(`${program} is missing; cargo build --release --no-default-features makes it, SIGHTLINE names another`);
}

/** Sightline by its own command. @param {string} program @param {string} model @param {string} photo @param {number} threads */
function sightlineEncode(program, model, photo, threads) {
  const options = ['bench', '--device=cpu', `--model=models/${model}`, `--photo=${photo}`, `--runs=${RUNS_OF_A_START}`];
  const table = output('env', [`RAYON_NUM_THREADS=${threads}`, program, ...options]);
  const time = /^encode +\S+ +(\S+)$/m.exec(table ?? '')?.[1];
  return time ? Number(time) : fail(`${program} ${options.join(' ')} told no time of its encoder`);
}

/**
 * Milliseconds an encode, one of each in turn.
 * @param {Options} options @returns {Promise<{ versions: Record<string, string>, found: { model: string, times: Times }[] }>}
 */
export async function measureNatively({ models, runs, threads, photo }) {
  ensurePython();
  const sightline = ensureSightline();
  const native = ensureNative();
  const found = [];
  for (const model of models) {
    ensureOnnxModel(model);
    say(`${model}: natively`);
    found.push({
      model,
      times: await inTurn(model, { runs, counts: [...new Set([1, threads])], photo, sightline, native }),
    });
  }
  const torch = output(python, ['-c', 'import torch; print(torch.__version__)']) ?? '';
  const tree = output('cargo', ['tree', '--manifest-path=bench/native/Cargo.toml', '--depth=1', '--prefix=none']) ?? '';
  const version = (/** @type {string} */ name) => new RegExp(`^${name} v(\\S+)`, 'm').exec(tree)?.[1] ?? '';
  return { versions: { PyTorch: torch, tract: version('tract-onnx'), candle: version('candle-core') }, found };
}

/**
 * @param {string} model
 * @param {{ runs: number, counts: number[], photo: string, sightline: string, native: string }} how
 */
async function inTurn(model, { runs, counts, photo, sightline, native }) {
  const folder = join(onnxModels, model);
  const script = join(root, 'tests/reference/bench_encoder.py');
  /** @type {Record<string, Encoder>} */
  const encoders = { 'tract, 1': new Encoder(native, ['tract', folder]) };
  for (const count of counts) {
    const threads = { RAYON_NUM_THREADS: `${count}` };
    encoders[`PyTorch, ${count}`] = new Encoder(python, [script, join(root, 'models', model), folder, `${count}`]);
    encoders[`candle, ${count}`] = new Encoder(native, ['candle', folder], threads);
  }
  /** @type {Record<string, () => Promise<number> | number>} */
  const measured = {};
  for (const count of counts) {
    measured[`Sightline, ${count}`] = () => sightlineEncode(sightline, model, photo, count);
  }
  for (const [name, encoder] of Object.entries(encoders)) {
    await encoder.ready();
    measured[name] = () => encoder.encode();
  }
  /** @type {Times} */
  const times = Object.fromEntries(Object.keys(measured).map((name) => [name, []]));
  for (let turn = 0; turn <= runs; turn += 1) {
    for (const [name, act] of Object.entries(measured)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      const ms = await act();
      // The first run warms up.
      if (turn > 0) times[name].push(ms);
    }
  }
  for (const encoder of Object.values(encoders)) encoder.end();
  return times;
}

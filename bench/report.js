// What was measured, as Markdown for docs/BENCHMARKS.md.

import { ratioOfMedians, summary } from './statistics.js';

/** @import { Memory, Pair } from './parts.js' */
/** @import { Times } from './page/warm.js' */

/**
 * @typedef {object} Measured of one model; what was not measured is not there
 * @property {string} model
 * @property {{ cosine: number, int8Cosine: number | null, times: Times }} [encoder]
 * @property {{ adapter: string, times: Times }} [webgpu]
 * @property {{ texts: Pair<string>, times: Times }} [caption]
 * @property {{ times: Times }} [words]
 * @property {{ times: Times }} [cold]
 * @property {{ int8: Memory, f32: Memory, theirs: Memory }} [memory]
 * @property {{ wasm: Pair, javascript: Pair, model: Pair }} [bytes]
 */
/** @typedef {ReturnType<typeof import('./machine.js').machine>} Machine */

/** Of Sightline; what it takes by itself is the first, where the model was calibrated for it. */
const PRECISIONS = /** @type {const} */ (['int8', 'f32']);

/** What it was measured on, above tables of two runtimes. @param {Machine} machine @param {number} runs */
export function heading(machine, runs) {
  return [
    `${measuredOn(machine)} Of ${runs} warm runs each, one of each in turn: median (least; lower to upper quartile). The`,
    'ratio is that of the medians, Sightline’s to the other’s: below 1 Sightline takes less.',
  ].join('\n');
}

/** The same above tables of Sightline alone. @param {Machine} machine @param {number} runs */
export function headingAlone(machine, runs) {
  return `${measuredOn(machine)} Of ${runs} runs: median (least; lower to upper quartile).`;
}

/** @param {Machine} machine */
function measuredOn({ date, processor, system, versions }) {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date}: ${processor}; ${system}; ${named.join(', ')}.`;
}

/** @param {Measured} measured @param {number} threads */
export function table({ model, encoder, webgpu, caption, words, cold, memory, bytes }, threads) {
  const rows = [
    ...(encoder
      ? PRECISIONS.flatMap((precision) => [
          timed(`encoder, ${precision}, one thread`, encoder.times, precision, 'theirs'),
          timed(`encoder, ${precision}, one thread against ${threads}`, encoder.times, precision, 'several'),
        ])
      : []),
    ...(webgpu?.adapter ? [timed(`encoder, WebGPU (${webgpu.adapter})`, webgpu.times, 'f32', 'theirs')] : []),
    ...(caption
      ? [
          timed('caption, file to sentence', caption.times, 'ours whole', 'theirs whole'),
          timed('– file to pixels', caption.times, 'ours prepare', 'theirs prepare'),
          timed('– encoder', caption.times, 'ours encode', 'theirs encode'),
          timed('– words', caption.times, 'ours words', 'theirs words'),
        ]
      : []),
    ...(words
      ? [timed('a word, greedy', words.times, 'ours', 'theirs'), timed('a word, 3 beams', words.times, 'beams', '')]
      : []),
    ...(cold
      ? [
          timed('second visit, until the model is ready', cold.times, 'ours ready', 'theirs ready'),
          timed('second visit, until the first sentence', cold.times, 'ours caption', 'theirs caption'),
        ]
      : []),
    ...(memory
      ? PRECISIONS.flatMap((precision) => {
          const [ours, { theirs }] = [memory[precision], memory];
          return [
            sized(`memory of the wasm, ${precision}, MB`, { ours: ours.wasm, theirs: theirs.wasm }),
            sized(`heap of the JavaScript, ${precision}, MB`, { ours: ours.heap, theirs: theirs.heap }),
          ];
        })
      : []),
    ...(bytes
      ? [
          sized('wasm, brotli, MB', bytes.wasm),
          sized('JavaScript, brotli, kB', bytes.javascript, 1e3),
          sized('model, MB', bytes.model),
        ]
      : []),
  ].filter((row) => row !== undefined);
  const head = [`| ${model}; ms | Sightline | onnxruntime-web | ratio |`, '|---|--:|--:|--:|'];
  const notes = [
    encoder && `The grids of f32 and of onnxruntime-web have a cosine of ${encoder.cosine.toFixed(6)}.`,
    encoder && nearness(encoder.int8Cosine),
    caption && said(caption.texts),
    webgpu && !webgpu.adapter && 'There is no adapter for WebGPU here.',
  ].filter(Boolean);
  return [...head, ...rows, ...(notes.length ? ['', notes.join(' ')] : [])].join('\n');
}

/** @param {number | null} cosine of the grids of int8 and of f32 */
function nearness(cosine) {
  return cosine === null
    ? 'The model is not calibrated for int8: what is called so is f32 as well.'
    : `Those of int8 and of f32 have one of ${cosine.toFixed(6)}.`;
}

/** @param {Pair<string>} texts */
function said({ ours, theirs }) {
  return ours === theirs ? `Both say “${ours}”.` : `Sightline says “${ours}”, onnxruntime-web “${theirs}”.`;
}

/** Every runtime beside Sightline with as many threads. @param {{ model: string, times: Times }} found */
export function nativeTable({ model, times }) {
  const rows = Object.entries(times).map(([name, of]) => {
    const [runtime, threads] = name.split(', ');
    const ours = times[`Sightline, ${threads}`];
    return `| ${runtime} | ${threads} | ${milliseconds(of)} | ${ratioOfMedians(ours, of).toFixed(2)} |`;
  });
  return [`| ${model}; ms an encode | threads | time | ratio |`, '|---|--:|--:|--:|', ...rows].join('\n');
}

/**
 * The longest tasks, and what took the longest of all.
 * @param {{ model: string, times: Times, slowest: Record<string, string> }} found
 */
export function tasksTable({ model, times, slowest }) {
  const rows = Object.entries(times).map(([name, of]) => {
    const most = Math.max(...of).toFixed(1);
    return `| ${name} | ${milliseconds(of)} | ${most} | ${slowest[name].replaceAll('|', ' ')} |`;
  });
  const head = [`| ${model}; ms | longest task | of all runs | in which most was |`, '|---|--:|--:|---|'];
  return [...head, ...rows].join('\n');
}

/** A row, where the one was measured; the other may be missing. @param {string} name @param {Times} times @param {string} one @param {string} other */
function timed(name, times, one, other) {
  const [ours, theirs] = [times[one], times[other]];
  if (!ours || (other && !theirs)) return undefined;
  const ratio = theirs ? ratioOfMedians(ours, theirs).toFixed(2) : '';
  return `| ${name} | ${milliseconds(ours)} | ${theirs ? milliseconds(theirs) : ''} | ${ratio} |`;
}

/** @param {number[]} times */
export function milliseconds(times) {
  const { median, least, lower, upper } = summary(times);
  const digits = median < 10 ? 2 : median < 1000 ? 1 : 0;
  const [middle, best, ...quartiles] = [median, least, lower, upper].map((ms) => ms.toFixed(digits));
  return `${middle} (${best}; ${quartiles.join(' to ')})`;
}

/** @param {string} name @param {Pair} pair bytes @param {number} [unit] */
function sized(name, { ours, theirs }, unit = 1e6) {
  const number = (/** @type {number} */ bytes) => (bytes / unit).toFixed(bytes / unit < 10 ? 2 : 1);
  return `| ${name} | ${number(ours)} | ${number(theirs)} | ${(ours / theirs).toFixed(2)} |`;
}

// What may be asked of the benchmark.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, root } from '../scripts/run.js';
import { SHIPPED } from '../www/shipped-models.js';

/** In the order in which they are measured. */
export const PARTS = ['encoder', 'caption', 'words', 'cold', 'memory', 'bytes'];

/**
 * @typedef {object} Options
 * @property {string[]} models
 * @property {string[]} parts
 * @property {number} runs warm ones
 * @property {number} threads of onnxruntime-web where it has more than one
 * @property {string} photo
 * @property {boolean} webgpu
 * @property {boolean} native
 * @property {boolean} tasks
 * @property {string | undefined} json
 */

export const USAGE = `npm run bench -- [OPTIONS]

  --models NAMES   models that ship, with commas between (${SHIPPED.join(',')})
  --parts NAMES    what is measured, with commas between (${PARTS.join(',')})
  --runs N         warm runs of each (11)
  --threads N      threads of onnxruntime-web where it has more than one (as many as there are cores, 4 at most)
  --photo FILE     (www/page/samples/beach.jpg)
  --webgpu         the encoders on WebGPU as well; without a GPU that takes minutes
  --native         outside of the browser instead: Sightline, PyTorch, tract and candle
  --tasks          the longest tasks of the page instead, which are how long it keeps its reader waiting
  --json FILE      writes every single time
`;

/** @param {string[]} given @returns {Options | undefined} nothing where it is asked what there is */
export function readOptions(given) {
  const { values } = parsed(given);
  if (values.help) return undefined;
  const photo = resolve(values.photo ?? join(root, 'www/page/samples/beach.jpg'));
  if (!existsSync(photo)) fail(`${photo} is not there; --photo names a JPEG, PNG or WebP`);
  return {
    models: chosen('--models', values.models, SHIPPED),
    parts: chosen('--parts', values.parts, PARTS),
    runs: wholeNumber('--runs', values.runs ?? '11'),
    threads: wholeNumber('--threads', values.threads ?? `${Math.min(4, availableParallelism())}`),
    photo,
    webgpu: values.webgpu ?? false,
    native: values.native ?? false,
    tasks: values.tasks ?? false,
    json: values.json && resolve(values.json),
  };
}

/** @param {string[]} given */
function parsed(given) {
  try {
    return parseArgs({
      args: given,
      options: {
        models: { type: 'string' },
        parts: { type: 'string' },
        runs: { type: 'string' },
        threads: { type: 'string' },
        photo: { type: 'string' },
        webgpu: { type: 'boolean' },
        native: { type: 'boolean' },
        tasks: { type: 'boolean' },
        json: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    return fail(`${/** @type {Error} */ (error).message}\n\n${USAGE}`);
  }
}

/** @param {string} option @param {string | undefined} names @param {string[]} known */
function chosen(option, names, known) {
  const wanted = names?.split(',') ?? known;
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) fail(`${option} ${unknown}: there is no such; there are ${known.join(', ')}`);
  return known.filter((name) => wanted.includes(name));
}

/** @param {string} option @param {string} text */
function wholeNumber(option, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`${option} ${text}: it has to be a whole number from 1 on`);
  return number;
}

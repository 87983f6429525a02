// The command's results for programs: `sightline/alt` runs it, and gives every line of its JSON as an object.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** @import { AltLine, CaptionLine, CheckReport, ModelSummary, Options } from './alt-types.js' */

const PROGRAM = fileURLToPath(new URL('sightline.js', import.meta.url));

/**
 * Writes a text for every image of pages that lacks one, as far as the site's book of texts has one or the model is sure:
 * what `sightline alt` does.
 * @param {string | string[]} pages pages, patterns and folders
 * @param {Options} [options] the command's, such as `{ model: 'my-model', anyPhoto: true }`
 * @returns {AsyncGenerator<AltLine, void>} one for every image, as it is done
 */
export function alt(pages, options) {
  return lines('alt', pages, options);
}

/**
 * What is wrong with the texts that images have: what `sightline alt --check` tells. No model is needed.
 * @param {string | string[]} pages pages, patterns and folders
 * @param {Options} [options] the command's, such as `{ rules: 'long-alt=off' }`
 * @returns {Promise<CheckReport>}
 */
export function check(pages, options) {
  return whole('alt', [pages].flat(), { ...options, check: true });
}

/**
 * Captions photos: what `sightline caption` does.
 * @param {string | string[]} photos photos, and folders of photos
 * @param {Options} [options] the command's, such as `{ model: 'my-model', beams: 1 }`
 * @returns {AsyncGenerator<CaptionLine, void>} one for every photo, in order
 */
export function caption(photos, options) {
  return lines('caption', photos, options);
}

/**
 * What a model holds, all of it verified: what `sightline inspect` tells.
 * @param {string} model a folder, an address, or the name of one that ships
 * @returns {Promise<ModelSummary>}
 */
export function inspect(model) {
  return whole('inspect', [model], {});
}

/** All that a command prints, which is one object. @param {string} command @param {string[]} paths @param {Options} options */
async function whole(command, paths, options) {
  let text = '';
  for await (const line of output(command, paths, { ...options, json: true })) text += line;
  return JSON.parse(text);
}

/** @param {string} command @param {string | string[]} paths @param {Options} [options] */
async function* lines(command, paths, options) {
  for await (const line of output(command, [paths].flat(), { ...options, json: true })) yield JSON.parse(line);
}

/**
 * The lines that a command prints. Whoever stops reading them stops the command.
 * @param {string} command @param {string[]} paths @param {Options} options
 */
async function* output(command, paths, { signal, ...options }) {
  const args = [PROGRAM, command, ...flags(options), '--', ...paths];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let message = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    message += text;
  });
  /** @type {Promise<number | null>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // It is asked for when all lines were read; until then nobody misses it.
  ended.catch(() => {});
  let count = 0;
  try {
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
      count += 1;
      yield line;
    }
    const code = await ended;
    // What befell one image or photo is told in its own line.
    if (code !== 0 && !(code === 1 && count))
      throw new Error(message.trim() || `sightline ${command} ended with ${code}`);
  } finally {
    child.kill();
  }
}

/** `{ anyPhoto: true, beams: 5 }` as `--any-photo --beams=5`. @param {Record<string, unknown>} options */
function flags(options) {
  return Object.entries(options)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      return value === true ? flag : `${flag}=${value}`;
    });
}

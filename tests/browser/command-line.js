// The command line, and what it says about photos: the page and the element have to say the same.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/run.js';

/** @import { Locator } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

export const photos = join(root, 'tests/photos');
export const program = join(root, 'target/debug/sightline');

/**
 * Runs a program to its end, and returns what it prints.
 * @param {string} folder where
 * @param {string} program
 * @param {...string} options
 */
export function runProgram(folder, program, ...options) {
  // npm is a batch file on Windows.
  const { status, stdout, stderr } = spawnSync(program, options, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  assert.equal(status, 0, `${program} ${options.join(' ')}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Runs the command line, and returns what it prints. @param {...string} options */
export function sightline(...options) {
  return runProgram(root, program, ...options);
}

/** What the command line says about a photo. @param {string} model @param {string} photo @param {...string} options */
export function captionByCommand(model, photo, ...options) {
  return JSON.parse(sightline('caption', '--json', '--device', 'cpu', '--model', model, ...options, photo));
}

/** The stage shows what the command line says. @param {Locator} stage @param {Caption} expected @param {string} [what] */
export async function assertCaption(stage, expected, what = '') {
  assert.equal(await stage.locator('.photo img').getAttribute('alt'), expected.hedged, what);
  const hedge = await stage.locator('.hedge').textContent();
  // A hedge is in the page's language, the caption in English.
  if ((await stage.page().getAttribute('html', 'lang')) === 'en') {
    const hedges = { sure: '', unsure: 'Perhaps:', hesitant: 'Hard to say. Perhaps:' };
    assert.equal(hedge, hedges[expected.sureness], what);
  } else {
    assert.equal(hedge === '', expected.sureness === 'sure', what);
  }
  const words = stage.locator('.word');
  assert.deepEqual(
    await words.evaluateAll((words) => words.map((word) => /** @type {HTMLElement} */ (word).dataset.word)),
    expected.words.map(({ text }) => text),
    what,
  );
  const sentence = (await stage.locator('.words').innerText()).replaceAll(/\s+/g, ' ').trim();
  assert.equal(sentence, expected.text, what);
}

// The command line, and what it says about photos: the page and the element have to say the same.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../../scripts/run.js';

/** @import { Locator } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

export const photos = join(root, 'tests/photos');
const program = join(root, 'target/debug/sightline');

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

/** The card says what the command line says. @param {Locator} card @param {Caption} expected @param {string} [what] */
export async function assertCaption(card, expected, what = '') {
  assert.equal(await card.locator('.frame img').getAttribute('alt'), expected.hedged, what);
  const hedge = await card.locator('.hedge').textContent();
  // A hedge is in the page's language, the caption in English.
  if ((await card.page().getAttribute('html', 'lang')) === 'en') {
    const hedges = { sure: '', unsure: 'Perhaps:', hesitant: 'Hard to say. Perhaps:' };
    assert.equal(hedge, hedges[expected.sureness], what);
  } else {
    assert.equal(hedge === '', expected.sureness === 'sure', what);
  }
  assert.deepEqual(
    await card.locator('.word').allTextContents(),
    expected.words.map(({ text }) => text),
    what,
  );
}

/**
 * Whether a cell holds the most of a word's attention, or as good as that.
 * @param {number} cell
 * @param {Caption} caption
 * @param {number} index
 * @param {string} [what]
 */
export function assertLookedAt(cell, { words }, index, what = '') {
  const weights = words[index].attention?.flat() ?? [];
  assert.ok(
    weights[cell] > Math.max(...weights) - 1e-3,
    `${what} ${words[index].text}: cell ${cell}, and not ${weights.indexOf(Math.max(...weights))}`,
  );
}

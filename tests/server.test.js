// A server that draws pages imports what they import: no module of the package needs a browser before it is used.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, run } from '../scripts/run.js';

/** @type {{ name: string, exports: Record<string, string | { default?: string }> }} */
const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** As sites import them. */
const entries = Object.entries(exports).flatMap(([entry, target]) => {
  const file = typeof target === 'string' ? target : (target.default ?? '');
  return file.endsWith('.js') ? [entry.replace(/^\./, name)] : [];
});

/** The error of a call, by its code and message. @param {() => unknown} call */
async function errorOf(call) {
  try {
    await call();
  } catch (error) {
    const { code, message } = /** @type {import('../www/errors.js').CaptionerError} */ (error);
    return `${code}: ${message}`;
  }
  return 'no error';
}

test('every entry of the package can be imported where there is no browser', () => {
  assert.ok(entries.includes('sightline/worker'), 'as package.json lists them');
  for (const entry of entries) {
    run(process.execPath, ['--input-type=module', '--eval', `await import(${JSON.stringify(entry)})`]);
  }
});

test('what needs a browser says so where there is none', async () => {
  const { Captioner } = await import('../www/captioner.js');
  const { PhotoCaption } = await import('../www/photo-caption.js');
  const expected = /^device-unavailable: Sightline needs a page in a browser, and there is none here\./;
  assert.match(await errorOf(() => Captioner.load({ model: 'model/' })), expected);
  assert.match(await errorOf(() => Captioner.keptModels()), expected);
  assert.match(await errorOf(() => Captioner.deleteKeptModel('model/')), expected);
  assert.match(await errorOf(() => Captioner.persistKeptModels()), expected);
  assert.match(await errorOf(() => new PhotoCaption()), expected);
});

// `sightline/alt`: what the command finds, for programs.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/run.js';

const module = pathToFileURL(join(root, 'examples/bundlers/node_modules/sightline/node/alt.js')).href;
/** @type {typeof import('../../node/alt.js')} */
const { alt, caption, check, inspect } = await import(module);

const folder = mkdtempSync(join(tmpdir(), 'sightline-functions-'));
after(() => rmSync(folder, { recursive: true, force: true }));
cpSync(join(root, 'tests/photos'), join(folder, 'photos'), { recursive: true });

/** @template T @param {AsyncIterable<T>} lines */
async function all(lines) {
  const found = [];
  for await (const line of lines) found.push(line);
  return found;
}

test('photos are captioned in order, and each that fails says why', async () => {
  const photos = ['scene.jpg', 'empty.jpg', 'large.jpg'].map((name) => join(folder, 'photos', name));
  const lines = await all(caption(photos, { beams: 1 }));
  assert.deepEqual(
    lines.map(({ photo, error }) => [photo, error?.code]),
    [
      [photos[0], undefined],
      [photos[1], 'unsupported-image'],
      [photos[2], undefined],
    ],
  );
  const [first] = lines;
  assert.ok(!first.error && first.words.length > 2 && first.words[0].attention, JSON.stringify(first));
});

test('texts are written, and images without one are listed', async () => {
  const page = join(folder, 'index.html');
  writeFileSync(page, '<img src="photos/scene.jpg">\n<img src="photos/nothing.jpg">');
  const { counts, findings } = await check(folder);
  assert.deepEqual(counts, { errors: 2, warnings: 0, notes: 0 });
  assert.deepEqual(
    findings.map(({ rule, line, picture }) => [rule, line, picture]),
    [
      ['missing-alt', 1, 'photos/scene.jpg'],
      ['missing-alt', 2, 'photos/nothing.jpg'],
    ],
  );
  assert.equal((await check(folder, { rules: 'missing-alt=off' })).findings.length, 0);
  const [drafted] = await all(alt([page], { beams: 1, anyPhoto: true }));
  assert.ok(drafted.draft && drafted.sureness && drafted.probability, JSON.stringify(drafted));
  const [written, missing] = await all(alt([page], { beams: 1, anyPhoto: true, least: 'any' }));
  assert.equal(written.alt, drafted.draft);
  assert.ok(readFileSync(page, 'utf8').includes(`alt="${written.alt}"`));
  assert.equal(missing.error?.code, 'missing');
});

test('a model says what it holds', async () => {
  const { name, license, words, scores } = await inspect('flickr8k-lite');
  assert.equal(name, 'flickr8k-lite');
  assert.ok(license && words > 1000 && Object.keys(scores).length > 0);
});

test('what stops the command is thrown, in its own words', async () => {
  await assert.rejects(all(caption('a.jpg', { model: join(folder, 'nowhere') })), /nowhere/);
  await assert.rejects(all(caption('a.jpg', { beans: 1 })), /unexpected argument '--beans'/);
  await assert.rejects(inspect('nowhere'), /nowhere/);
});

test('whoever has enough stops the command', async () => {
  for await (const { photo } of caption([join(folder, 'photos')], { beams: 1 })) {
    assert.ok(photo);
    break;
  }
  const stopped = all(caption([join(folder, 'photos')], { signal: AbortSignal.abort() }));
  await assert.rejects(stopped, { name: 'AbortError' });
});

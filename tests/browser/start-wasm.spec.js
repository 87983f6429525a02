// Which of the processor's two wasms runs: the one with relaxed SIMD where the browser and the site have it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture, WITHOUT_RELAXED_SIMD } from './fixture.js';

const fixture = Fixture.forSpec({ isStrict: false });
const { additive: model } = fixture.models;
const photo = join(photos, 'scene.jpg');

/** Captions a photo, sees that it is the caption of the command line, and tells which wasms were asked for. */
async function wasmsOfCaption() {
  fixture.requests = [];
  const { page } = await fixture.openPage();
  const caption = await page.evaluate(
    async ([model, bytes]) => {
      const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
      const captioner = await Captioner.load({ model, device: 'cpu' });
      return captioner.caption(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
    },
    [model.url, readFileSync(photo).toString('base64')],
  );
  const expected = captionByCommand(model.path, photo);
  assert.equal(caption.text, expected.text);
  caption.words.forEach((/** @type {any} */ word, /** @type {number} */ i) => {
    // A native program adds products with one rounding: some 1e-7 of each sum.
    assert.ok(Math.abs(word.logProbability - expected.words[i].logProbability) < 1e-3, word.text);
  });
  return fixture.requests.filter((url) => url.endsWith('.wasm')).map((url) => url.split('/').at(-2));
}

test('a browser with relaxed SIMD runs the wasm that has it, and fetches no other', async () => {
  assert.deepEqual(await wasmsOfCaption(), ['cpu-relaxed']);
  await fixture.endTest();
});

test('a browser without relaxed SIMD asks for the plain one alone', async () => {
  fixture.prependToWorker(WITHOUT_RELAXED_SIMD);
  assert.deepEqual(await wasmsOfCaption(), ['cpu']);
  assert.ok(!fixture.requests.some((url) => url.includes('cpu-relaxed')));
  await fixture.endTest();
});

for (const [what, missing, asked] of /** @type {const} */ ([
  ['no folder with it', /\/wasm\/cpu-relaxed\//, ['cpu']],
  ['its script alone', /\/cpu-relaxed\/sightline_bg\.wasm/, ['cpu-relaxed', 'cpu']],
])) {
  test(`where a site has ${what}, the plain one writes the same caption`, async () => {
    fixture.intercept = (request, response) => {
      if (!missing.test(request.url ?? '')) return false;
      response.writeHead(404).end();
      return true;
    };
    assert.deepEqual(await wasmsOfCaption(), asked);
    await fixture.endTest(/404/);
  });
}

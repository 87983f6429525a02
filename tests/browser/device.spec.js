// WebGPU, on the software adapter that Chromium brings along: the same captions, and life after the device is lost.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { HANG, LOSE_WHEN_TOLD, tellToLose } from './gpu.js';

const fixture = Fixture.forSpec({ browser: { webgpu: true }, isStrict: false });
const { additive: model } = fixture.models;
const photo = join(photos, 'scene.jpg');

/** A page on which `captioner`, `photo` and `notices` are at hand. @param {string} device */
async function open(device) {
  const { page, faults } = await fixture.openPage();
  await page.evaluate(
    async ([model, device, bytes]) => {
      const api = await import(/** @type {any} */ ('/www/captioner.js'));
      /** @type {string[]} */
      const notices = [];
      const captioner = await api.Captioner.load({
        model,
        device,
        onNotice: (/** @type {string} */ code) => notices.push(code),
      });
      const photo = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]);
      Object.assign(globalThis, { captioner, notices, photo });
    },
    [model.url, device, readFileSync(photo).toString('base64')],
  );
  return { page, faults };
}

test('WebGPU writes the same caption', async () => {
  const { page, faults } = await open('webgpu');
  const found = await page.evaluate('captioner.caption(photo)');
  const expected = captionByCommand(model.path, photo);
  assert.equal(found.text, expected.text);
  assert.deepEqual(found.device, { encoder: 'wgpu', decoder: 'cpu' });
  found.words.forEach((/** @type {any} */ word, /** @type {number} */ i) => {
    const weights = expected.words[i].attention.flat();
    for (const [cell, weight] of word.attention.flat().entries()) {
      assert.ok(Math.abs(weight - weights[cell]) < 1e-3, word.text);
    }
  });
  assert.deepEqual(faults, []);
  await page.close();
});

test('a software adapter does not count unless it is asked for', async () => {
  fixture.requests = [];
  const { page } = await open('auto');
  assert.equal(await page.evaluate('captioner.device'), 'cpu');
  assert.ok(fixture.requests.some((url) => url.includes('/wasm/cpu-relaxed/')));
  assert.ok(!fixture.requests.some((url) => url.includes('/wasm/gpu/')), 'the larger wasm is not fetched');
  await page.close();
});

test('a lost device is opened anew once, and then the processor takes over', async () => {
  fixture.prependToWorker(LOSE_WHEN_TOLD);
  const { page } = await open('webgpu');
  const { text } = captionByCommand(model.path, photo);
  assert.equal((await page.evaluate('captioner.caption(photo)')).text, text);
  await tellToLose(page);
  await page.waitForFunction('notices.length === 1');
  assert.deepEqual(await page.evaluate('notices'), ['device-rebuilt']);
  const second = await page.evaluate('captioner.caption(photo)');
  assert.deepEqual([second.text, second.device.encoder], [text, 'wgpu']);
  // This time while a caption waits.
  const third = page.evaluate('captioner.caption(new Blob([photo]))');
  await tellToLose(page);
  const caption = await third;
  assert.equal(caption.text, text);
  await page.waitForFunction('notices.length === 2');
  assert.deepEqual(await page.evaluate('notices'), ['device-rebuilt', 'cpu-took-over']);
  assert.equal((await page.evaluate('captioner.caption(photo)')).device.encoder, 'cpu');
  await page.close();
});

test('a worker that hangs is ended, and the next caption is written by another', async () => {
  fixture.prependToWorker(HANG, 1);
  const { page } = await open('cpu');
  const result = await page.evaluate(`(async () => {
    const controller = new AbortController();
    const stopped = captioner.caption(photo, { signal: controller.signal, onWord: () => controller.abort() });
    const code = await stopped.catch((error) => error.code);
    return { code, text: (await captioner.caption(photo)).text };
  })()`);
  assert.deepEqual([result.code, result.text], ['aborted', captionByCommand(model.path, photo).text]);
  fixture.intercept = () => false;
  await page.close();
});

// The built page in a real Chromium, beside the command line with the same model and photos.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { output, root } from '../../scripts/run.js';
import { serve } from '../../scripts/serve.js';

/** @import { BrowserContext, Page } from 'playwright-core' */

const sightline = join(root, 'target/debug/sightline');
const folder = mkdtempSync(join(tmpdir(), 'sightline-'));
const model = join(folder, 'model');
/** @type {{ url: string, close: () => void }} */
let server;
/** @type {BrowserContext} */
let browser;

before(async () => {
  const checkpoint = join(root, 'tests/reference/checkpoint.pth');
  const words = join(folder, 'words.json');
  const marks = ['<pad>', '<start>', '<end>', '<unk>'];
  writeFileSync(words, JSON.stringify([...marks, ...Array.from({ length: 36 }, (_, i) => `w${i + 4}`)]));
  const packed = spawnSync(sightline, [
    'pack', '--encoder', checkpoint, '--decoder', checkpoint, '--vocabulary', words, '--size', '64', '--dtype', 'int8', model,
  ]);
  assert.equal(packed.status, 0, String(packed.stderr));
  server = await serve(0);
  browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: false,
    args: [
      '--headless=new', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
});

after(async () => {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page with the model in it. */
async function open() {
  const page = await browser.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && host !== new URL(server.url).host) faults.push(`a request to ${request.url()}`);
  });
  await page.goto(server.url);
  await page.setInputFiles('#model', model);
  await page.waitForSelector('#photo:enabled');
  return { page, faults };
}

/** @param {Page} page @param {string} name */
async function caption(page, name) {
  await page.setInputFiles('#photo', join(root, 'tests/photos', name));
  await page.waitForSelector('.word');
  return page.locator('#preview').getAttribute('alt');
}

test('a caption in the browser is the command line’s, word for word', async () => {
  const { page, faults } = await open();
  for (const name of ['scene.jpg', 'orientation-6.jpg', 'rgb16.png', 'lossy.webp']) {
    const json = output(sightline, ['caption', '--json', '--device', 'cpu', '--model', model, join(root, 'tests/photos', name)]);
    const expected = JSON.parse(json ?? '{}');
    assert.equal(await caption(page, name), expected.text, name);
    // And so is where the model looked for the first word.
    await page.locator('.word').first().hover();
    const weights = await page.locator('#overlay span').evaluateAll((cells) =>
      cells.map((cell) => Number(/** @type {HTMLElement} */ (cell).style.getPropertyValue('--weight'))),
    );
    const attention = expected.words[0].attention.flat();
    const greatest = Math.max(...attention);
    assert.equal(weights.length, attention.length);
    weights.forEach((weight, i) => assert.ok(Math.abs(weight / 0.75 - attention[i] / greatest) < 1e-3, `${name}, cell ${i}`));
  }
  assert.deepEqual(faults, []);
});

test('a file that is no photo gets the sentence that the command line gives', async () => {
  const { page } = await open();
  for (const [name, code, sentence] of [
    ['photo.heic', 'unsupported-image', 'HEIC is not supported; convert it to JPEG, PNG or WebP'],
    ['truncated.jpg', 'image-corrupt', 'the JPEG file ends before the picture does; get a complete copy of it'],
    ['huge.png', 'image-too-large', '60000×60000'],
  ]) {
    await page.setInputFiles('#photo', join(root, 'tests/photos', name));
    await page.waitForSelector(`#status[data-code="${code}"]`);
    assert.ok((await page.textContent('#status'))?.includes(sentence), name);
  }
  assert.ok(await caption(page, 'scene.jpg'), 'and the next photo is captioned');
});

test('a damaged model is refused', async () => {
  const shard = join(model, 'weights-001-of-001.safetensors');
  const whole = readFileSync(shard);
  const damaged = Buffer.from(whole);
  damaged[damaged.length >> 1] ^= 1;
  writeFileSync(shard, damaged);
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.setInputFiles('#model', model);
    await page.waitForSelector('#status[data-code="model-corrupt"]');
    assert.match((await page.textContent('#status')) ?? '', /SHA-256/);
    assert.ok(await page.isDisabled('#photo'));
  } finally {
    writeFileSync(shard, whole);
  }
});

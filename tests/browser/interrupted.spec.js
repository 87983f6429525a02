// What befalls a page from outside: its tab is frozen, its worker is ended. Captions come nevertheless.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { HANG, untilTrue } from './gpu.js';
import { PlainChromium } from './plain-chromium.js';
import { BLANK } from './site.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ models: { additive: 'additive', unseen: 'additive' } });
const { additive: model, unseen } = fixture.models;
const scene = join(photos, 'scene.jpg');

/** Has `load` and `caption` at hand on a page. */
const prepare = () => `(async () => {
  const { Captioner } = await import('/www/captioner.js');
  const bytes = atob('${readFileSync(scene).toString('base64')}');
  const photo = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  globalThis.describe = ({ code, message }) => code + ': ' + message;
  globalThis.load = async (model = '${model.url}') => {
    globalThis.captioner = await Captioner.load({ model, device: 'cpu' });
  };
  globalThis.caption = () => captioner.caption(new Blob([photo])).then(({ text }) => text, describe);
})()`;

const ENDED = /^internal: The worker was ended from outside/;

/** As long as a worker may be silent. */
const MINUTE = 60_000;

/** A page that has its workers at hand, and a clock that can be put forward. */
async function open() {
  const { page } = await fixture.openPage(undefined, {
    prepare: async (page) => {
      await page.clock.install();
      await page.addInitScript(`
        const { Worker: Plain } = globalThis;
        globalThis.workers = [];
        globalThis.Worker = class extends Plain {
          constructor(...given) {
            super(...given);
            workers.push(this);
            this.word = new Promise((resolve) =>
              this.addEventListener('message', ({ data }) => data.type === 'words' && resolve()),
            );
          }
        };`);
    },
  });
  await page.evaluate(prepare());
  return page;
}

/** Ends the worker at work. Nobody tells a page so, whoever does it. @param {Page} page */
const endWorker = (page) => page.evaluate('workers.at(-1).terminate()');

/** Ends one that hangs after its first word, as soon as it does. @param {Page} page */
async function endWorkerAtWord(page) {
  await page.evaluate('workers.at(-1).word');
  await endWorker(page);
}

const expected = () => captionByCommand(model.path, scene).text;

test('a tab that is frozen while it loads and while it captions goes on where it was', async () => {
  fixture.delayWords(200);
  const browser = await PlainChromium.open(fixture.folder, `${fixture.url}${BLANK.slice(1)}`);
  try {
    await browser.evaluate(prepare());
    await browser.evaluate(`
      globalThis.happened = [];
      for (const type of ['freeze', 'resume']) document.addEventListener(type, () => happened.push(type));`);
    for (const act of ['load', 'caption']) {
      await browser.evaluate(`void (globalThis.${act}ed = ${act}().finally(() => happened.push('${act}ed')))`);
      for (const state of ['frozen', 'active']) await browser.send('Page.setWebLifecycleState', { state });
      await browser.evaluate(`${act}ed`);
    }
    assert.equal(await browser.evaluate('captioned'), expected());
    const each = (/** @type {string} */ end) => ['freeze', 'resume', end];
    assert.deepEqual(await browser.evaluate('happened'), [...each('loaded'), ...each('captioned')]);
  } finally {
    browser.close();
  }
});

test('a worker that is ended in the middle of a caption has another after it, which writes the caption', async () => {
  fixture.prependToWorker(HANG, 1);
  const page = await open();
  await page.evaluate('load()');
  await page.evaluate('void (globalThis.text = caption())');
  await endWorkerAtWord(page);
  await page.clock.runFor(MINUTE);
  assert.equal(await page.evaluate('text'), expected());
  assert.equal(await page.evaluate('workers.length'), 2);
});

test('a photo at which two workers end is given up, and the next is captioned', async () => {
  fixture.prependToWorker(HANG, 2);
  const page = await open();
  await page.evaluate('load()');
  await page.evaluate('void (globalThis.text = caption())');
  await page.evaluate('void (globalThis.next = caption())');
  for (let worker = 0; worker < 2; worker += 1) {
    await endWorkerAtWord(page);
    await page.clock.runFor(MINUTE);
  }
  assert.match(await page.evaluate('text'), ENDED);
  assert.equal(await page.evaluate('next'), expected());
});

test('a worker that is ended while nobody needs it has another after it when somebody does', async () => {
  const page = await open();
  await page.evaluate('load()');
  await endWorker(page);
  await page.evaluate('void (globalThis.text = caption())');
  await page.clock.runFor(MINUTE);
  assert.equal(await page.evaluate('text'), expected());
});

test('a worker that is ended while its model is on its way is an error', async () => {
  const page = await open();
  let isAsked = false;
  fixture.intercept = ({ url }) => {
    const isShard = Boolean(url?.endsWith('.safetensors'));
    isAsked ||= isShard;
    return isShard;
  };
  await page.evaluate(`void (globalThis.text = load('${unseen.url}').catch(describe))`);
  await untilTrue(() => isAsked);
  await endWorker(page);
  await page.clock.runFor(MINUTE);
  assert.match(await page.evaluate('text'), ENDED);
});

// What becomes of a model that does not come, comes damaged, or comes too late, and of the photos that wait for it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, onStage, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ models: { lstm: 'lstm' } });
const { models } = fixture;
const UNREACHABLE = 'The model could not be fetched. Check the network and try again; what has arrived is kept.';
const WAITS = 'There is no model yet.';

/** A page whose model cannot be fetched. @param {string} name */
async function openUnreachable(name) {
  fixture.pack(name);
  const { page } = await fixture.openPage(`?model=fixture/${name}/`, {
    prepare: async () => {
      fixture.intercept = (request, response) =>
        request.url?.endsWith('.safetensors') === true && Boolean(response.writeHead(404).end());
    },
  });
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  return page;
}

/** A page whose model is held back. @param {string} name @returns {Promise<{ page: Page, release: () => void }>} */
async function openSlow(name) {
  const { path } = fixture.pack(name);
  /** @type {(() => void) | undefined} */
  let release;
  const { page } = await fixture.openPage(`?model=fixture/${name}/`, {
    prepare: async () => {
      fixture.intercept = (request, response) => {
        if (!request.url?.includes(`/${name}/weights`) || release) return false;
        release = () => response.end(readFileSync(join(path, 'weights-001-of-001.safetensors')));
        return true;
      };
    },
  });
  await page.waitForFunction(() => /of \d/.test(document.querySelector('#status')?.textContent ?? ''));
  return { page, release: () => release?.() };
}

/** @param {Page} page */
function linesOf(page) {
  return page.locator('.card .line').allTextContents();
}

test('a model that cannot be fetched says so; trying again fetches it, and captions what waited', async () => {
  const page = await openUnreachable('far');
  assert.equal(await page.innerText('#status'), UNREACHABLE);
  assert.ok(await page.isHidden('#progress'));
  await page.setInputFiles(
    '#files',
    ['scene.jpg', 'truncated.jpg'].map((name) => join(photos, name)),
  );
  await untilCards(page, 2);
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  assert.deepEqual(await linesOf(page), [WAITS, WAITS], 'why it waits is said once');
  fixture.intercept = () => false;
  await page.click('#retry');
  await page.waitForSelector('html[data-device]');
  assert.match(await page.innerText('#status'), /^Ready\./);
  assert.equal(await page.textContent('#model-line'), 'far, on the processor.');
  assert.deepEqual([await page.getAttribute('#status', 'title'), await page.isHidden('#retry')], ['', true]);
  await page.waitForSelector('#stage .word');
  await untilCards(page, 2);
  const { text } = captionByCommand(join(fixture.folder, 'far'), join(photos, 'scene.jpg'));
  assert.deepEqual(await linesOf(page), [text, 'This photo is damaged or cut off. Try another copy.']);
  await fixture.endTest(/404/);
});

test('a photo without a caption for want of a model can be tried again, a damaged one cannot', async () => {
  const page = await openUnreachable('farther');
  const names = ['scene.jpg', 'truncated.jpg'];
  await page.setInputFiles(
    '#files',
    names.map((name) => join(photos, name)),
  );
  await untilCards(page, 2);
  const stage = await onStage(page, names[0]);
  assert.equal(await stage.locator('.state').innerText(), WAITS);
  await stage.locator('.again').click();
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  await untilCards(page, 2);
  assert.ok(await stage.locator('.again').isVisible(), 'as often as need be');
  fixture.intercept = () => false;
  await stage.locator('.again').click();
  await page.waitForSelector('html[data-device]');
  await page.waitForSelector('#stage .word');
  await untilCards(page, 2);
  await assertCaption(stage, captionByCommand(join(fixture.folder, 'farther'), join(photos, names[0])));
  await onStage(page, names[1]);
  assert.equal(await stage.locator('.state').innerText(), 'This photo is damaged or cut off. Try another copy.');
  assert.ok(await stage.locator('.again').isHidden());
  await fixture.endTest(/404/);
});

test('a damaged model is refused', async () => {
  const { path } = fixture.pack('spoilt');
  const shard = join(path, 'weights-001-of-001.safetensors');
  const bytes = readFileSync(shard);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(shard, bytes);
  const { page } = await fixture.openPage('?model=fixture/spoilt/');
  await page.waitForSelector('#status[data-code="model-corrupt"]');
  assert.equal(await page.innerText('#status'), "The model's files are damaged, so it is not used.");
  assert.match((await page.getAttribute('#status', 'title')) ?? '', /SHA-256/);
  assert.ok(await page.isVisible('#retry'));
});

test('a photo that waits for the model tells how far it is, and can be stopped meanwhile', async () => {
  const { page, release } = await openSlow('slow');
  assert.equal(await page.getAttribute('#status', 'aria-busy'), 'true', 'no step of it is read out');
  await page.setInputFiles(
    '#files',
    ['scene.jpg', 'grey.jpg'].map((name) => join(photos, name)),
  );
  const stage = page.locator('#stage');
  await stage.locator('.waiting').waitFor();
  assert.match(await stage.locator('.waiting-text').innerText(), /^Getting ready: [\d.]+ of [\d.]+ MB, once$/);
  assert.deepEqual(await linesOf(page), ['In line', 'In line']);
  await stage.locator('.stop').click();
  await stage.locator('.state:text("Stopped.")').waitFor();
  assert.deepEqual(await linesOf(page), ['Stopped.', 'In line']);
  release();
  await page.waitForFunction(() => document.querySelectorAll('.card')[1].matches('[data-state=done]'));
  assert.equal((await linesOf(page))[0], 'Stopped.', 'it was meant');
});

test('a model folder of this device replaces the model, even one that is still on its way', async () => {
  const { page, release } = await openSlow('slower');
  const [late] = page.workers();
  const gone = late.waitForEvent('close');
  await page.setInputFiles('#local-model', models.lstm.path);
  await gone;
  const isTaken = () => document.querySelector('#model-line')?.textContent?.startsWith('lstm, on the processor.');
  await page.waitForFunction(isTaken);
  assert.equal(await page.textContent('#choice'), 'This is the model folder that you chose from this device.');
  // What comes too late changes nothing.
  release();
  await choose(page, 'scene.jpg');
  await assertCaption(page.locator('#stage'), captionByCommand(models.lstm.path, join(photos, 'scene.jpg')));
  assert.ok(await page.evaluate(isTaken));
  assert.equal(await page.getAttribute('#status', 'aria-busy'), null);
});

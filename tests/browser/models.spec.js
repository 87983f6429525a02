// The two models that ship: which the page takes, why, and the way from one to the other.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { writeModelIndex } from '../../scripts/models.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, closeSettings, onStage, openSettings, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const FULL = 'flickr8k-resnet50';
const LITE = 'flickr8k-lite';
const BY_CPU = `${LITE} was chosen because only the processor computes here.`;

const fixture = Fixture.forSpec({ models: {} });

before(() => {
  fixture.models = { [FULL]: fixture.pack(FULL, 'dot'), [LITE]: fixture.pack(LITE) };
  const manifest = join(fixture.models[FULL].path, 'model.json');
  const scored = { ...JSON.parse(readFileSync(manifest, 'utf8')), scores: { cider_d: 0.4737 } };
  writeFileSync(manifest, JSON.stringify(scored));
  writeModelIndex(fixture.folder);
});

beforeEach(() => {
  fixture.requests = [];
  fixture.intercept = serveModels;
});

/** The small models stand where those that ship do. @type {Fixture['intercept']} */
function serveModels(request) {
  request.url = request.url?.replace(/^\/(www\/)?models\//, '/fixture/');
  return false;
}

/** What was asked for of a model. @param {string} name */
function requestsOf(name) {
  return fixture.requests.filter((url) => url.includes(`/${name}/`)).map((url) => url.split('/').at(-1));
}

/** The page, as it is with what earlier visits left. @param {string} [query] @param {(page: Page) => Promise<unknown>} [prepare] */
async function open(query = '', prepare) {
  const { page } = await fixture.openPage(query, { prepare });
  await page.waitForSelector('html[data-device]');
  return page;
}

/** @param {Page} page @param {string} text */
async function untilLineSays(page, text) {
  await page.waitForFunction((text) => document.querySelector('#choice')?.textContent === text, text);
}

/** The entry of a model in the list. @param {Page} page @param {string} name */
function entryOf(page, name) {
  return page.locator('.model', { hasText: name });
}

/** @param {Page} page */
async function openList(page) {
  await openSettings(page);
  await page.waitForSelector('.model[aria-current] .use:not(:empty)');
}

/** @param {Page} page @param {string} name of a photo @param {string} model */
async function assertCaptionBy(page, name, model) {
  await assertCaption(
    await onStage(page, name),
    captionByCommand(fixture.models[model].path, join(photos, name)),
    model,
  );
}

/** What a browser tells of a device. @typedef {{ gpu?: object, saveData?: boolean, deviceMemory?: number }} Device */

/** @param {Page} page @param {Device} device that the browser is on */
function pretend(page, device) {
  return page.addInitScript(({ gpu, saveData, deviceMemory }) => {
    const values = {
      gpu: { requestAdapter: async () => gpu && { info: gpu } },
      connection: { saveData },
      deviceMemory,
    };
    for (const [name, value] of Object.entries(values)) Object.defineProperty(navigator, name, { value });
  }, device);
}

const gpu = { vendor: 'nvidia', architecture: 'lovelace' };
const BY_GPU = `${FULL} was chosen because this browser can compute on a GPU.`;
const BY_MEMORY = `${LITE} was chosen because this device has little memory.`;

for (const [device, line] of /** @type {[Device, string][]} */ ([
  [{}, BY_CPU],
  [{ gpu }, BY_GPU],
  [{ gpu: { vendor: 'google', architecture: 'swiftshader' } }, BY_CPU],
  [{ gpu: { ...gpu, isFallbackAdapter: true } }, BY_CPU],
  [{ gpu, deviceMemory: 4 }, BY_MEMORY],
  [{ gpu, deviceMemory: 8 }, BY_GPU],
])) {
  test(`on a device with ${JSON.stringify(device)}, ${line}`, async () => {
    const page = await open('', (page) => pretend(page, device));
    assert.equal(await page.textContent('#choice'), line);
    const [taken, other] = line.startsWith(FULL) ? [FULL, LITE] : [LITE, FULL];
    assert.equal(await page.textContent('#model-line'), `${taken}, on the processor.`);
    assert.ok(requestsOf(taken).includes('model.json'));
    await openList(page);
    assert.deepEqual(requestsOf(other), [], 'nothing of the other is fetched');
  });
}

test('where the browser asks to save data, the lighter model is fetched with the first photo, and not before', async () => {
  await fixture.relaunch();
  const { page } = await fixture.openPage('', { prepare: (page) => pretend(page, { gpu, saveData: true }) });
  await untilLineSays(page, `${LITE} was chosen because the browser asks to save data.`);
  assert.match(await page.innerText('#status'), /^The model \(\d+\.\d MB, once\) is fetched with your first photo\.$/);
  assert.ok(await page.isHidden('#progress'));
  assert.deepEqual([...requestsOf(LITE), ...requestsOf(FULL)], []);
  await page.setInputFiles('#files', join(photos, 'scene.jpg'));
  await page.waitForSelector('html[data-device]');
  await untilCards(page, 1);
  await assertCaptionBy(page, 'scene.jpg', LITE);
  assert.match(await page.innerText('#status'), /^Ready\./);
});

test('the keyboard changes the model, which keeps what is on the page and is remembered', async () => {
  await fixture.relaunch();
  const page = await open();
  await choose(page, 'scene.jpg');
  await openList(page);
  const [full, lite] = [FULL, LITE].map((name) => entryOf(page, name));
  assert.equal(await lite.getAttribute('aria-current'), 'true');
  assert.equal(await lite.locator('.use').innerText(), `${LITE} is in use`);
  assert.equal(await lite.locator('.use').getAttribute('aria-disabled'), 'true');
  assert.match(
    await lite.locator('.facts').innerText(),
    /^\d+\.\d MB, [\d.]+ s a caption on the processor, quality not measured$/,
  );
  assert.match(
    await full.locator('.facts').innerText(),
    /^\d+\.\d MB, speed on the processor not measured yet, quality 0\.47$/,
  );
  assert.match(await full.locator('.use').innerText(), /^Use flickr8k-resnet50 \(fetches \d+\.\d MB\)$/);
  assert.deepEqual(requestsOf(FULL), [], 'it is not fetched before it is chosen');

  await full.locator('.use').focus();
  await page.keyboard.press('Enter');
  await untilLineSays(page, `${FULL} is the model that you chose.`);
  assert.equal(await page.textContent('#model-line'), `${FULL}, on the processor.`);
  // The keyboard stays where it is while the list changes.
  await page.waitForFunction((text) => document.activeElement?.textContent === text, `${FULL} is in use`);
  await assertCaptionBy(page, 'scene.jpg', LITE);
  await choose(page, 'orientation-6.jpg');
  await assertCaptionBy(page, 'orientation-6.jpg', FULL);

  fixture.requests = [];
  await page.reload();
  await untilLineSays(page, `${FULL} is the model that you chose.`);
  await page.waitForSelector('html[data-device]');
  await openList(page);
  assert.deepEqual(requestsOf(LITE), []);
  assert.equal(await entryOf(page, LITE).locator('.use').innerText(), `Use ${LITE}`, 'it is kept already');
  assert.match(await entryOf(page, FULL).locator('.facts').innerText(), /s a caption on the processor/);

  assert.equal(await page.innerText('#automatic'), `Let the page choose (${LITE})`);
  await page.click('#automatic');
  await untilLineSays(page, BY_CPU);
  assert.deepEqual(requestsOf(LITE), ['model.json'], 'both are kept side by side');
  await page.reload();
  await untilLineSays(page, BY_CPU);
});

test('the address names a model or a folder, and wins over what is remembered, until the reader chooses', async () => {
  await fixture.relaunch();
  const remember = (/** @type {string} */ name) => (/** @type {Page} */ page) =>
    page.addInitScript((name) => {
      if (sessionStorage.length) return;
      sessionStorage.setItem('begun', 'yes');
      localStorage.setItem('sightline-model', name);
    }, name);
  const page = await open(`?model=${FULL}&device=cpu`, remember(LITE));
  assert.equal(await page.textContent('#choice'), `${FULL} is the model named in this page's address.`);
  assert.deepEqual(requestsOf(LITE), []);
  await openList(page);
  await entryOf(page, LITE).locator('.use').click();
  await untilLineSays(page, `${LITE} is the model that you chose.`);
  assert.equal(new URL(page.url()).search, '?device=cpu');

  const folder = await open(`?model=fixture/${FULL}/`);
  assert.equal(await folder.textContent('#choice'), "This is the model named in this page's address.");
  assert.equal(await folder.textContent('#model-line'), `${FULL}, on the processor.`);

  const unknown = await open('', remember('flickr8k-gone'));
  assert.equal(await unknown.textContent('#choice'), BY_CPU, 'a name that is no more');
});

test('a model that cannot be had leaves the other at work, and the next visit as it was', async () => {
  await fixture.relaunch();
  const page = await open();
  await openList(page);
  fixture.intercept = (request, response) => {
    if (!request.url?.includes(`${FULL}/weights`)) return serveModels(request, response);
    response.writeHead(404).end();
    return true;
  };
  await entryOf(page, FULL).locator('.use').click();
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  assert.match(
    await page.innerText('#status'),
    /^flickr8k-resnet50 could not be loaded; flickr8k-lite goes on\. The model could not be fetched\./,
  );
  assert.equal(await page.textContent('#choice'), BY_CPU);
  await choose(page, 'scene.jpg');
  await assertCaptionBy(page, 'scene.jpg', LITE);
  const next = await open();
  assert.equal(await next.textContent('#choice'), BY_CPU);
  fixture.intercept = serveModels;
  await closeSettings(page);
  await page.click('#retry');
  await untilLineSays(page, `${FULL} is the model that you chose.`);
  assert.ok(await page.isHidden('#retry'));
  await fixture.endTest(/404/);
});

test('loading can be stopped, and photos that wait meanwhile get their captions', async () => {
  await fixture.relaunch();
  fixture.delayWords(50);
  const delayed = fixture.intercept;
  /** @type {(() => void)[]} */
  const held = [];
  let isHeld = true;
  fixture.intercept = (request, response) => {
    if (delayed(request, response)) return true;
    if (isHeld && request.url?.includes(`${FULL}/weights`)) {
      held.push(() => response.destroy());
      return true;
    }
    return serveModels(request, response);
  };
  const page = await open();
  await openList(page);
  const full = entryOf(page, FULL).locator('.use');
  await full.click();
  await page.waitForFunction(() => /^Stop/.test(document.activeElement?.textContent ?? ''));
  assert.equal(await full.innerText(), `Stop loading ${FULL}`);
  await full.click();
  assert.equal(await page.textContent('#model-line'), `${LITE}, on the processor.`);
  assert.equal(await page.textContent('#choice'), BY_CPU);

  isHeld = false;
  for (const end of held.splice(0)) end();
  await page.setInputFiles('#files', join(photos, 'scene.jpg'));
  await page.waitForSelector('#stage.working .word');
  await full.click();
  await untilLineSays(page, `${FULL} is the model that you chose.`);
  await untilCards(page, 1);
  const model = (await page.textContent('#model-line'))?.startsWith(FULL) ? FULL : LITE;
  await assertCaptionBy(page, 'scene.jpg', model);
});

test('the element finds a model that ships by its name, beside its module', async () => {
  const { page } = await fixture.openPage();
  const text = await page.evaluate(async (model) => {
    await import(/** @type {any} */ ('/www/photo-caption.js'));
    const element = /** @type {any} */ (document.createElement('photo-caption'));
    Object.assign(element, { model, auto: true, src: '/www/page/samples/beach.jpg' });
    const done = new Promise((resolve) => element.addEventListener('caption', resolve));
    document.body.append(element);
    await done;
    return element.caption.text;
  }, LITE);
  assert.equal(text, captionByCommand(fixture.models[LITE].path, 'www/page/samples/beach.jpg').text);
  assert.ok(fixture.requests.includes(`/fixture/${LITE}/model.json`) || requestsOf(LITE).includes('model.json'));
  assert.deepEqual(requestsOf(FULL), []);
});

// The models that the browser keeps: seen, deleted, and asked to stay, by a program and on the page.

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { Fixture } from './fixture.js';
import { closeSettings, openSettings } from './page-actions.js';
import { fetchedOf } from './site.js';

/** @import { Page } from 'playwright-core' */
/** @import { KeptModel } from '../../www/model-files.js' */
/** @typedef {Omit<KeptModel, 'date'> & { date: string | null }} ToldModel as it comes out of the page */

const LICENSE = 'For tests only';
const fixture = Fixture.forSpec({ models: {} });
const { models } = fixture;

before(() => {
  models.additive = fixture.pack('additive');
  models.lstm = fixture.pack('lstm', 'lstm');
  const manifest = join(models.additive.path, 'model.json');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), license: LICENSE }));
});

beforeEach(() => fixture.relaunch());

/** What a browser fetches of a model's folder. @param {string} folder */
const sizeOf = (folder) => fetchedOf(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/** @param {Page} page @param {string} url */
function load(page, url) {
  return page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    (await Captioner.load({ model, device: 'cpu' })).dispose();
  }, url);
}

/** @param {Page} page @returns {Promise<ToldModel[]>} */
function keptOn(page) {
  return page.evaluate(async () => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    return JSON.parse(JSON.stringify(await Captioner.keptModels()));
  });
}

/** @param {Page} page @param {string} model */
function deleteOn(page, model) {
  return page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    return Captioner.deleteKeptModel(model);
  }, model);
}

/** Has the browser answer yes where a page asks to keep what it keeps. @param {Page} page */
async function agreeToPersist(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Browser.grantPermissions', {
    permissions: ['durableStorage'],
    origin: new URL(fixture.url).origin,
  });
}

test('a program sees which models are kept, and since when, and deletes one of them', async () => {
  const { page } = await fixture.openPage();
  assert.deepEqual(await keptOn(page), []);
  const begun = Math.floor(Date.now() / 1000) * 1000;
  await load(page, models.additive.url);
  await load(page, models.lstm.url);
  const kept = await keptOn(page);
  const dates = kept.map(({ date }) => Date.parse(date ?? ''));
  assert.ok(dates.every((date) => date >= begun && date <= Date.now()));
  assert.deepEqual(
    kept.map(({ date, ...model }) => model),
    [
      ['additive', LICENSE],
      ['lstm', null],
    ].map(([name, license]) => {
      const { url, path } = models[String(name)];
      return { url, name, license, bytes: sizeOf(path), complete: true, persisted: false };
    }),
  );
  assert.equal(await deleteOn(page, `fixture/../additive/model.json`), true, 'by any address that `load` takes');
  assert.equal(await deleteOn(page, models.additive.url), false, 'it is gone');
  assert.deepEqual(
    (await keptOn(page)).map(({ name }) => name),
    ['lstm'],
  );
  fixture.requests = [];
  await load(page, models.lstm.url);
  assert.ok(!fixture.requests.some((url) => url.endsWith('.safetensors')), 'the other is kept');
  await load(page, models.additive.url);
  assert.ok(
    fixture.requests.some((url) => url.endsWith('.safetensors')),
    'what was deleted is fetched again',
  );
});

test('what earlier versions kept is seen without its date, and a part of a download without its name', async () => {
  const { page } = await fixture.openPage();
  await load(page, models.additive.url);
  await load(page, models.lstm.url);
  await page.evaluate(async (lstm) => {
    const cache = await caches.open('sightline-models');
    for (const request of await cache.keys()) {
      const bytes = await (await cache.match(request))?.arrayBuffer();
      await cache.put(request, new Response(bytes));
    }
    await cache.delete(`${lstm}model.json`);
  }, models.lstm.url);
  const { additive, lstm } = models;
  const manifest = statSync(join(lstm.path, 'model.json')).size;
  const rest = { date: null, persisted: false };
  assert.deepEqual(
    (await keptOn(page)).sort((one, other) => one.url.localeCompare(other.url)),
    [
      { url: additive.url, name: 'additive', license: LICENSE, bytes: sizeOf(additive.path), complete: true, ...rest },
      { url: lstm.url, name: 'lstm', license: null, bytes: sizeOf(lstm.path) - manifest, complete: false, ...rest },
    ],
  );
});

test('a program asks the browser to keep models, and is told what it answers', async () => {
  const { page } = await fixture.openPage();
  const ask = () =>
    page.evaluate(async () => {
      const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
      return Captioner.persistKeptModels();
    });
  await load(page, models.additive.url);
  assert.equal(await ask(), false);
  await agreeToPersist(page);
  assert.equal(await ask(), true);
  assert.deepEqual(
    (await keptOn(page)).map(({ persisted }) => persisted),
    [true],
  );
});

test('on the page a reader sees what is kept, and deletes it by the keyboard', async () => {
  const page = await fixture.openSightline();
  await load(page, models.lstm.url);
  await openSettings(page);
  const rows = page.locator('#kept li');
  const status = page.locator('#kept [role=status]');
  await rows.nth(1).waitFor();
  const megabytes = (sizeOf(models.additive.path) / 1e6).toFixed(1);
  const facts = await rows.first().locator('.facts').innerText();
  assert.ok(
    facts.startsWith(`${megabytes} MB, since `) && Number.isFinite(Date.parse(facts.split('since ')[1])),
    facts,
  );
  assert.match(await rows.first().innerText(), new RegExp(`^additive\n[^]*Licence: ${LICENSE}[^]*Delete additive$`));
  assert.doesNotMatch(await rows.nth(1).innerText(), /Licence/);
  assert.equal(await status.innerText(), 'The browser may delete this when space runs short.');
  for (const [name, focus] of [
    ['additive', 'Delete lstm'],
    ['lstm', ''],
  ]) {
    await page.getByRole('button', { name: `Delete ${name}` }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((name) => !document.querySelector('#kept ul')?.textContent?.includes(name), name);
    assert.equal(await status.innerText(), `${name} is deleted. When it is needed again, it is fetched again.`);
    if (focus) assert.equal(await page.evaluate(() => document.activeElement?.textContent), focus);
  }
  assert.ok(await page.evaluate(() => document.activeElement?.matches('#settings .close')), 'nothing else is left');
  assert.ok(await page.isHidden('#persist'), 'there is nothing to keep');
  assert.deepEqual(await keptOn(page), []);
  await closeSettings(page);
  await openSettings(page);
  await page.waitForFunction(() => document.querySelector('#kept [role=status]')?.textContent === 'No model is kept.');
});

test('on the page a reader asks the browser to keep what is kept, and reads its answer', async () => {
  const page = await fixture.openSightline();
  await openSettings(page);
  const untilStatus = (/** @type {string} */ text) =>
    page.waitForFunction((text) => document.querySelector('#kept [role=status]')?.textContent === text, text);
  await page.click('#persist');
  await untilStatus('The browser did not agree to keep this. It may agree once the page is installed or used often.');
  await agreeToPersist(page);
  await page.focus('#persist');
  await page.keyboard.press('Enter');
  await untilStatus('The browser keeps this until you delete it.');
  assert.ok(await page.isHidden('#persist'), 'there is nothing more to ask');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Delete additive');
});

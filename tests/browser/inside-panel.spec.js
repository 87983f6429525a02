// "Look inside" as a whole: it opens and closes wherever it is asked for, tells of each stage, saves its pictures, and
// can be stopped, closed and tried again at any time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { CARD, openInside, openStage, openTab, tabsOf, untilCard } from './inside-actions.js';
import { choose, chooseInMenu, onStage, savedBy } from './page-actions.js';
import { automatic } from './site.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** What a selector finds has the keyboard. @param {Page} page @param {string} selector */
const untilFocused = (page, selector) =>
  page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);

/** The tab that is open, as it says itself. @param {Page} page */
const openTabs = (page) =>
  page.locator('.inside-tab[aria-selected=true]').evaluateAll((tabs) => tabs.map(({ dataset }) => dataset.name));

/** @param {Page} page */
async function assertClosed(page) {
  await page.waitForFunction(() => !document.querySelector('.inside'));
  assert.equal(await page.evaluate(() => document.adoptedStyleSheets.length), 0, 'its style is gone');
}

test('nothing of it is fetched before it is opened, and then no card but the first', async () => {
  const page = await openStage(fixture, {});
  const inner = () => fixture.requests.filter((url) => /\/www\/inside\/|worker-inspection/.test(url));
  assert.deepEqual(inner(), []);
  const before = fixture.requests.length;
  await chooseInMenu(page, '.look-inside');
  await untilCard(page, 'input');
  // What its scripts have in common is in scripts of its own.
  const names = inner().map((url) => url.replace(/-[A-Z0-9]{8}\.js$/, '.js'));
  assert.deepEqual(names.filter((url) => !url.endsWith('/chunk.js')).sort(), [
    '/www/inside/input-card.js',
    '/www/inside/panel.js',
    '/www/inside/text/en.js',
    '/www/worker-inspection.js',
  ]);
  for (const url of fixture.requests.slice(before)) {
    assert.match(url, /^\/www\/((inside|page|view)\/|worker-inspection)/, 'neither the photo nor the model');
  }
  await openTab(page, 'stage1');
  assert.ok(inner().some((url) => url.includes('stage-card')));
  const second = fixture.requests.length;
  await page.click('.inside-close');
  await chooseInMenu(page, '.look-inside');
  await untilCard(page, 'input');
  assert.deepEqual(fixture.requests.slice(second), [], 'once is enough');
});

test('it opens from the menu and by I, closes by button and Escape, and the keyboard is where it was', async () => {
  const page = await openStage(fixture, {});
  for (const close of [() => page.click('.inside-close'), () => page.keyboard.press('Escape')]) {
    await page.focus('#stage .more > button');
    await page.keyboard.press('Enter');
    await page.focus('#stage .look-inside');
    await page.keyboard.press('Enter');
    await untilFocused(page, '#inside-tab-input');
    await untilCard(page, 'input');
    const labelled = await page.locator('.inside').getAttribute('aria-labelledby');
    assert.equal(await page.locator(`#${labelled}`).innerText(), 'Look inside');
    await close();
    await assertClosed(page);
    await untilFocused(page, '#stage .more > button');
  }
  await page.keyboard.press('i');
  await page.keyboard.press('f');
  await page.waitForSelector('#stage.large');
  // Twice, before it is there.
  await page.evaluate(() => {
    for (const _ of 'ii')
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'i', bubbles: true }));
  });
  await untilFocused(page, '#inside-tab-input');
  // As it is in some browsers after a click beside the controls.
  await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
  for (const key of ['i', 'f', 'ArrowRight']) await page.keyboard.press(key);
  assert.equal(await page.locator('.inside').count(), 1);
  assert.equal(await page.locator('#stage .word[aria-pressed=true]').count(), 0);
  await page.keyboard.press('Escape');
  await assertClosed(page);
  assert.ok(await page.isVisible('#stage.large'), 'the stage stays large');
  await untilFocused(page, '#stage');
});

for (const tag of ['en', 'ar']) {
  test(`arrow keys, Home and End go along the tabs: ${tag}`, async () => {
    const page = await openInside(fixture, { query: `&lang=${tag}` });
    const names = await tabsOf(page);
    assert.equal(await page.locator('.inside').getAttribute('dir'), tag === 'ar' ? 'rtl' : 'ltr');
    const [forward, back] = tag === 'ar' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    let place = 0;
    for (const [key, next] of /** @type {[string, number][]} */ ([
      [forward, 1],
      [forward, 2],
      [back, 1],
      ['End', names.length - 1],
      [forward, 0],
      [back, names.length - 1],
      ['Home', 0],
    ])) {
      await page.keyboard.press(key);
      place = next;
      assert.deepEqual(await openTabs(page), [names[place]], key);
      await untilFocused(page, `#inside-tab-${names[place]}[tabindex="0"]`);
      assert.equal(await page.locator('.inside-tab[tabindex="0"]').count(), 1);
      const tab = page.locator(`#inside-tab-${names[place]}`);
      const panel = page.locator(`#${await tab.getAttribute('aria-controls')}`);
      assert.equal(await panel.getAttribute('role'), 'tabpanel');
      assert.equal(await panel.getAttribute('aria-labelledby'), await tab.getAttribute('id'));
      const [outer, inner] = await Promise.all([page.locator('.inside-way').boundingBox(), tab.boundingBox()]);
      assert.ok(outer && inner && inner.x >= outer.x - 1 && inner.x + inner.width <= outer.x + outer.width + 1, 'seen');
    }
  });
}

test('each stage tells its shape, its multiply-adds and its time', async () => {
  const page = await openInside(fixture, { model: `models/${automatic}/`, photo: 'skier.jpg' });
  await page.waitForFunction(() => document.querySelector('#inside-tab-grid .inside-facts')?.children.length === 2);
  const { input, stages } = await page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    const captioner = await Captioner.load({ model, device: 'cpu' });
    const inspected = await captioner.inspect(new URL('/www/page/example/photo.jpg', location.href), { stages: true });
    captioner.dispose();
    return {
      input: inspected.input.shape,
      stages: inspected.stages.map((/** @type {any} */ { shape, multiplyAdds }) => ({ shape, multiplyAdds })),
    };
  }, `/models/${automatic}/`);
  assert.ok(stages.length > 5);
  const facts = (/** @type {string} */ tab) => page.locator(`#inside-tab-${tab} .inside-facts span`).allInnerTexts();
  assert.deepEqual(await facts('input'), [input.join('×')]);
  for (const [index, { shape, multiplyAdds }] of stages.entries()) {
    const tab = index === 0 ? 'stem' : index === stages.length - 1 ? 'grid' : `stage${index}`;
    const [shown, figures] = await facts(tab);
    assert.equal(shown, shape.join('×'), tab);
    const digits = multiplyAdds < 1e7 ? 1 : 0;
    const millions = new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(multiplyAdds / 1e6);
    assert.match(figures, new RegExp(`^${millions} M · [\\d.,]+ ms$`), tab);
    assert.equal(await page.getAttribute(`#inside-tab-${tab}`, 'title'), `${millions} M mult-adds`);
  }
  assert.match((await facts('words')).join(), /^[\d.,]+ ms$/);
  // A picture for each, and the words' first words.
  assert.equal(await page.locator('.inside-picture canvas').count(), 1 + stages.length);
});

test('a picture is saved as it is named, and all of them in one file that others can read', async () => {
  const page = await openInside(fixture, { tab: 'stage1' });
  const save = (/** @type {string} */ name) =>
    savedBy(page, () => page.locator('.inside-foot').getByRole('button', { name }).click());
  const one = await save('Save this picture');
  assert.match(one.name, /^scene-stage1-channels-page-1\.png$/);
  const sizeOf = (/** @type {Buffer} */ png) => [16, 20].map((place) => png.readUInt32BE(place));
  assert.deepEqual(one.content.subarray(0, 8), PNG);
  const expected = await page.evaluate(
    async (bytes) => {
      const { width, height } = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
      return [width, height];
    },
    [...one.content],
  );
  assert.deepEqual(sizeOf(one.content), expected, 'a browser reads it');
  const all = await save('Save all pictures (ZIP)');
  assert.equal(all.name, 'scene-stage1.zip');
  const folder = mkdtempSync(join(fixture.folder, 'zip-'));
  const path = join(folder, all.name);
  writeFileSync(path, all.content);
  // Checks each sum, and leaves with an error where one is wrong.
  assert.match(String(execFileSync('unzip', ['-t', path])), /No errors detected/);
  execFileSync('unzip', ['-q', path, '-d', join(folder, 'all')]);
  const files = readdirSync(join(folder, 'all')).sort();
  assert.ok(files.length >= 3, files.join());
  assert.ok(files.includes('stage1-channels-page-1.png'), files.join());
  for (const name of files) {
    assert.match(name, /^stage1-[\w-]+\.png$/);
    const png = readFileSync(join(folder, 'all', name));
    assert.deepEqual(png.subarray(0, 8), PNG, name);
    assert.ok(Math.min(...sizeOf(png)) >= 200, `${name}: ${sizeOf(png)}`);
  }
  assert.deepEqual(readFileSync(join(folder, 'all', 'stage1-channels-page-1.png')), one.content);
});

test('closed while the worker computes, it leaves the model to the next photo, and opens again at once', async () => {
  fixture.delayWords(100);
  const page = await openInside(fixture, {});
  await page.click('#inside-tab-words');
  await page.locator(CARD, { hasText: 'Computing…' }).waitFor();
  await page.keyboard.press('Escape');
  await assertClosed(page);
  await choose(page, 'grey.jpg');
  const stage = await onStage(page, 'grey.jpg');
  await assertCaption(stage, captionByCommand(fixture.models.additive.path, join(photos, 'grey.jpg')));
  for (let i = 0; i < 3; i += 1) {
    await chooseInMenu(page, '.look-inside');
    await page.waitForSelector('.inside');
    // Closed and opened in one breath.
    await page.evaluate(() => {
      /** @type {HTMLElement | null} */ (document.querySelector('.inside-close'))?.click();
      /** @type {HTMLElement | null} */ (document.querySelector('#stage .look-inside'))?.click();
    });
    await untilCard(page, 'input');
    assert.equal(await page.locator('.inside').count(), 1);
    await page.click('.inside-close');
    await assertClosed(page);
  }
});

test('a photo that cannot be drawn, and a card that cannot be fetched, say so; trying again helps', async () => {
  const page = await openStage(fixture, {});
  await page.evaluate(() => {
    const draw = createImageBitmap;
    Object.assign(globalThis, {
      createImageBitmap: async () => {
        Object.assign(globalThis, { createImageBitmap: draw });
        throw new DOMException('The source image could not be decoded.', 'InvalidStateError');
      },
    });
  });
  await chooseInMenu(page, '.look-inside');
  await page.getByText('could not be', { exact: false }).first().waitFor();
  assert.equal(await page.locator('.inside').count(), 0);
  await chooseInMenu(page, '.look-inside');
  await untilCard(page, 'input');
  let refuses = true;
  fixture.intercept = (request, response) => {
    if (!refuses || !/stage-card|layer-card/.test(request.url ?? '')) return false;
    response.writeHead(503, { 'Cache-Control': 'no-store' }).end();
    return true;
  };
  for (const tab of ['stage1', 'layers']) {
    refuses = true;
    await page.click(`#inside-tab-${tab}`);
    await page.locator(`${CARD} [role=alert]`, { hasText: 'could not' }).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator(`${CARD} [role=alert]`, { hasText: 'could not' }).waitFor();
    refuses = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await untilCard(page, tab);
    assert.equal(await page.locator(`${CARD} [role=alert]`).count(), 0);
    assert.deepEqual(await openTabs(page), [tab]);
  }
  await page.click('.inside-close');
  await fixture.endTest(/503/);
});

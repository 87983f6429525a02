// The cards of the input and of the stages: what they show is what the worker computed, and muting changes the caption.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { differences } from '../../www/inside/changed-words.js';
import { photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { assertAccessible, CARD as card, openInside, openTab, SKIER } from './inside-actions.js';
import { choose, chooseInMenu, onStage, savedBy } from './page-actions.js';
import { automatic } from './site.js';

/** @import { Page } from 'playwright-core' */
/** @import { MutedChannel } from '../../www/protocol.js' */

const fixture = Fixture.forSpec();
const REAL = `models/${automatic}/`;
const SMALL = 'fixture/additive/';
/** Tiles of a page. */
const TILES = 48;
const tiles = `${card} .stage-tiles button`;

before(() => {
  fixture.synthesise('lenet5');
  cpSync(SKIER, join(fixture.folder, 'skier.jpg'));
  for (const name of ['scene.jpg', 'grey.jpg']) cpSync(join(photos, name), join(fixture.folder, name));
});

/** @param {Page} page @param {string} name */
const press = (page, name) => page.locator(card).getByRole('button', { name, exact: true }).click();

/**
 * What the API tells of a photo, the input before the stages: of each channel its figures, and the picture in grey that
 * the first and the strongest make.
 * @param {Page} page @param {string} model @param {string} photo
 */
function measured(page, model, photo) {
  return page.evaluate(
    async ([model, photo]) => {
      const { Captioner } = /** @type {typeof import('../../www/captioner.js')} */ (
        await import(/** @type {any} */ ('/www/captioner.js'))
      );
      const captioner = await Captioner.load({ model, device: 'cpu' });
      const { input, stages } = await captioner.inspect(new URL(photo, location.href), { stages: true });
      captioner.dispose();
      return [/** @type {import('../../www/protocol.js').FeatureMap} */ (input), ...stages].map(({ shape, values }) => {
        const size = shape[1] * shape[2];
        const mean = (/** @type {number[]} */ numbers) => numbers.reduce((sum, value) => sum + value) / size;
        const own = (/** @type {number} */ channel) => [...values.subarray(channel * size, (channel + 1) * size)];
        const channels = Array.from({ length: shape[0] }, (_, channel) => {
          const numbers = own(channel);
          const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)];
          return { least, greatest, mean: mean(numbers), strength: mean(numbers.map(Math.abs)) };
        });
        const order = [...channels.keys()].sort((a, b) => channels[b].strength - channels[a].strength);
        const grey = [0, order[0]].map((channel) => {
          const { least, greatest } = channels[channel];
          return own(channel).map((value) => Math.round(((value - least) / (greatest - least)) * 255));
        });
        return { shape, channels, order, grey };
      });
    },
    [`/${model}`, `/fixture/${photo}`],
  );
}

/** The brightness of a canvas, pixel by pixel. @param {Page} page @param {string} selector */
function greyOf(page, selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
      const data = context?.getImageData(0, 0, width, height).data ?? [];
      return [...data].filter((_, place) => place % 4 === 0);
    });
}

/** @param {number[]} shown @param {number[]} expected @param {string} what */
function assertGrey(shown, expected, what) {
  assert.equal(shown.length, expected.length, what);
  // Of a number half-way between two shades the two ways of computing it may make either.
  const most = shown.reduce((most, value, place) => Math.max(most, Math.abs(value - expected[place])), 0);
  assert.ok(most <= 1, `${what}: ${most}`);
  assert.ok(new Set(shown).size > 2, `${what} is a picture`);
}

const two = (/** @type {number} */ value) => new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(value);

/** @param {Page} page @param {string} name */
const saved = (page, name) => savedBy(page, () => page.locator('.inside-foot').getByRole('button', { name }).click());

/** @param {Page} page */
const tileNames = (page) => page.locator(tiles).allInnerTexts();

/** The words below a line of the result. @param {Page} page @param {number} place */
const resultWords = async (page, place) =>
  (await page.locator(`${card} .stage-result p:not(.quiet)`).nth(place).innerText()).split(' ');

/** The words of the skier's caption. @param {Page} page @param {MutedChannel[]} muted @returns {Promise<string[]>} */
function captionWithout(page, muted) {
  return page.evaluate(
    async ([model, muted]) => {
      const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
      const captioner = await Captioner.load({ model, device: 'cpu' });
      const photo = new URL('/fixture/skier.jpg', location.href);
      const { words } = await captioner.caption(photo, { muted, anyPhoto: true });
      captioner.dispose();
      return words.map((/** @type {{ text: string }} */ { text }) => text);
    },
    /** @type {const} */ ([`/${REAL}`, muted]),
  );
}

test('the input is shown as the network gets it, channel by channel', async () => {
  const page = await openInside(fixture, { tab: 'input' });
  const [{ shape, channels, grey }] = await measured(page, SMALL, 'scene.jpg');
  assert.deepEqual(shape, [3, 224, 224]);
  const lines = await page.locator(`${card} figcaption .quiet`).allInnerTexts();
  assert.deepEqual(
    lines,
    channels.map(({ least, mean, greatest }) => `least ${two(least)}, mean ${two(mean)}, greatest ${two(greatest)}`),
  );
  // The photo and its square stand before.
  assertGrey(await greyOf(page, `${card} .input-pictures:last-child canvas`), grey[0], 'red');
});

test('an input of one channel is one picture', async () => {
  const page = await openInside(fixture, { model: 'fixture/lenet5/', tab: 'input' });
  assert.deepEqual(await page.locator(`${card} figcaption span:first-child`).allInnerTexts(), [
    'The photo',
    'The only channel',
  ]);
});

test('the wall has all channels by pages, strongest first, and the keyboard moves on it', async () => {
  const page = await openInside(fixture, { tab: 'grid' });
  const grid = (await measured(page, SMALL, 'scene.jpg')).at(-1);
  assert.ok(grid);
  const { shape, order, grey, channels } = grid;
  const names = order.map(String);
  assert.deepEqual(await tileNames(page), names.slice(0, TILES));
  assert.match(
    await page.locator(`${card} h3 + .quiet`).innerText(),
    new RegExp(`^${shape[0]} .* ${shape[1]}×${shape[2]} `),
  );
  await page.waitForFunction(
    ([selector, width]) => [...document.querySelectorAll(selector)].every((canvas) => canvas.width === width),
    /** @type {[any, number]} */ ([`${tiles} canvas`, shape[2]]),
  );
  assertGrey(await greyOf(page, `${tiles} canvas`), grey[1], 'the first tile');
  assertGrey(await greyOf(page, `${card} .stage-alone canvas`), grey[1], 'the enlarged channel');
  const figures = page.locator(`${card} .stage-head + .quiet`);
  /** @param {number} place */
  const assertChosen = async (place) => {
    const { least, greatest, strength } = channels[order[place]];
    const focus = await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).innerText);
    assert.equal(focus, names[place]);
    assert.deepEqual(await page.locator(`${tiles}[aria-pressed=true]`).allInnerTexts(), [names[place]]);
    assert.deepEqual(await page.locator(`${tiles}[tabindex="0"]`).allInnerTexts(), [names[place]]);
    assert.equal(await page.locator(`${card} .stage-head h4`).innerText(), `Channel ${names[place]}`);
    assert.equal(
      (await figures.innerText()).replace(/ \(.*/, ''),
      `Least number ${two(least)}, greatest ${two(greatest)}, strength ${two(strength)}`,
    );
  };
  await page.locator(tiles).first().click();
  await assertChosen(0);
  // Eight tiles stand in a row.
  const ways = /** @type {const} */ ([
    ['ArrowRight', 1],
    ['ArrowDown', 9],
    ['ArrowLeft', 8],
    ['ArrowUp', 0],
    ['ArrowUp', 0],
    ['End', 47],
    ['ArrowRight', 47],
    ['Home', 0],
  ]);
  for (const [key, place] of ways) {
    await page.keyboard.press(key);
    await assertChosen(place);
  }
  const last = Math.ceil(names.length / TILES);
  /** @param {number} number */
  const assertPage = async (number) => {
    assert.equal(
      await page.locator(`${card} [role=status]`, { hasText: 'Page' }).innerText(),
      `Page ${number} of ${last}`,
    );
    assert.deepEqual(await tileNames(page), names.slice((number - 1) * TILES, number * TILES));
  };
  await assertPage(1);
  const [one, all] = await [await saved(page, 'Save this picture'), await saved(page, 'Save all pictures (ZIP)')];
  assert.equal(one.name, 'scene-grid-channels-page-1.png');
  // Eight columns of tiles, six rows of tiles and numbers, and what is between and around them.
  assert.deepEqual(
    [16, 20].map((place) => one.content.readUInt32BE(place)),
    [8 * 236 + 12, 6 * 268 + 12],
  );
  for (const name of ['channels-page-1', `channel-${names[0]}`, `channel-${names[0]}-over-photo`]) {
    assert.ok(all.content.includes(`grid-${name}.png`), name);
  }
  await press(page, 'Next');
  await assertPage(2);
  await press(page, 'Previous');
  await press(page, 'Previous');
  await assertPage(last);
});

test('a channel answers to photos in the order of its greatest numbers', async () => {
  const page = await openInside(fixture, { model: REAL, tab: 'stage7', photo: 'skier.jpg' });
  const shown = page.locator(`${card} .stage-photos li`);
  await page.locator(`${card} .stage-answers p`, { hasText: 'Add more photos' }).waitFor();
  assert.equal(await shown.count(), 1);
  await page.click('.inside-close');
  await choose(page, 'grey.jpg', 'scene.jpg', 'truncated.jpg');
  await onStage(page, 'skier.jpg');
  await chooseInMenu(page, '.look-inside');
  await openTab(page, 'stage7');
  await page.locator(`${card} .stage-answers p`, { hasText: /^Could not be looked at: truncated\.jpg\.$/ }).waitFor();
  /** @type {Map<string, number[]>} */
  const answers = new Map();
  for (const name of ['skier.jpg', 'grey.jpg', 'scene.jpg']) {
    const channels = (await measured(page, REAL, name))[8].channels;
    answers.set(
      name,
      channels.map(({ greatest }) => greatest),
    );
  }
  const firsts = new Set();
  for (const place of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const tile = page.locator(tiles).nth(place);
    await tile.click();
    const channel = Number(await tile.innerText());
    const best = [...answers].sort(([, a], [, b]) => b[channel] - a[channel]);
    firsts.add(best[0][0]);
    assert.deepEqual(
      await shown.evaluateAll((items) =>
        items.map((item) => [...item.children].slice(1).map((part) => part.textContent)),
      ),
      best.map(([name, greatest]) => [name, two(greatest[channel]), ...(name === 'skier.jpg' ? ['this photo'] : [])]),
    );
  }
  assert.ok(firsts.size > 1, 'channels differ in what they answer to');
});

test('the caption is written again without muted channels, which all stages share', async () => {
  const page = await openInside(fixture, { model: REAL, tab: 'stage4', photo: 'skier.jpg' });
  const before = await captionWithout(page, []);
  await press(page, 'Mute all of this stage');
  assert.equal(await page.locator(`${tiles}:not(.muted)`).count(), 0);
  await page.locator(tiles).nth(2).click();
  await press(page, 'Mute');
  const spared = Number(await page.locator(tiles).nth(2).innerText());
  assert.equal(await page.locator(tiles).nth(2).getAttribute('aria-label'), `Channel ${spared}`);
  assert.equal(
    await page.locator(tiles).nth(3).getAttribute('aria-label'),
    `Channel ${await page.locator(tiles).nth(3).innerText()}, muted`,
  );
  const chip = page.locator(`${card} .stage-list button`);
  assert.deepEqual(await chip.allInnerTexts(), ['Stage 4: 87 channels ×']);
  await press(page, 'Write again');
  await page.waitForSelector(`${card} .stage-result p:not(.quiet)`);
  const muted = Array.from({ length: 88 }, (_, channel) => ({ stage: 4, channel }));
  const expected = await captionWithout(
    page,
    muted.filter(({ channel }) => channel !== spared),
  );
  assert.notDeepEqual(expected, before);
  assert.deepEqual([await resultWords(page, 0), await resultWords(page, 1)], [before, expected]);
  const [gone, come] = differences(before, expected);
  assert.deepEqual(await page.locator(`${card} mark`).allInnerTexts(), [
    ...[...gone].map((place) => before[place]),
    ...[...come].map((place) => expected[place]),
  ]);
  await openTab(page, 'stage5');
  await page.locator(`${card} .stage-head button`).click();
  const one = await page.locator(tiles).first().innerText();
  assert.deepEqual(await chip.allInnerTexts(), ['Stage 4: 87 channels ×', `Stage 5: ${one} ×`]);
  await chip.nth(1).click();
  assert.equal(await page.locator(`${card} .stage-head button`).getAttribute('aria-pressed'), 'false');
  assert.ok(await chip.first().evaluate((chip) => chip === document.activeElement), 'the focus is kept');
  await press(page, 'Mute this page');
  assert.deepEqual(await chip.allInnerTexts(), ['Stage 4: 87 channels ×', `Stage 5: ${TILES} channels ×`]);
  await press(page, 'Unmute all');
  await page.locator(`${card} .stage-list`, { hasText: 'None is muted.' }).waitFor();
  await press(page, 'Write again');
  await page.locator(`${card} .stage-result`, { hasText: 'It stays the same.' }).waitFor();
  assert.equal(await page.locator(`${card} mark`).count(), 0);
});

test('writing again can be stopped, and tried again where it fails', async () => {
  // The first caption without muted channels fails, and each word of the others takes a while.
  fixture.prependToWorker(`
    let count = 0;
    addEventListener('message', (event) => {
      const { type, job, muted } = event.data;
      if (type !== 'caption' || !muted) return;
      count += 1;
      if (count > 1) return;
      event.stopImmediatePropagation();
      postMessage({ type: 'failed', job, code: 'internal', message: 'It broke.' });
    });
    const send = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (...message) { setTimeout(() => send.apply(this, message), count && 100); };`);
  const page = await openInside(fixture, { tab: 'stage1' });
  await press(page, 'Mute all of this stage');
  await press(page, 'Write again');
  await page.locator(`${card} .error`, { hasText: 'That could not be computed.' }).waitFor();
  await press(page, 'Try again');
  await page.locator(`${card} .stage-muted`, { hasText: 'Computing…' }).waitFor();
  await press(page, 'Stop');
  const write = page.locator(card).getByRole('button', { name: 'Write again' });
  assert.ok(await write.evaluate((button) => button === document.activeElement), 'the focus is kept');
  assert.equal(await page.locator(`${card} .stage-muted`, { hasText: 'Computing…' }).count(), 0);
  await write.click();
  await page.waitForSelector(`${card} .stage-result p:not(.quiet)`);
  assert.equal(await page.locator(`${card} .error`).count(), 0);
  // Whatever was being written when the tab was left is not shown on it.
  await press(page, 'Write again');
  await page.click('#inside-tab-input');
  await page.click('#inside-tab-stage1');
  assert.equal(await page.locator(`${card} .stage-result`).innerText(), '');
});

test('nobody is shut out of the cards', async () => {
  for (const tag of ['en', 'ar', 'my']) {
    const page = await openInside(fixture, { tab: 'stage1', query: `&lang=${tag}` });
    await page.locator(`${card} .stage-head button`).click();
    await assertAccessible(page, card, `stage1, ${tag}`);
    await openTab(page, 'input');
    await assertAccessible(page, card, `input, ${tag}`);
    await page.setViewportSize({ width: 320, height: 700 });
    const [inner, outer] = await page
      .locator(card)
      .evaluate(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth]);
    assert.ok(inner <= outer, `${tag} fits a narrow screen`);
    await page.close();
  }
});

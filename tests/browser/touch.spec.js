// The page under a finger: every control is large enough, parts of a photo can be asked about, and a swipe leads on.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, photoNamed } from './page-actions.js';
import { Finger, middleOf, TELEPHONE } from './touch-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ browser: TELEPHONE });
const { models } = fixture;

/** Least sides of what a finger is to meet. */
const LEAST = 44;

test('a finger meets every control', async () => {
  const page = await fixture.openSightline();
  const finger = await Finger.on(page);
  const assertLarge = async (/** @type {string} */ what, { atLeast = 1 } = {}) => {
    const { small, count } = await page.evaluate((least) => {
      const controls = [...document.querySelectorAll('button, a, input, select, textarea, summary')].filter((control) =>
        control.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      );
      const small = controls.flatMap((control) => {
        const { width, height } = control.getBoundingClientRect();
        const size = `${width.toFixed(1)} x ${height.toFixed(1)}`;
        return width >= least && height >= least ? [] : `${size}: ${control.outerHTML.slice(0, 100)}`;
      });
      return { small, count: controls.length };
    }, LEAST);
    assert.deepEqual(small, [], what);
    assert.ok(count >= atLeast, `${what}: ${count} controls`);
  };
  await assertLarge('the first visit', { atLeast: 12 });
  await finger.tap('.link');
  await assertLarge('a link');
  await finger.tap('#link .close');
  await finger.tap('#open-settings');
  // It lists the models when it is opened for the first time.
  await page.waitForSelector('#automatic:not(:empty)');
  await assertLarge('the settings', { atLeast: 6 });
  await page.selectOption('#method', 'sample');
  await assertLarge('other settings');
  await page.selectOption('#method', 'beam');
  await finger.tap('#settings .close');

  await choose(page, 'scene.jpg', 'grey.jpg', 'text.jpg');
  await assertLarge('the list', { atLeast: 6 });
  await finger.tap('#save-menu > button');
  await assertLarge('the menu that saves', { atLeast: 9 });
  await finger.tap('#add-menu > button');
  await assertLarge('the menu that adds', { atLeast: 9 });
  await finger.tap('#add-menu > button');
  await finger.tap('.card[data-name="text.jpg"] .open');
  await assertLarge('a photo that failed');
  await finger.tap('#back');
  await finger.tap('.card[data-name="scene.jpg"] .open');
  await assertLarge('a caption', { atLeast: 8 });
  await finger.tap('#stage .word');
  await page.waitForSelector('#stage .word[aria-pressed=true]');
  await page.waitForSelector('#stage button.row');
  await assertLarge('a word', { atLeast: 11 });
  await finger.tap('#stage .more > button');
  await assertLarge('what can be done', { atLeast: 14 });
  await finger.tap('#stage .other-sentences');
  await assertLarge('other sentences');
  await finger.tap('#sentences .close');
  await finger.tap('#stage .ask');
  await assertLarge('a question', { atLeast: 10 });
  await finger.tap('.cancel-part');
  await finger.tap('#stage .more > button');
  await finger.tap('#stage .show-large');
  await assertLarge('shown large');
  await finger.tap('.end-large');
  await finger.tap('#stage .more > button');
  await finger.tap('#stage .remove');
  await assertLarge('what can be had back');
  assert.ok(await page.isVisible('#undo button'));
});

test('a finger moves and resizes the box over a part, and asks; the caption stays', async () => {
  const page = await fixture.openSightline();
  const finger = await Finger.on(page);
  await choose(page, 'scene.jpg');
  const work = await recordWork(page);
  const before = await page.locator('#stage .words').innerText();
  const { grid } = captionByCommand(models.additive.path, join(photos, 'scene.jpg'));
  const frame = await page.locator('#stage .photo').boundingBox();
  assert.ok(frame);
  const cell = { x: frame.width / grid.cols, y: frame.height / grid.rows };
  const box = page.locator('#stage .region');
  const part = () =>
    box.evaluate((box) => /Rows (\d+) to (\d+), columns (\d+) to (\d+)/.exec(box.ariaDescription ?? '')?.slice(1));
  const is = async (/** @type {number} */ top, /** @type {number} */ bottom, /** @type {number[]} */ ...columns) =>
    assert.deepEqual(await part(), [top, bottom, ...columns].map(String));

  await finger.tap('#stage .ask');
  const [top, bottom, left, right] = ((await part()) ?? []).map(Number);
  assert.ok(top > 1 && bottom < grid.rows && left > 1 && right < grid.cols && bottom > top && right > left);
  const scrolled = await page.evaluate(() => scrollY);
  // A corner, outwards and down: a direction in which the page would scroll otherwise.
  await finger.drag(await middleOf(page.locator('[data-corner="bottom right"]')), cell);
  await is(top, bottom + 1, left, right + 1);
  await finger.drag(await middleOf(page.locator('[data-corner="top left"]')), cell);
  await is(top + 1, bottom + 1, left + 1, right + 1);
  // The box itself, the other way.
  await finger.drag(await middleOf(box), { x: -2 * cell.x, y: -2 * cell.y });
  await is(top - 1, bottom - 1, left - 1, right - 1);
  // Never over the edge, nor inside out.
  await finger.drag(await middleOf(page.locator('[data-corner="top left"]')), { x: -frame.width, y: -frame.height });
  const [first, , start] = ((await part()) ?? []).map(Number);
  assert.ok(first >= 1 && start >= 1);
  assert.equal(await page.evaluate(() => scrollY), scrolled);

  const [from, to, begin, end] = ((await part()) ?? []).map(Number);
  await finger.tap('.ask-part');
  const cells = [];
  for (let row = from; row <= to; row += 1) {
    for (let column = begin; column <= end; column += 1) cells.push((row - 1) * grid.cols + column - 1);
  }
  const answer = captionByCommand(models.additive.path, join(photos, 'scene.jpg'), '--cells', cells.join(','));
  await page.waitForFunction((text) => document.querySelector('.part-answer')?.textContent === text, answer.hedged);
  assert.equal(await page.locator('#stage .words').innerText(), before);
  await finger.tap('.forget-part');
  assert.equal(await page.locator('#stage .words').innerText(), before);
  assert.ok(await box.isHidden());
  assert.deepEqual(await work(), []);
});

test('a swipe leads to the next photo and back, and nothing that a hand does by mistake loses a caption', async () => {
  const page = await fixture.openSightline();
  const finger = await Finger.on(page);
  const names = ['1.jpg', '2.jpg', '3.jpg'];
  await choose(
    page,
    photoNamed('1.jpg', 'scene.jpg'),
    photoNamed('2.jpg', 'grey.jpg'),
    photoNamed('3.jpg', 'scene.jpg'),
  );
  const work = await recordWork(page);
  const captions = await page.locator('.card .line').allTextContents();
  await finger.tap('.card[data-name="1.jpg"] .open');
  const shown = async (/** @type {number} */ index) => {
    await page.waitForFunction((name) => document.querySelector('#stage')?.ariaLabel === name, names[index]);
    await page.waitForFunction(
      (text) =>
        /** @type {HTMLElement} */ (document.querySelector('#stage .photo img'))?.getAttribute('alt')?.endsWith(text),
      captions[index].slice(1),
    );
    await page.waitForSelector('#stage .photo:not(.hollow)');
  };
  await shown(0);
  const photo = page.locator('#stage .photo');
  const swipe = async (/** @type {number} */ x, y = 0) => finger.drag(await middleOf(photo), { x, y });
  await swipe(-120, 10);
  await shown(1);
  await swipe(-120);
  await shown(2);
  // There is none after the last.
  await swipe(-120);
  await shown(2);
  await swipe(120);
  await shown(1);
  await swipe(120);
  await shown(0);
  // Too short, and along the way in which a page scrolls.
  await swipe(-30);
  await shown(0);
  await swipe(-60, -200);
  await shown(0);
  await page.evaluate(() => scrollTo(0, 0));
  // A mouse that slips.
  const { x, y } = await middleOf(photo);
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 16, y, { steps: 4 });
  await page.mouse.up();
  assert.ok(await page.isHidden('.region'));
  // Drawn on purpose, it makes a box, which asks nothing by itself.
  await page.mouse.down();
  await page.mouse.move(x + 100, y + 60, { steps: 4 });
  await page.mouse.up();
  assert.ok(await page.isVisible('.region'));
  await finger.tap('.cancel-part');
  await shown(0);
  assert.deepEqual(await work(), []);
  assert.deepEqual(await page.locator('.card .line').allTextContents(), captions);

  // Where the page is read from right to left, so are its photos.
  await setLanguage(page, 'ar');
  await swipe(120);
  await shown(1);
  await setLanguage(page, 'en');
});

test('from the photo, the way back leads to the list', async () => {
  const page = await fixture.openSightline();
  const finger = await Finger.on(page);
  await choose(page, photoNamed('1.jpg', 'scene.jpg'), photoNamed('2.jpg', 'grey.jpg'));
  const isList = async () => {
    await page.waitForSelector('html[data-view=list]');
    assert.ok(await page.isHidden('#stage'));
    assert.ok(await page.isVisible('.card'));
  };
  const isStage = async () => {
    assert.ok(await page.isVisible('#stage'));
    assert.ok(await page.isHidden('.card'));
  };
  await isList();
  await finger.tap('.card[data-name="2.jpg"] .open');
  await isStage();
  assert.equal(await page.textContent('#place'), '2 of 2');
  await page.goBack();
  await isList();
  await page.goForward();
  await isStage();
  await finger.tap('#back');
  await isList();
  assert.equal(await page.getAttribute('.open[aria-current=true]', 'title'), '2.jpg');
  // One photo by itself is shown at once, and going back leaves the page where it is.
  await choose(page, photoNamed('3.jpg', 'scene.jpg'));
  await isStage();
  await page.goBack();
  await isList();
  assert.equal(await page.locator('.card').count(), 3);
});

test('a telephone is told to choose and to tap, not to drop and to point', async () => {
  const page = await fixture.openSightline();
  const seen = (/** @type {RegExp} */ pattern) => page.getByText(pattern).filter({ visible: true }).count();
  assert.equal(await seen(/drop|paste|folder|point at/i), 0);
  assert.equal(await page.locator('#phone-intake .choose').textContent(), 'Choose a photo');
  assert.ok(await page.isVisible('#phone-intake .choose'));
  assert.equal(await page.getAttribute('#camera-files', 'capture'), 'environment');
  // Its own camera, not that of a dialog.
  const chooser = page.waitForEvent('filechooser');
  await (await Finger.on(page)).tap('#phone-intake .take');
  assert.equal(await (await chooser).element().getAttribute('id'), 'camera-files');
  await choose(page, 'scene.jpg');
  assert.equal(await seen(/^Tap a word/), 1);
  assert.equal(await seen(/drop|paste|point at/i), 0);
});

/** @param {Page} page @param {string} tag */
async function setLanguage(page, tag) {
  // The field is in the settings.
  await page.locator('#language').evaluate((/** @type {HTMLSelectElement} */ select, tag) => {
    select.value = tag;
    select.dispatchEvent(new Event('change'));
  }, tag);
  await page.waitForSelector(`html[lang=${tag}]`);
}

/** Which photos are captioned from now on, which none should be. @param {Page} page */
async function recordWork(page) {
  await page.evaluate(() => {
    /** @type {string[]} */
    const work = [];
    Object.assign(globalThis, { work });
    const cards = /** @type {Element} */ (document.querySelector('#cards'));
    new MutationObserver((records) => {
      for (const { target } of records) {
        const { name, state } = /** @type {HTMLElement} */ (target).dataset;
        if (state !== 'done') work.push(`${name}: ${state}`);
      }
    }).observe(cards, { subtree: true, attributeFilter: ['data-state'] });
  });
  return () => page.evaluate('work');
}

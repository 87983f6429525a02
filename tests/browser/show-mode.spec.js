// The stage on the whole screen, for a projector.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, onStage } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();

/** From one word to the next while they are played, in milliseconds. */
const PLAY_INTERVAL = 1100;

/** @param {{ hasClock?: boolean }} [options] */
async function openWithPhotos({ hasClock = false } = {}) {
  const page = await fixture.openSightline({
    prepare: async (page) => {
      await page.setViewportSize({ width: 1280, height: 720 });
      if (hasClock) await page.clock.install();
    },
  });
  await choose(page, 'scene.jpg', 'grey.jpg');
  await onStage(page, 'scene.jpg');
  return page;
}

/** @param {Page} page */
function isLarge(page) {
  return page.locator('#stage').evaluate((stage) => stage.classList.contains('large'));
}

/** The chosen word's place, or -1. @param {Page} page */
function chosen(page) {
  return page.locator('#stage .word').evaluateAll((words) => words.findIndex((word) => word.ariaPressed === 'true'));
}

/** @param {Page} page */
function photoOn(page) {
  return page.getAttribute('#stage', 'aria-label');
}

test('F and the menu show the stage large, and Escape ends it', async () => {
  const page = await openWithPhotos();
  for (const begin of [() => page.keyboard.press('f'), () => chooseInMenu(page, '.show-large')]) {
    assert.equal(await isLarge(page), false);
    await begin();
    assert.equal(await isLarge(page), true);
    const size = await page
      .locator('#stage .word')
      .first()
      .evaluate((word) => parseFloat(getComputedStyle(word).fontSize));
    assert.ok(size >= 56, `${size}`);
    const panel = await page.locator('.word-panel').evaluate((panel) => parseFloat(getComputedStyle(panel).fontSize));
    assert.ok(panel >= 24, `${panel}`);
    // It has all of the window, and nothing of the page is over it.
    const box = await page.locator('#stage').boundingBox();
    const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    assert.deepEqual(box, { x: 0, y: 0, width, height });
    assert.ok(await page.locator('#stage').evaluate((stage) => stage.contains(document.elementFromPoint(20, 20))));
    await page.keyboard.press('Escape');
    await page.waitForSelector('#stage:not(.large)');
  }
  await page.keyboard.press('f');
  await page.click('.end-large');
  assert.equal(await isLarge(page), false);
});

test('arrow keys lead from word to word, and from photo to photo', async () => {
  const page = await openWithPhotos();
  const count = await page.locator('#stage .word').count();
  await page.keyboard.press('F');
  assert.equal(await chosen(page), -1);
  await page.keyboard.press('ArrowRight');
  assert.equal(await chosen(page), 0);
  await page.keyboard.press('ArrowRight');
  assert.equal(await chosen(page), 1);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  assert.equal(await chosen(page), 0);
  for (let i = 0; i < count + 1; i += 1) await page.keyboard.press('ArrowRight');
  assert.equal(await chosen(page), count - 1);
  await page.keyboard.press('ArrowDown');
  assert.equal(await photoOn(page), 'grey.jpg');
  await page.keyboard.press('ArrowDown');
  assert.equal(await photoOn(page), 'grey.jpg');
  await page.keyboard.press('ArrowUp');
  assert.equal(await photoOn(page), 'scene.jpg');
  assert.equal(await isLarge(page), true);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#stage:not(.large)');
  // Elsewhere the keys are those of the page.
  await page.keyboard.press('ArrowDown');
  assert.equal(await photoOn(page), 'scene.jpg');
});

test('the space key plays the words, and at the end the whole photo is seen', async () => {
  const page = await openWithPhotos({ hasClock: true });
  const count = await page.locator('#stage .word').count();
  await page.keyboard.press('f');
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.keyboard.press(' ');
  for (let index = 0; index < count; index += 1) {
    assert.equal(await chosen(page), index);
    await page.clock.runFor(PLAY_INTERVAL - 1);
    assert.equal(await chosen(page), index);
    await page.clock.runFor(1);
  }
  assert.equal(await chosen(page), -1);
  assert.equal(await page.getAttribute('#stage .overlay', 'data-word'), '');
  assert.ok(await page.isHidden('#stage .overlay'));
  // Pressed again meanwhile, it stops where it is.
  await page.keyboard.press(' ');
  await page.clock.runFor(PLAY_INTERVAL);
  await page.keyboard.press(' ');
  await page.clock.runFor(10 * PLAY_INTERVAL);
  assert.equal(await chosen(page), 1);
});

test('the keys mean nothing without a photo, and stay letters where something is typed', async () => {
  const page = await fixture.openSightline();
  await page.keyboard.press('f');
  assert.equal(await isLarge(page), false);
  await choose(page, 'scene.jpg');
  await page.click('#add-menu > button');
  await page.click('#add-menu .link');
  await page.fill('#address', '');
  await page.keyboard.type('f');
  assert.equal(await page.inputValue('#address'), 'f');
  assert.equal(await isLarge(page), false);
});

// The page for everybody: by keyboard, with a screen reader, by night, without motion.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { LANGUAGES, openFurnished, PARTS, speak } from './furnished-page.js';
import { choose, namesOn, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({
  browser: { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
});
const model = fixture.models.additive.path;
const scene = join(photos, 'scene.jpg');

/** Asks axe about the page as it is, in every language, by day and by night. @param {Page} page @param {string} what */
async function assertAccessible(page, what) {
  for (const tag of LANGUAGES) {
    await speak(page, tag);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate(() =>
        /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] }),
      );
      assert.ok(passes.length > 15, what);
      const found = violations.map(
        (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(', ')}`,
      );
      assert.deepEqual(found, [], `${what}, ${tag}, ${colorScheme}`);
    }
  }
}

test('nobody is shut out of the first visit', async () => {
  const page = await fixture.openSightline();
  await page.waitForSelector('#example .word');
  await page.evaluate(axe.source);
  await assertAccessible(page, 'the first visit');
  await page.setViewportSize({ width: 390, height: 844 });
  await assertAccessible(page, 'the first visit by phone');
});

test('nobody is shut out of anything that can be opened', async () => {
  const page = await openFurnished(fixture);
  await page.evaluate(axe.source);
  for (const [what, { open, close }] of Object.entries(PARTS)) {
    await open(page);
    await assertAccessible(page, what);
    await close(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await assertAccessible(page, 'the stage by phone');
  await page.click('#back');
  await page.waitForSelector('#rail:visible');
  await assertAccessible(page, 'the list by phone');
  await fixture.endTest(/ERR_EMPTY_RESPONSE/, /404/);
});

/** Goes on by Tab until something is reached. @param {Page} page @param {string} selector */
async function tabTo(page, selector) {
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
  }
  assert.fail(`${selector} is out of reach`);
}

/** What the keyboard is at. @param {Page} page @param {string} selector */
const isAt = (page, selector) =>
  page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector);

test('the keyboard alone leads from a photo to a word, its map, and another word in its place', async () => {
  const page = await fixture.openSightline();
  // Asked for well before it opens: the browser has to be told not to show it.
  const chooser = page.waitForEvent('filechooser');
  await tabTo(page, '#choose');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(scene);
  await untilCards(page, 1);
  assert.ok(await isAt(page, '#stage'), 'where the photo is');
  const stage = page.locator('#stage');
  const { words } = captionByCommand(model, scene);
  await tabTo(page, '#stage .word');
  await page.keyboard.press('ArrowRight');
  assert.equal(await stage.locator('.overlay').getAttribute('data-word'), words[1].text);
  await tabTo(page, '.word-panel button');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.chosen:not([hidden])');
  await untilCards(page, 1);
  const word = words[1].alternatives[0].text;
  await assertCaption(stage, captionByCommand(model, scene, '--prefix', `${words[0].text} ${word}`));
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), word, 'the keyboard is at the new word');
  assert.equal(await stage.locator('.overlay').getAttribute('data-word'), word);
  await page.keyboard.press('Escape');
  assert.equal(await stage.locator('.overlay').getAttribute('data-word'), '', 'it is let go');
});

test('the keyboard alone asks about a part, and opens and leaves menus and the whole screen', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg', 'grey.jpg');
  await tabTo(page, '.card .open[aria-current]');
  await page.keyboard.press('End');
  assert.equal(await page.getAttribute('#stage', 'aria-label'), 'grey.jpg');
  await page.keyboard.press('Home');
  await untilCards(page, 2);
  await tabTo(page, '#stage .ask');
  await page.keyboard.press('Enter');
  assert.ok(await isAt(page, '.region'));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.part-answer[lang="en"]');
  assert.ok(await isAt(page, '#stage .ask'), 'back at the button');
  await tabTo(page, '.forget-part');
  await page.keyboard.press('Enter');
  assert.ok(await page.isHidden('.part'));
  assert.ok(await isAt(page, '#stage'), 'the keyboard stays on the stage');
  await tabTo(page, '.more > button');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  assert.ok(await isAt(page, '.more .items button'));
  await page.keyboard.press('Escape');
  assert.ok(await isAt(page, '.more > button'));
  await page.keyboard.press('f');
  await page.keyboard.press('ArrowRight');
  assert.ok(await isAt(page, '#stage.large .word:first-child'));
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#stage:not(.large)').isVisible());
  await page.keyboard.press('Escape');
  await tabTo(page, '#save-menu > button');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  assert.ok(await isAt(page, '#clear'));
  await page.keyboard.press('Enter');
  assert.deepEqual(await namesOn(page), []);
  assert.ok(await isAt(page, '#choose'), 'where the next photo comes from');
});

test('nothing moves for those who want no motion', async () => {
  fixture.delayWords(30);
  const page = await fixture.openSightline({
    prepare: (page) => page.emulateMedia({ reducedMotion: 'no-preference' }),
  });
  const chosen = (/** @type {Page} */ page) => page.locator('#example .word[aria-pressed="true"]').textContent();
  const first = await chosen(page);
  await page.waitForFunction(
    (first) => document.querySelector('#example .word[aria-pressed="true"]')?.textContent !== first,
    first,
  );
  await page.setInputFiles('#files', scene);
  await page.waitForSelector('#stage.working .waiting-text:not(:empty)');
  const moving = () =>
    page.evaluate(() =>
      document.getAnimations().map((animation) => /** @type {CSSAnimation} */ (animation).animationName),
    );
  assert.ok((await moving()).includes('breathe'));
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.deepEqual(await moving(), []);
  assert.ok(await page.isVisible('#stage.working'), 'it was still at work');
  const still = await fixture.openSightline({ prepare: (page) => page.clock.install() });
  await still.waitForSelector('#example .word[aria-pressed="true"]');
  const pinned = await chosen(still);
  await still.clock.runFor(20_000);
  assert.equal(await chosen(still), pinned, 'one word stays chosen');
  await still.setInputFiles('#files', scene);
  await still.waitForSelector('#stage.working .word');
  assert.ok(await still.isHidden('#stage .overlay'), 'no map runs after the words');
});

// Photos that are removed, and had back.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, namesOn, onStage, outcomesOf, rowOf, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
const { additive } = fixture.models;
const NAMES = ['scene.jpg', 'grey.jpg', 'lossy.webp', 'alpha.png'];

/** @param {Page} page @param {string} name */
async function assertHasKeyboard(page, name) {
  const focused = await page.evaluate(() => document.activeElement?.closest('.card')?.getAttribute('data-name'));
  assert.equal(focused, name, 'the keyboard’s place');
  assert.equal(await page.getAttribute('#stage', 'aria-label'), name, 'the photo on the stage');
}

/** @param {Page} page */
async function removeAll(page) {
  await page.click('#save-menu > button');
  await page.press('#clear', 'Enter');
}

test('photos are removed, one or all of them, and the keyboard’s place is kept', async () => {
  const page = await fixture.openSightline();
  const [scene, grey, lossy, alpha] = NAMES;
  await choose(page, ...NAMES);
  await rowOf(page, grey).locator('.open').click();
  await page.keyboard.press('Delete');
  assert.deepEqual(await namesOn(page), [scene, lossy, alpha]);
  await assertHasKeyboard(page, lossy);
  await onStage(page, alpha);
  await chooseInMenu(page, '.remove');
  assert.deepEqual(await namesOn(page), [scene, lossy]);
  await assertHasKeyboard(page, lossy);
  await removeAll(page);
  assert.deepEqual(await namesOn(page), []);
  assert.ok(await page.isVisible('#first'));
  assert.ok(await page.isHidden('#save-menu'));
  assert.ok(await page.evaluate(() => document.activeElement?.id === 'choose'));
});

test('what was removed can be had back for six seconds, at its place and with its caption', async () => {
  const page = await fixture.openSightline();
  await choose(page, ...NAMES);
  const before = await outcomesOf(page);
  const undo = page.locator('#undo');
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  await onStage(page, NAMES[1]);
  await chooseInMenu(page, '.remove');
  assert.match(await undo.innerText(), /^Photos removed: 1\s+Undo$/);
  await page.clock.runFor(5999);
  await undo.locator('button').click();
  assert.deepEqual(await namesOn(page), NAMES);
  assert.equal(await page.getAttribute('#stage', 'aria-label'), NAMES[1]);
  assert.ok(await undo.isHidden());

  await onStage(page, NAMES[2]);
  await removeAll(page);
  assert.match(await undo.innerText(), /^Photos removed: 4\s+Undo$/);
  await undo.locator('button').click();
  assert.deepEqual(await namesOn(page), NAMES);
  const stage = await onStage(page, NAMES[2]);
  await assertCaption(stage, captionByCommand(additive.path, join(photos, NAMES[2])));
  assert.deepEqual(await outcomesOf(page), before, 'nothing is captioned again');

  for (const name of [NAMES[0], NAMES[3]]) {
    await onStage(page, name);
    await chooseInMenu(page, '.remove');
  }
  await undo.locator('button').click();
  assert.deepEqual(await namesOn(page), NAMES.slice(1), 'only what was removed last');

  await onStage(page, NAMES[1]);
  await chooseInMenu(page, '.remove');
  await page.clock.runFor(6000);
  assert.ok(await undo.isHidden());
  assert.deepEqual(await namesOn(page), NAMES.slice(2));
});

test('a photo that is removed before its turn is not captioned, and the others are', async () => {
  fixture.delayWords(20);
  const page = await fixture.openSightline();
  const [scene, grey, lossy] = NAMES;
  await page.setInputFiles(
    '#files',
    [scene, grey, lossy].map((name) => join(photos, name)),
  );
  await rowOf(page, grey).locator('.open').click();
  await page.keyboard.press('Delete');
  await untilCards(page, 2);
  assert.deepEqual(
    (await outcomesOf(page)).map(({ photo }) => photo),
    [scene, lossy],
  );
  for (const name of [scene, lossy]) {
    await assertCaption(await onStage(page, name), captionByCommand(additive.path, join(photos, name)), name);
  }
});

test('a photo that is had back before its turn gets its caption', async () => {
  fixture.delayWords(20);
  const page = await fixture.openSightline();
  await page.setInputFiles(
    '#files',
    NAMES.slice(0, 2).map((name) => join(photos, name)),
  );
  await page.waitForSelector('#stage.working .word');
  await removeAll(page);
  await page.click('#undo button');
  await untilCards(page, 2);
  for (const name of NAMES.slice(0, 2)) {
    await assertCaption(await onStage(page, name), captionByCommand(additive.path, join(photos, name)), name);
  }
});

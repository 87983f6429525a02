// What moves by itself: the words of the example, and those of a caption that is being written; and that nothing does
// where the reader wants stillness.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { isFlat } from '../../www/view/spotlight.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';

/** @import { Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

const fixture = Fixture.forSpec();
const { models } = fixture;

/** @type {Caption} */
const example = JSON.parse(readFileSync(join(root, 'www/page/example/example.json'), 'utf8'));
const exampleWords = example.words.map(({ text }) => text);
const scene = join(photos, 'scene.jpg');

/** The page before its model is there, and with a clock that stands still. @param {'reduce' | 'no-preference'} reducedMotion */
async function openEmpty(reducedMotion) {
  // Never answered.
  fixture.intercept = (request) => Boolean(request.url?.startsWith('/fixture/additive/'));
  const { page } = await fixture.openPage('?model=fixture/additive/', {
    prepare: (page) => prepare(page, reducedMotion),
  });
  await page.waitForSelector('#example .word');
  await page.waitForFunction(() => document.querySelector('#status')?.ariaBusy === 'true');
  assert.equal(await page.locator('html[data-device]').count(), 0);
  return page;
}

/** @param {Page} page @param {'reduce' | 'no-preference'} reducedMotion */
async function prepare(page, reducedMotion) {
  await page.emulateMedia({ reducedMotion });
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
}

/** The word of the map that is shown, and those that are chosen. @param {Page} page @param {string} place */
async function shownIn(page, place) {
  const chosen = page.locator(`${place} .word[aria-pressed=true]`);
  return {
    word: await page.getAttribute(`${place} .overlay`, 'data-word'),
    chosen: await chosen.evaluateAll((words) => words.map((word) => /** @type {HTMLElement} */ (word).dataset.word)),
  };
}

test('a finished example is there before the model is, and its words walk until somebody points at one', async () => {
  const page = await openEmpty('no-preference');
  const words = page.locator('#example .word');
  assert.deepEqual(
    await words.evaluateAll((words) => words.map((word) => /** @type {HTMLElement} */ (word).dataset.word)),
    exampleWords,
  );
  assert.equal((await page.locator('#example .words').innerText()).replaceAll(/\s+/g, ' ').trim(), example.text);
  assert.deepEqual(await shownIn(page, '#example'), { word: '', chosen: [] });
  for (const [index, word] of example.words.slice(0, 4).entries()) {
    await page.clock.runFor(900);
    assert.deepEqual(await shownIn(page, '#example'), { word: word.text, chosen: [word.text] }, `${index}`);
    // Where the model looked at nothing in particular, nothing is said to have been looked at.
    assert.equal(await page.locator('#example .tag').isVisible(), !isFlat(word), word.text);
  }
  await words.last().hover();
  await page.clock.runFor(20_000);
  assert.equal((await shownIn(page, '#example')).word, exampleWords.at(-1));
  await words.nth(2).click();
  await page.clock.runFor(20_000);
  assert.deepEqual(await shownIn(page, '#example'), { word: exampleWords[2], chosen: [exampleWords[2]] });
});

test('the words of the example stop by themselves after two rounds', async () => {
  const page = await openEmpty('no-preference');
  await page.clock.runFor(900 * 2 * exampleWords.length);
  assert.equal((await shownIn(page, '#example')).word, exampleWords.at(-1));
  await page.clock.runFor(900);
  const { word } = await shownIn(page, '#example');
  await page.clock.runFor(20_000);
  assert.deepEqual(await shownIn(page, '#example'), { word, chosen: [word] });
});

test('where the reader wants stillness, one word of the example is chosen and stays so', async () => {
  const page = await openEmpty('reduce');
  const before = await shownIn(page, '#example');
  assert.equal(before.chosen.length, 1);
  assert.equal(before.word, before.chosen[0]);
  assert.ok(await page.isVisible('#example .overlay'));
  await page.clock.runFor(20_000);
  assert.deepEqual(await shownIn(page, '#example'), before);
});

for (const reducedMotion of /** @type {const} */ (['no-preference', 'reduce'])) {
  test(`words are written ${reducedMotion === 'reduce' ? 'at once' : 'one by one, and the map goes with them'}`, async () => {
    const page = await fixture.openSightline({ prepare: (page) => prepare(page, reducedMotion) });
    await page.evaluate(() => {
      /** @type {HTMLInputElement} */ (document.querySelector('#max-words')).value = '6';
    });
    const caption = captionByCommand(models.additive.path, scene, '--max-words', '6');
    const texts = caption.words.map((/** @type {{ text: string }} */ { text }) => text);
    const written = () =>
      page
        .locator('#stage .word')
        .evaluateAll((words) => words.map((word) => /** @type {HTMLElement} */ (word).dataset.word));
    await page.setInputFiles('#files', [scene, join(photos, 'grey.jpg')]);
    // The captioner does not wait for the eye.
    await page.waitForFunction(() => document.querySelectorAll('.card[data-state=done]').length === 2);
    if (reducedMotion === 'no-preference') {
      for (const length of texts.keys()) {
        const soFar = texts.slice(0, length + 1);
        assert.deepEqual(await written(), soFar);
        assert.deepEqual(await shownIn(page, '#stage'), { word: soFar.at(-1), chosen: [] });
        assert.equal(await page.locator('#stage button.word').count(), 0);
        await page.clock.runFor(159);
        assert.deepEqual(await written(), soFar);
        await page.clock.runFor(1);
      }
    }
    assert.deepEqual(await written(), texts);
    assert.equal(await page.locator('#stage button.word').count(), texts.length);
    // At the end, the whole photo.
    assert.deepEqual(await shownIn(page, '#stage'), { word: '', chosen: [] });
    assert.ok(await page.isHidden('#stage .overlay'));
  });
}

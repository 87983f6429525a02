// A caption on the page: upright, word by word, each with its map, and with how sure it is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, firstTile, onStage, rowOf, setSetting } from './page-actions.js';
import { difference } from './pictures.js';
import { assertSpotlight } from './spotlight-actions.js';

/** @import { Locator } from 'playwright-core' */
/** @import { Word } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: { additive: 'additive', dot: 'dot', lstm: 'lstm' } });
const { models } = fixture;
const scene = join(photos, 'scene.jpg');

/** No word's map is over the photo. @param {Locator} stage @param {string} [what] */
async function assertWhole(stage, what) {
  assert.equal(await stage.locator('.overlay').getAttribute('data-word'), '', what);
  assert.ok(await stage.locator('.overlay').isHidden(), what);
}

test('a photo is upright however it was held, and its maps lie exactly over it', async () => {
  const page = await fixture.openSightline();
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => `orientation-${orientation}.jpg`);
  await choose(page, ...names);
  const upright = readFileSync(join(photos, 'expected/orientation.png'));
  /** @type {Buffer[][]} */
  const [tiles, small] = [[], []];
  for (const name of names) {
    const stage = await onStage(page, name);
    const expected = captionByCommand(models.additive.path, join(photos, name));
    await assertCaption(stage, expected, name);
    tiles.push(await firstTile(stage));
    await page.mouse.move(0, 0);
    await stage.locator('.ask').evaluate((button) => (button.style.visibility = 'hidden'));
    assert.ok((await difference(page, await stage.locator('.photo').screenshot(), upright)) < 6, name);
    small.push(await rowOf(page, name).locator('img').screenshot());
    for (const index of [1, 2]) {
      await stage.locator('.word').nth(index).hover();
      await assertSpotlight(stage, expected, index, name);
    }
    const [photo, ...parts] = await Promise.all(
      ['.photo', '.photo img', '.overlay', '.dim', '.contour'].map((part) => stage.locator(part).boundingBox()),
    );
    assert.ok(photo && Math.abs(photo.width / photo.height - 120 / 80) < 0.01, name);
    for (const part of parts) assert.deepEqual(part, photo, name);
  }
  for (const pictures of [tiles, small]) {
    for (const [i, picture] of pictures.entries()) {
      assert.ok((await difference(page, pictures[0], picture)) < 6, `${names[i]} is upright in the strip and its row`);
    }
  }
});

test('words appear one by one while the model writes, and are read out once, at the end', async () => {
  const page = await fixture.openSightline();
  await setSetting(page, 'method', 'greedy');
  await page.evaluate(() => {
    /** @type {{ words: string[], said: string[] }} */
    const seen = { words: [], said: [] };
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const words = document.querySelector('#stage.working .words')?.textContent?.trim();
      if (words && words !== seen.words.at(-1)) seen.words.push(words);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    new MutationObserver(() => seen.said.push(document.querySelector('#announcer')?.textContent ?? '')).observe(
      /** @type {Element} */ (document.querySelector('#announcer')),
      { childList: true, subtree: true, characterData: true },
    );
  });
  await choose(page, 'scene.jpg');
  const { hedged, text, words } = captionByCommand(models.additive.path, scene, '--beams', '1');
  const seen = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
  const sentence = text.slice(0, -1).split(' ');
  assert.deepEqual(
    seen.words,
    words.map((/** @type {unknown} */ _, /** @type {number} */ i) => sentence.slice(0, i + 1).join(' ')),
  );
  assert.deepEqual(seen.said, [`${hedged} scene.jpg`]);
  for (const part of [page.locator('#stage'), page.locator('.card')]) {
    const live = await part.evaluate(
      (part) => part.closest('[aria-live]') ?? part.querySelector('[aria-live], [role=status], [role=alert]'),
    );
    assert.equal(live, null, 'nothing that changes with each word is read out');
  }
});

test('words come no faster than the eye can follow, and each shows its map meanwhile', async () => {
  const page = await fixture.openSightline({
    prepare: (page) => page.emulateMedia({ reducedMotion: 'no-preference' }),
  });
  await setSetting(page, 'method', 'greedy');
  await setSetting(page, 'max-words', '5');
  const expected = captionByCommand(models.additive.path, scene, '--beams', '1', '--max-words', '5');
  const stage = page.locator('#stage');
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  await page.setInputFiles('#files', scene);
  await page.waitForSelector('.card[data-state=done]', { state: 'attached' });
  const words = stage.locator('span.word');
  for (const [index, { text }] of expected.words.entries()) {
    assert.equal(await words.count(), index + 1, 'the row tells all of it already, the stage follows');
    assert.equal(await words.last().getAttribute('data-word'), text);
    await page.clock.runFor(150);
    await assertSpotlight(stage, expected, index);
    assert.equal(await words.count(), index + 1);
    await page.clock.runFor(10);
  }
  await assertCaption(stage, expected);
  await page.clock.runFor(150);
  await assertWhole(stage, 'at the end all of the photo is seen');
});

test('each word shows its map, by mouse and by keyboard', async () => {
  const page = await fixture.openSightline({ model: 'dot' });
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const expected = captionByCommand(models.dot.path, scene);
  const words = stage.locator('.word');
  const last = expected.words.length - 1;
  await assertWhole(stage, 'nothing is pointed at yet');
  for (let index = 0; index <= last; index += 1) {
    await words.nth(index).hover();
    await assertSpotlight(stage, expected, index);
  }
  assert.equal(await stage.locator('.tag').innerText(), `“${expected.words[last].text}”: looked here`);
  await page.mouse.move(0, 0);
  await assertWhole(stage);
  assert.ok(await stage.locator('.tag').isHidden());
  await words.first().focus();
  const path = [
    'ArrowRight',
    'ArrowRight',
    'ArrowLeft',
    'End',
    'ArrowRight',
    'Home',
    'ArrowLeft',
    'ArrowDown',
    'ArrowUp',
  ];
  const places = [1, 2, 1, last, last, 0, 0, 1, 0];
  for (const [step, key] of path.entries()) {
    await page.keyboard.press(key);
    const index = places[step];
    assert.ok(await words.nth(index).evaluate((word) => word === document.activeElement), key);
    assert.equal(await words.nth(index).getAttribute('aria-pressed'), 'true', key);
    await assertSpotlight(stage, expected, index, key);
  }
  assert.equal(await stage.locator('.word[tabindex="0"]').count(), 1, 'one stop for the tab key');
  await page.keyboard.press('End');
  await page.keyboard.press('Tab');
  await assertSpotlight(stage, expected, last, 'the chosen word stays shown');
});

test('a chosen word is let go by Escape, by a second click, and by a click beside everything', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const expected = captionByCommand(models.additive.path, scene);
  const word = stage.locator('.word').nth(1);
  const ways = {
    'a second click': () => word.click(),
    'Escape on the word': () => page.keyboard.press('Escape'),
    'Escape in the panel': async () => {
      await stage.locator('.word-panel button').first().focus();
      await page.keyboard.press('Escape');
    },
    'Escape in the strip': async () => {
      await stage.locator('.strip button').nth(1).click();
      await page.keyboard.press('Escape');
    },
    'a click on the photo': () => stage.locator('.photo').click({ position: { x: 40, y: 40 } }),
    'a click beside the words': () => stage.locator('.sureness').click(),
  };
  for (const [way, letGo] of Object.entries(ways)) {
    await word.click();
    await assertSpotlight(stage, expected, 1, way);
    await letGo();
    await page.mouse.move(0, 0);
    assert.equal(await stage.locator('.word[aria-pressed=true], .strip .current').count(), 0, way);
    assert.ok(await stage.locator('.word-panel .hint').isVisible(), way);
    await assertWhole(stage, way);
  }
});

test('words of which the model is unsure are marked, and so is the sentence', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const { words, sureness } = captionByCommand(models.additive.path, scene);
  const chances = words.map((/** @type {Word} */ { logProbability }) => Math.exp(logProbability));
  assert.ok(Math.min(...chances) < 0.45 && Math.max(...chances) > 0.45, 'there are words of both kinds');
  const shown = await page
    .locator('#stage .word')
    .evaluateAll((words) => words.map((word) => [word.classList.contains('unsure'), word.ariaDescription]));
  assert.deepEqual(
    shown,
    chances.map((/** @type {number} */ chance) =>
      chance < 0.45 ? [true, `${Math.round(100 * chance)}%, unsure`] : [false, null],
    ),
  );
  assert.equal(sureness, 'hesitant');
  assert.equal(await page.innerText('#stage .sureness'), 'Mostly a guess.');
  assert.equal(await page.locator('.card .sureness').textContent(), 'Mostly a guess');
});

test('a model without attention shows words and what may stand there, but no maps, and says so', async () => {
  const page = await fixture.openSightline({ model: 'lstm' });
  assert.match((await page.textContent('#model-line')) ?? '', /no attention, so it cannot show where it looks/);
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const expected = captionByCommand(models.lstm.path, scene);
  await assertCaption(stage, expected);
  assert.equal(await stage.locator('.state').innerText(), 'This model has no attention to show.');
  await stage.locator('.word').first().click();
  assert.ok(await stage.locator('.overlay').isHidden());
  assert.ok((await stage.locator('.word-panel button').count()) > 0);
  await page.click('#stage .more > button');
  assert.ok(await stage.locator('.items .remove').isVisible());
  for (const part of ['.strip', '.play', '.items .heat', '.save-strip', '.tag']) {
    assert.ok(await stage.locator(part).isHidden(), part);
  }
});

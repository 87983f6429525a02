// What can be asked of a caption on the page: another word, a part of the photo, another sentence, word after word.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, outcomesOf, setSetting, untilCards } from './page-actions.js';
import { assertSpotlight } from './spotlight-actions.js';

/** @import { Locator, Page } from 'playwright-core' */
/** @import { Caption, Word } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: {} });
/** @type {import('./site.js').Model} */
let additive;
const scene = join(photos, 'scene.jpg');

/** What the second and the third word of the scene's caption in five words become, which the page takes for small ones. */
const SMALL = ['the', 'of'];

before(() => {
  additive = fixture.pack('additive');
  const path = join(additive.path, 'model.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const { words } = captionByCommand(additive.path, scene, '--max-words', '5');
  SMALL.forEach((small, i) => {
    manifest.vocabulary[manifest.vocabulary.indexOf(words[i + 1].text)] = small;
  });
  writeFileSync(path, JSON.stringify(manifest));
});

/** A page with the scene and its caption. @param {(page: Page) => Promise<unknown>} [prepare] */
async function openScene(prepare) {
  const page = await fixture.openSightline();
  await prepare?.(page);
  await choose(page, 'scene.jpg');
  return { page, stage: page.locator('#stage'), expected: captionByCommand(additive.path, scene) };
}

/** The first sentence comes back at once, from what is there: nothing of it is computed again. @param {Locator} stage */
async function takeFirst(stage) {
  const button = stage.locator('.take-first');
  assert.equal(await button.innerText(), 'Back to the first sentence');
  const isThere = await button.evaluate((button) => {
    /** @type {HTMLElement} */ (button).click();
    return !document.querySelector('#stage.working') && Boolean(document.querySelector('#stage .word'));
  });
  assert.ok(isThere, 'it does not have to be waited for');
  assert.ok(await button.isHidden());
}

test('a chosen word tells how probable it was and what might have stood there', async () => {
  const { stage, expected } = await openScene();
  const panel = stage.locator('.word-panel');
  const height = async () => (await stage.locator('.actions').boundingBox())?.y;
  const before = await height();
  assert.match(await panel.innerText(), /^(Point at|Tap) a word to see where it looked/);
  for (const index of [1, 3]) {
    /** @type {Word} */
    const { text, logProbability, alternatives } = expected.words[index];
    await stage.locator('.word').nth(index).click();
    assert.equal(await panel.locator('.title').innerText(), `Why “${text}”?`);
    const rows = [{ text, logProbability }, ...alternatives.slice(0, 3)];
    const percent = (/** @type {number} */ chance) => `${Math.round(100 * chance)}%`;
    assert.deepEqual(
      await panel.locator('.row').allTextContents(),
      rows.map(({ text, logProbability }) => `${text} ${percent(Math.exp(logProbability))}`),
    );
    const bars = await panel
      .locator('.bar')
      .evaluateAll((bars) =>
        bars.map((bar) => Number(/** @type {HTMLElement} */ (bar).style.getPropertyValue('--share'))),
      );
    for (const [i, { logProbability }] of rows.entries()) {
      assert.ok(Math.abs(bars[i] - Math.exp(logProbability)) < 1e-3, `${text}: ${bars[i]} of ${i}`);
    }
    assert.equal(await panel.locator('button').count(), 3, 'its own word is none to choose');
    assert.equal(await height(), before, 'nothing below moves');
  }
  await stage.locator('.word').nth(3).click();
  assert.match(await panel.innerText(), /a word to see where it looked/);
});

test('another word finishes the sentence, and the first sentence is kept', async () => {
  const { page, stage, expected } = await openScene();
  const [first] = await outcomesOf(page);
  await stage.locator('.word').nth(1).click();
  for (const _ of ['once', 'and once more']) {
    const row = stage.locator('.word-panel button').nth(1);
    const word = await row.locator('.name').innerText();
    await row.click();
    await untilCards(page, 1);
    const other = captionByCommand(additive.path, scene, '--prefix', `${expected.words[0].text} ${word}`);
    assert.notEqual(other.text, expected.text);
    await assertCaption(stage, other, word);
    assert.equal(await stage.locator('.chosen-line').innerText(), `From your word “${word}”.`);
    const chosen = stage.locator('.word[aria-pressed=true]');
    assert.equal(await chosen.getAttribute('data-word'), word, 'the word that was put there is chosen');
    await assertSpotlight(stage, other, 1);
    assert.equal(await page.locator('.card .line').textContent(), other.text);
  }
  await takeFirst(stage);
  await assertCaption(stage, expected);
  assert.deepEqual(await outcomesOf(page), [first], 'it is what it was, to the last millisecond');
});

test('a word that is put in can be stopped, and leaves the sentence as it was', async () => {
  fixture.delayWords(50);
  const { page, stage, expected } = await openScene((page) => setSetting(page, 'max-words', '8'));
  const short = captionByCommand(additive.path, scene, '--max-words', '8');
  await stage.locator('.word').nth(1).click();
  await stage.locator('.word-panel button').first().click();
  await page.waitForFunction(() => document.querySelector('#stage.working .words')?.textContent?.includes(' '));
  await stage.locator('.stop').press('Enter');
  await untilCards(page, 1);
  await assertCaption(stage, short);
  assert.notEqual(short.text, expected.text);
  assert.ok(await stage.locator('.chosen').isHidden());
  assert.ok(await page.isHidden('#error-bar'));
});

test('a part of the photo is asked about, with the pointer or the keyboard alone', async () => {
  const { page, stage, expected } = await openScene();
  const [first] = await outcomesOf(page);
  const [region, part] = [stage.locator('.region'), stage.locator('.part')];
  const cells = (/** @type {number[]} */ rows, /** @type {number[]} */ columns) =>
    rows.flatMap((row) => columns.map((column) => row * 7 + column)).join(',');
  /** @param {number[]} rows @param {number[]} columns */
  const assertAsked = async (rows, columns) => {
    await part.locator('.part-answer[lang=en]').waitFor();
    const answer = captionByCommand(additive.path, scene, '--cells', cells(rows, columns));
    assert.notEqual(answer.hedged, expected.hedged);
    assert.equal(await part.locator('p').innerText(), `In this part: ${answer.hedged}`);
    await assertCaption(stage, expected, 'the caption stays');
    const [above, below] = await Promise.all([part, stage.locator('.words')].map((each) => each.boundingBox()));
    assert.ok(above && below && above.y + above.height <= below.y);
    const [mark, photo] = await Promise.all([region, stage.locator('.photo')].map((each) => each.boundingBox()));
    assert.ok(mark && photo);
    const box = [
      (mark.y - photo.y) / photo.height,
      (mark.x - photo.x) / photo.width,
      mark.height / photo.height,
      mark.width / photo.width,
    ];
    const places = [rows[0], columns[0], rows.length, columns.length].map((count) => count / 7);
    for (const [i, place] of box.entries()) {
      assert.ok(Math.abs(place - places[i]) < 0.01, `the mark is at ${box}, not at ${places}`);
    }
  };
  const photo = await stage.locator('.photo').boundingBox();
  assert.ok(photo);
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {const} */ ([photo.x + (x + 0.5) * (photo.width / 7), photo.y + (y + 0.5) * (photo.height / 7)]);
  await page.mouse.move(...at(4, 5));
  await page.mouse.down();
  await page.mouse.move(...at(2, 4), { steps: 3 });
  await page.mouse.up();
  assert.ok(await part.isHidden(), 'nothing is asked by drawing alone');
  await stage.locator('.ask-part').click();
  await assertAsked([4, 5], [2, 3, 4]);
  assert.ok(await stage.locator('.shade').isVisible());
  await stage.locator('.word').nth(3).hover();
  await assertSpotlight(stage, expected, 3);
  assert.ok(await stage.locator('.shade').isHidden(), 'nothing else is over the map of a word');
  await page.mouse.move(0, 0);
  assert.ok(await stage.locator('.shade').isVisible());

  await stage.locator('.ask').press('Enter');
  assert.ok(await part.isHidden());
  assert.equal(await region.getAttribute('aria-description'), 'Rows 3 to 5, columns 3 to 5');
  for (const key of ['Escape', 'Enter', 'ArrowUp', 'ArrowLeft', 'Shift+ArrowUp', 'Shift+ArrowLeft']) {
    await page.keyboard.press(key);
    if (key === 'Escape') assert.ok(await region.isHidden());
  }
  assert.equal(await region.getAttribute('aria-description'), 'Rows 2 to 3, columns 2 to 3');
  await page.keyboard.press('Enter');
  await assertAsked([1, 2], [1, 2]);

  await part.locator('.forget-part').click();
  for (const gone of [part, region]) assert.ok(await gone.isHidden());
  await assertCaption(stage, expected);
  assert.deepEqual(await outcomesOf(page), [first]);
});

test('another sentence that was considered can be taken, with its words and maps', async () => {
  const { page, stage, expected } = await openScene();
  const [first] = await outcomesOf(page);
  const sentences = page.locator('#sentences li button');
  const current = () => sentences.evaluateAll((all) => all.map((button) => button.ariaCurrent));
  await chooseInMenu(page, '.other-sentences');
  const { candidates } = /** @type {Caption} */ (expected);
  // None of them ended by itself.
  assert.deepEqual(
    await sentences.allTextContents(),
    candidates.map(({ text }) => text.replace('.', ' …')),
  );
  assert.deepEqual(await current(), ['true', null, null]);
  await sentences.nth(1).click();
  assert.ok(await page.isHidden('#sentences'));
  await untilCards(page, 1);
  const { text, words } = candidates[1];
  assert.equal((await stage.locator('.words').innerText()).replaceAll(/\s+/g, ' ').trim(), text);
  assert.equal(await stage.locator('.chosen-line').innerText(), 'Your choice.');
  const command = captionByCommand(
    additive.path,
    scene,
    '--prefix',
    words.join(' '),
    '--max-words',
    `${words.length + 1}`,
  );
  const taken = { ...command, words: command.words.slice(0, words.length) };
  for (const index of [0, words.length - 1]) {
    await stage.locator('.word').nth(index).hover();
    await assertSpotlight(stage, taken, index);
  }
  await chooseInMenu(page, '.other-sentences');
  assert.deepEqual(await current(), [null, 'true', null]);
  await page.click('#sentences .close');
  await takeFirst(stage);
  assert.deepEqual(await outcomesOf(page), [first]);
  await chooseInMenu(page, '.other-sentences');
  await sentences.nth(2).click();
  await untilCards(page, 1);
  await chooseInMenu(page, '.other-sentences');
  await sentences.first().click();
  await assertCaption(stage, expected);
  assert.deepEqual(await outcomesOf(page), [first], 'the first of them is what is there already');
});

test('play walks through the words that are no small ones, ends on the whole photo, and can be paused', async () => {
  const { page, stage } = await openScene((page) => setSetting(page, 'max-words', '5'));
  const shown = captionByCommand(additive.path, scene, '--max-words', '5');
  const [play, overlay] = [stage.locator('.play'), stage.locator('.overlay')];
  const pressed = () =>
    stage
      .locator('.word')
      .evaluateAll((words) => words.findIndex((word) => word.getAttribute('aria-pressed') === 'true'));
  assert.deepEqual(
    shown.words.slice(1, 3).map((/** @type {Word} */ { text }) => text),
    SMALL,
  );
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1000);
  const walk = async (/** @type {number[]} */ places) => {
    for (const index of places) {
      assert.deepEqual([await pressed(), await play.innerText()], [index, 'Pause']);
      await assertSpotlight(stage, shown, index);
      await page.clock.runFor(1099);
      assert.equal(await pressed(), index);
      await page.clock.runFor(1);
    }
    assert.deepEqual([await pressed(), await play.innerText()], [-1, 'Play']);
    assert.ok(await overlay.isHidden(), 'it ends on the whole photo');
  };
  await play.click();
  await walk([0, 3, 4]);
  await play.click({ modifiers: ['Shift'] });
  await walk([0, 1, 2, 3, 4]);
  await play.click();
  await page.clock.runFor(1100);
  await play.click();
  await page.clock.runFor(11_000);
  assert.equal(await pressed(), 3, 'it stays where it was paused');
});

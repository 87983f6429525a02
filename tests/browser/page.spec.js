// A caption on the page: upright, word by word, with its maps, and with every question that can be asked of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, assertLookedAt, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { brightest, cardOf, choose, savedBy, setSetting, untilCards } from './page-actions.js';

/** @import { Locator, Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: { additive: 'additive', dot: 'dot', sentinel: 'sentinel', lstm: 'lstm' } });
const { models } = fixture;
const scene = join(photos, 'scene.jpg');

/**
 * How far two pictures are from each other, squashed to the same size: the mean difference of a channel.
 * @param {Page} page
 * @param {Buffer[]} pictures
 */
function difference(page, ...pictures) {
  return page.evaluate(
    async (pictures) => {
      const [one, other] = await Promise.all(
        pictures.map(async (bytes) => {
          const blob = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
          const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
            new OffscreenCanvas(32, 32).getContext('2d')
          );
          context.drawImage(
            await createImageBitmap(blob, { resizeWidth: 32, resizeHeight: 32, resizeQuality: 'high' }),
            0,
            0,
          );
          return context.getImageData(0, 0, 32, 32).data;
        }),
      );
      return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / one.length;
    },
    pictures.map((picture) => picture.toString('base64')),
  );
}

/** How opaque a map is where it is brightest, from 0 to 255. @param {Locator} map */
function opacity(map) {
  return map.evaluate((/** @type {HTMLCanvasElement} */ canvas) =>
    Math.max(
      ...(canvas
        .getContext('2d')
        ?.getImageData(0, 0, canvas.width, canvas.height)
        .data.filter((_, i) => i % 4 === 3) ?? []),
    ),
  );
}

/** What the strip shows of its first word. @param {Locator} card */
async function firstTile(card) {
  const tile = card.locator('.strip .tile').first();
  await tile.scrollIntoViewIfNeeded();
  await tile.locator('img').evaluate((/** @type {HTMLImageElement} */ image) => image.decode());
  return tile.screenshot();
}

test('a photo is upright however it was held, and its maps lie exactly over it', async () => {
  const page = await fixture.openSightline();
  const names = [1, 2, 3, 4, 5, 6, 7, 8].map((orientation) => `orientation-${orientation}.jpg`);
  await choose(page, ...names);
  const upright = readFileSync(join(photos, 'expected/orientation.png'));
  for (const name of names) {
    const card = cardOf(page, name);
    const expected = captionByCommand(models.additive.path, join(photos, name));
    await assertCaption(card, expected, name);
    await page.mouse.move(0, 0);
    assert.ok((await difference(page, await card.locator('.frame').screenshot(), upright)) < 6, name);
    const [frame, ...parts] = await Promise.all(
      ['.frame', '.frame img', '.overlay', '.region-selector'].map((part) => card.locator(part).boundingBox()),
    );
    assert.ok(frame && Math.abs(frame.width / frame.height - 120 / 80) < 0.01, name);
    for (const part of parts) assert.deepEqual(part, frame, name);
    for (const index of [0, 1]) {
      await card.locator('.word').nth(index).hover();
      assertLookedAt(await brightest(card, expected), expected, index, name);
    }
  }
  const [first, turned] = [await firstTile(cardOf(page, names[0])), await firstTile(cardOf(page, names[5]))];
  assert.ok((await difference(page, first, turned)) < 6, 'the strip is upright as well');
});

test('words appear one by one while the model writes, and are read out once, at the end', async () => {
  const page = await fixture.openSightline();
  await setSetting(page, 'method', 'greedy');
  await page.evaluate(() => {
    /** @type {{ words: string[], said: string[] }} */
    const seen = { words: [], said: [] };
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const words = document.querySelector('.card.working .words')?.textContent?.trim();
      if (words && words !== seen.words.at(-1)) seen.words.push(words);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
    new MutationObserver(() => seen.said.push(document.querySelector('#announcer')?.textContent ?? '')).observe(
      /** @type {Element} */ (document.querySelector('#announcer')),
      { childList: true, subtree: true, characterData: true },
    );
  });
  await choose(page, 'scene.jpg');
  const { hedged, words } = captionByCommand(models.additive.path, scene, '--beams', '1');
  const seen = await page.evaluate(() => /** @type {any} */ (globalThis).seen);
  assert.deepEqual(
    seen.words,
    words.map((/** @type {unknown} */ _, /** @type {number} */ i) =>
      words
        .slice(0, i + 1)
        .map((/** @type {any} */ word) => word.text)
        .join(' '),
    ),
  );
  assert.deepEqual(seen.said, [`scene.jpg: ${hedged}`]);
  const live = await page
    .locator('.card')
    .evaluate((card) => card.closest('[aria-live]') ?? card.querySelector('[aria-live], [role=status], [role=alert]'));
  assert.equal(live, null, 'nothing in a card is read out as it changes');
});

test('each word shows its map, by mouse and by keyboard', async () => {
  const page = await fixture.openSightline({ model: 'dot' });
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const expected = captionByCommand(models.dot.path, scene);
  const words = card.locator('.word');
  const last = expected.words.length - 1;
  assert.equal(await brightest(card, expected), -1, 'nothing is pointed at yet');
  for (let index = 0; index <= last; index += 1) {
    await words.nth(index).hover();
    assertLookedAt(await brightest(card, expected), expected, index);
  }
  await page.mouse.move(0, 0);
  assert.equal(await brightest(card, expected), -1);
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
    assertLookedAt(await brightest(card, expected), expected, index, key);
  }
  assert.equal(await card.locator('.word[tabindex="0"]').count(), 1, 'one stop for the tab key');
  await page.keyboard.press('End');
  await page.keyboard.press('Tab');
  assertLookedAt(await brightest(card, expected), expected, last, 'the chosen word stays shown');
});

test('the strength of a map can be set, and each map of the strip leads to its word', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const expected = captionByCommand(models.additive.path, scene);
  await card.locator('.strip button').nth(1).click();
  assert.equal(await card.locator('.word').nth(1).getAttribute('aria-pressed'), 'true');
  assertLookedAt(await brightest(card, expected), expected, 1);
  assert.equal(await card.locator('.strip button').count(), expected.words.length);
  await card.locator('.strip .tile').last().scrollIntoViewIfNeeded();
  await card.locator('.strip .tile').last().locator('canvas').waitFor();
  for (const [strength, alpha] of [
    [1, 255],
    [0.4, 102],
    [0, 0],
  ]) {
    await card.locator('.strength').fill(String(strength));
    assert.ok(Math.abs((await opacity(card.locator('.overlay'))) - alpha) <= 8, `${strength}`);
  }
});

test('a chosen word tells how probable it was and what might have stood there; one of those finishes the sentence', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const { words } = captionByCommand(models.additive.path, scene);
  const percent = (/** @type {number} */ logProbability) => `${Math.round(100 * Math.exp(logProbability))}%`;
  await card.locator('.word').nth(1).click();
  assert.equal(
    await card.locator('.chance').innerText(),
    `“${words[1].text}”: the model gave it ${percent(words[1].logProbability)}.`,
  );
  const runners = card.locator('.runners-up button');
  /** @type {{ text: string, logProbability: number }[]} */
  const others = words[1].alternatives;
  assert.deepEqual(
    await runners.allTextContents(),
    others.map(({ text, logProbability }) => `${text} ${percent(logProbability)}`),
  );
  for (const _ of ['once', 'and once more']) {
    const word = ((await runners.nth(2).textContent()) ?? '').split(' ')[0];
    await runners.nth(2).click();
    await untilCards(page, 1);
    const expected = captionByCommand(models.additive.path, scene, '--prefix', `${words[0].text} ${word}`);
    await assertCaption(card, expected, word);
    assert.equal(
      await card.locator('.word[aria-pressed=true]').innerText(),
      word,
      'the word that was put there is chosen',
    );
  }
  assert.equal(await card.locator('.state').getAttribute('data-state'), 'card.begun');
  await card.locator('.whole-photo').click();
  await untilCards(page, 1);
  await assertCaption(card, captionByCommand(models.additive.path, scene));
  assert.ok(await card.locator('.whole-photo').isHidden());
});

test('a part of the photo is asked about, with the pointer or the keyboard alone', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const regionSelector = card.locator('.region-selector');
  const cells = (/** @type {number[]} */ rows, /** @type {number[]} */ columns) =>
    rows.flatMap((row) => columns.map((column) => row * 7 + column)).join(',');
  /** @param {number[]} rows @param {number[]} columns */
  const assertAsked = async (rows, columns) => {
    await untilCards(page, 1);
    assert.equal(await card.locator('.state').getAttribute('data-state'), 'card.part');
    await assertCaption(card, captionByCommand(models.additive.path, scene, '--cells', cells(rows, columns)));
    const [mark, frame] = await Promise.all([
      card.locator('.region-outline').boundingBox(),
      regionSelector.boundingBox(),
    ]);
    assert.ok(mark && frame);
    const box = [
      (mark.y - frame.y) / frame.height,
      (mark.x - frame.x) / frame.width,
      mark.height / frame.height,
      mark.width / frame.width,
    ];
    const expected = [rows[0], columns[0], rows.length, columns.length].map((count) => count / 7);
    for (const [i, place] of box.entries()) {
      assert.ok(Math.abs(place - expected[i]) < 0.01, `the mark is at ${box}, not at ${expected}`);
    }
  };
  const frame = await regionSelector.boundingBox();
  assert.ok(frame);
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {const} */ ([frame.x + (x + 0.5) * (frame.width / 7), frame.y + (y + 0.5) * (frame.height / 7)]);
  await page.mouse.move(...at(4, 5));
  await page.mouse.down();
  await page.mouse.move(...at(2, 4), { steps: 3 });
  await page.mouse.up();
  await assertAsked([4, 5], [2, 3, 4]);
  await regionSelector.focus();
  await page.keyboard.press('Escape');
  assert.ok(await card.locator('.region-outline').isHidden());
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowLeft', 'ArrowLeft', 'Shift+ArrowDown', 'Shift+ArrowRight']) {
    await page.keyboard.press(key);
  }
  assert.equal(await regionSelector.getAttribute('aria-description'), 'Rows 3 to 4, columns 2 to 3');
  await page.keyboard.press('Enter');
  await assertAsked([2, 3], [1, 2]);
  await card.locator('.redo').click();
  await assertAsked([2, 3], [1, 2]);
  await card.locator('.whole-photo').click();
  await untilCards(page, 1);
  await assertCaption(card, captionByCommand(models.additive.path, scene));
  assert.ok(await card.locator('.region-outline').isHidden());
});

test('a caption is stopped while it is written, and written again', async () => {
  fixture.delayWords(50);
  const page = await fixture.openSightline();
  await setSetting(page, 'max-words', '8');
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  await card.locator('.redo').click();
  await page.waitForFunction(() => document.querySelector('.card.working .words')?.textContent?.includes(' '));
  await card.locator('.stop').press('Enter');
  await card.locator('.state[data-state="card.stopped"]').waitFor();
  assert.deepEqual(
    await card.locator('.tools button:visible').allTextContents(),
    ['Caption again', 'Remove'],
    'nothing is left of the caption before',
  );
  assert.equal(await card.locator('.words').innerText(), '');
  assert.equal(await card.locator('.frame img').getAttribute('alt'), '');
  await card.locator('.redo').click();
  await untilCards(page, 1);
  await assertCaption(card, captionByCommand(models.additive.path, scene, '--max-words', '8'));
});

test('play walks through the words, one after the other, and can be paused', async () => {
  const page = await fixture.openSightline();
  await setSetting(page, 'max-words', '3');
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  await page.clock.install();
  const pressed = () =>
    card
      .locator('.word')
      .evaluateAll((words) => words.findIndex((word) => word.getAttribute('aria-pressed') === 'true'));
  await card.locator('.play').click();
  for (const index of [0, 1, 2]) {
    assert.equal(await pressed(), index);
    assert.equal(await card.locator('.play').innerText(), 'Pause');
    await page.clock.runFor(800);
  }
  assert.deepEqual([await pressed(), await card.locator('.play').innerText()], [2, 'Play'], 'it ends at the last word');
  await card.locator('.play').click();
  await page.clock.runFor(800);
  await card.locator('.play').click();
  await page.clock.runFor(8000);
  assert.equal(await pressed(), 1, 'it stays where it was paused');
});

test('a model without attention shows words and what may stand there, but no maps, and says so', async () => {
  const page = await fixture.openSightline({ model: 'lstm' });
  assert.match(await page.innerText('#status'), /no attention, so it cannot show where it looks/);
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const expected = captionByCommand(models.lstm.path, scene);
  await assertCaption(card, expected);
  assert.equal(await card.locator('.state').innerText(), 'This model has no attention to show.');
  await card.locator('.word').first().click();
  assert.equal(await brightest(card, expected), -1);
  assert.equal(await card.locator('.runners-up button').count(), expected.words[0].alternatives.length);
  for (const part of ['.strip', '.map-controls', '.save-strip']) assert.ok(await card.locator(part).isHidden(), part);
});

test('a model that may look away says how much it did, and its maps are that much fainter', async () => {
  const page = await fixture.openSightline({ model: 'sentinel' });
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const expected = captionByCommand(models.sentinel.path, scene);
  await assertCaption(card, expected);
  await card.locator('.strength').fill('1');
  /** @type {Caption['words']} */
  const words = expected.words;
  for (const [index, { text, lookedAway }] of words.entries()) {
    const share = Number(lookedAway);
    assert.ok(share > 0.05 && share < 0.95, `${text}: looking away by ${lookedAway} would hardly be seen`);
    await card.locator('.word').nth(index).click();
    const said = `It looked away from the photo: ${Math.round(100 * share)}%.`;
    const sentences = await card.locator('.chance').innerText();
    assert.ok(sentences.startsWith(`“${text}”: the model gave it `) && sentences.endsWith(` ${said}`), sentences);
    assert.equal(await card.locator('.strip button').nth(index).getAttribute('title'), said);
    const found = await opacity(card.locator('.overlay'));
    assert.ok(Math.abs(found - 255 * (1 - share)) <= 8, `${text}: ${found} of 255, looked away ${share}`);
  }
});

test('the maps are saved as one picture', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'orientation-6.jpg');
  const { words } = captionByCommand(models.additive.path, join(photos, 'orientation-6.jpg'));
  const { name, content } = await savedBy(page, '.save-strip');
  assert.equal(name, 'orientation-6-attention.png');
  assert.equal(content.toString('latin1', 1, 4), 'PNG');
  const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)];
  assert.deepEqual([width, height], [6 * 160, Math.ceil(words.length / 6) * 188 + 28]);
  const tile = await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(
      new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]),
    );
    const canvas = Object.assign(document.createElement('canvas'), { width: 156, height: 156 });
    canvas.getContext('2d')?.drawImage(picture, 2, 30, 156, 156, 0, 0, 156, 156);
    return canvas.toDataURL().split(',')[1];
  }, content.toString('base64'));
  const shown = await firstTile(page.locator('.card'));
  assert.ok((await difference(page, Buffer.from(tile, 'base64'), shown)) < 8, 'it holds what the page shows');
});

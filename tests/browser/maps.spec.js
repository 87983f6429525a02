// The maps of a caption's words: in the strip, as heat, as a picture to take away, and of a model that looks away.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, firstTile, savedBy } from './page-actions.js';
import { difference } from './pictures.js';
import { assertSpotlight } from './spotlight-actions.js';

/** @import { Locator } from 'playwright-core' */
/** @import { Caption, Word } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: { additive: 'additive', sentinel: 'sentinel' } });
const { models } = fixture;
const scene = join(photos, 'scene.jpg');

/** The weights of a word as colours over the photo. @param {Locator} stage @param {Word} word @param {number} cols */
async function assertHeat(stage, { text, attention, lookedAway }, cols) {
  const weights = attention?.flat() ?? [];
  const seen = 1 - Number(lookedAway);
  const full = Math.max(...weights, (3 * seen) / weights.length);
  const found = await stage.locator('.overlay .heat').evaluate(opacities, cols);
  for (const [cell, weight] of weights.entries()) {
    // So that the fainter ones can be seen, the root of a weight is drawn.
    const shown = full * (found[cell] / (0.8 * seen)) ** 2;
    assert.ok(Math.abs(shown - weight) < 0.05 * full, `${text}: ${shown} at ${cell}, not ${weight}`);
  }
}

/** How opaque a map is in the middle of each cell of a square grid. @param {Element} map @param {number} cols */
function opacities(map, cols) {
  const canvas = /** @type {HTMLCanvasElement} */ (map);
  const [context, side] = [canvas.getContext('2d'), canvas.width / cols];
  return Array.from({ length: cols * cols }, (_, cell) => {
    const [x, y] = [((cell % cols) + 0.5) * side, (Math.floor(cell / cols) + 0.5) * side];
    return (context?.getImageData(x, y, 1, 1).data[3] ?? 0) / 255;
  });
}

test('each map of the strip leads to its word, and all maps can be shown as heat', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const expected = captionByCommand(models.additive.path, scene);
  const tiles = stage.locator('.strip button');
  await tiles.first().waitFor();
  assert.deepEqual(
    await tiles.allTextContents(),
    expected.words.map((/** @type {Word} */ { text }) => text),
  );
  await tiles.nth(1).click();
  assert.equal(await stage.locator('.word').nth(1).getAttribute('aria-pressed'), 'true');
  assert.match((await stage.locator('.strip li').nth(1).getAttribute('class')) ?? '', /current/);
  await assertSpotlight(stage, expected, 1);
  const before = await firstTile(stage);
  const shown = await tiles.first().elementHandle();
  await chooseInMenu(page, '.heat');
  await shown?.waitForElementState('hidden');
  await assertHeat(stage, expected.words[1], expected.grid.cols);
  assert.ok(await stage.locator('.dim').isHidden());
  assert.match((await stage.locator('.strip li').nth(1).getAttribute('class')) ?? '', /current/, 'it stays marked');
  assert.ok((await difference(page, before, await firstTile(stage))) > 6, 'the strip shows the same');
  await page.click('#stage .more > button');
  assert.equal(await page.innerText('#stage .more .items .heat'), 'Show as spotlight');
  await page.click('#stage .more .items .heat');
  await assertSpotlight(stage, expected, 1);
  assert.ok(await stage.locator('.overlay .heat').isHidden());
});

test('a model that may look away says how much it did, and its maps are that much fainter', async () => {
  const page = await fixture.openSightline({ model: 'sentinel' });
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  /** @type {Caption} */
  const expected = captionByCommand(models.sentinel.path, scene);
  await assertCaption(stage, expected);
  await chooseInMenu(page, '.heat');
  for (const [index, word] of expected.words.entries()) {
    const share = Number(word.lookedAway);
    assert.ok(share > 0.05 && share < 0.95, `${word.text}: looking away by ${share} would hardly be seen`);
    await stage.locator('.word').nth(index).click();
    const said = `It looked away from the photo: ${Math.round(100 * share)}%.`;
    assert.equal(await stage.locator('.strip button').nth(index).getAttribute('title'), said);
    assert.equal(
      await stage.locator('.word-panel .note').innerText(),
      share < 0.5 ? 'It looked at nothing in particular.' : said,
    );
    await assertHeat(stage, word, expected.grid.cols);
  }
});

test('the maps are saved as one picture', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'orientation-6.jpg');
  const { words } = captionByCommand(models.additive.path, join(photos, 'orientation-6.jpg'));
  const { name, content } = await savedBy(page, () => chooseInMenu(page, '.save-strip'));
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
  const shown = await firstTile(page.locator('#stage'));
  assert.ok((await difference(page, Buffer.from(tile, 'base64'), shown)) < 8, 'it holds what the page shows');
});

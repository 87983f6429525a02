// A picture that is no photo that the model knows: the page and the element say so in place of a caption.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { eventsOf, openHostPage, part, untilEvents } from './host-page.js';
import { cardOf, choose } from './page-actions.js';

const SENTENCE = 'This does not look like a photo that I know.';
const fixture = Fixture.forSpec({ models: { strict: 'additive' } });
const { strict } = fixture.models;
const scene = join(photos, 'scene.jpg');
cpSync(photos, join(fixture.folder, 'photos'), { recursive: true });

/** Makes every picture one that is far from the photos of the model. */
function makeStrict() {
  const path = join(strict.path, 'model.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const numbers = (/** @type {number} */ value) => Array(manifest.decoder.features).fill(value);
  manifest.familiarity = { mean: numbers(1), spread: numbers(0.001), limit: 1 };
  writeFileSync(path, JSON.stringify(manifest));
}

test('the card says so, in the reader’s language, and shows the caption to who asks for it', async () => {
  makeStrict();
  const page = await fixture.openSightline({ model: 'strict' });
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  assert.equal(await card.locator('.state').textContent(), SENTENCE);
  assert.equal(await card.locator('.frame img').getAttribute('alt'), SENTENCE);
  assert.equal(await page.textContent('#announcer'), `scene.jpg: ${SENTENCE}`);
  for (const part of [
    '.word',
    '.hedge',
    '.sureness',
    '.map-controls',
    '.strip',
    '.copy',
    '.copy-html',
    '.candidates',
  ]) {
    assert.equal(await card.locator(part).filter({ visible: true }).count(), 0, part);
  }
  await page.selectOption('#language', 'my');
  await page.waitForSelector('html[lang=my]');
  assert.notEqual(await card.locator('.state').textContent(), SENTENCE);
  await page.selectOption('#language', 'en');
  await page.waitForSelector('html[lang=en]');

  await card.locator('.any-photo').press('Enter');
  await card.locator('.copy').waitFor();
  await assertCaption(card, captionByCommand(strict.path, scene, '--any-photo'));
  assert.ok(await card.locator('.any-photo').isHidden());
});

test('the element says so, streams no word, and has no words to look into', async () => {
  makeStrict();
  const page = await openHostPage(
    fixture,
    '<photo-caption src="photos/scene.jpg" model="strict/" auto controls></photo-caption>',
  );
  await untilEvents(page);
  assert.equal(await part(page, 'caption').innerText(), SENTENCE);
  assert.equal(await part(page, 'words').isVisible(), false);
  assert.deepEqual(await eventsOf(page, 'caption-word'), []);
  const value = () => page.evaluate(() => document.querySelector('photo-caption')?.value);
  assert.equal(await value(), '', 'what is said in place of a caption is no text for an image');
  assert.deepEqual(
    (await eventsOf(page, 'caption')).map(({ detail }) => [detail.familiar, detail.hedged]),
    [[false, SENTENCE]],
  );
});

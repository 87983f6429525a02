// A picture that is no photo that the model knows: the page and the element say so in place of a caption.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { eventsOf, openHostPage, part, untilEvents } from './host-page.js';
import { choose, rowOf } from './page-actions.js';

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

test('the stage says so, in the reader’s language, and shows the caption to who asks for it', async () => {
  makeStrict();
  const page = await fixture.openSightline({ model: 'strict' });
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const line = rowOf(page, 'scene.jpg').locator('.line');
  for (const place of [stage.locator('.state'), line]) assert.equal(await place.textContent(), SENTENCE);
  assert.equal(await stage.locator('.photo img').getAttribute('alt'), SENTENCE);
  assert.equal(await page.textContent('#announcer'), `${SENTENCE} scene.jpg`);
  for (const part of [
    '.word',
    '.hedge:not(:empty)',
    '.sureness:not(:empty)',
    '.word-panel',
    '.strip',
    '.actions',
    '.chosen',
    '.again',
  ]) {
    assert.equal(await stage.locator(part).filter({ visible: true }).count(), 0, part);
  }
  await page.selectOption('#language', 'my');
  await page.waitForSelector('html[lang=my]');
  for (const place of [stage.locator('.state'), line]) assert.notEqual(await place.textContent(), SENTENCE);
  await page.selectOption('#language', 'en');
  await page.waitForSelector('html[lang=en]');

  await stage.locator('.any-photo').press('Enter');
  await stage.locator('.copy').waitFor();
  const expected = captionByCommand(strict.path, scene, '--any-photo');
  await assertCaption(stage, expected);
  assert.equal(await line.textContent(), expected.text);
  assert.ok(await stage.locator('.any-photo').isHidden());
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

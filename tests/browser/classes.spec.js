// A model that knows classes, on the page: the most probable ones, and nothing that only a caption has.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos, sightline } from './command-line.js';
import { Fixture } from './fixture.js';
import { cardOf, choose } from './page-actions.js';

const fixture = Fixture.forSpec({ models: { additive: 'additive', classifier: 'classifier' } });
const { classifier } = fixture.models;
const scene = join(photos, 'scene.jpg');

test('a classifier’s five most probable classes stand in the card, as the command line tells them', async () => {
  const page = await fixture.openSightline({ model: 'classifier' });
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const line = sightline('classify', '--json', '--device', 'cpu', '--model', classifier.path, scene);
  /** @type {{ classes: { text: string, logProbability: number }[] }} */
  const { classes } = JSON.parse(line);
  assert.equal(classes.length, 5);
  const said = captionByCommand(classifier.path, scene);
  const shown = await card.locator('.classes li').allTextContents();
  assert.equal(shown.length, 5);
  for (const [i, { text, logProbability }] of classes.entries()) {
    const [, name, percent] = /^(.*) (\d+)%$/.exec(shown[i]) ?? [];
    assert.equal(name, text, shown[i]);
    assert.ok(Math.abs(Number(percent) - 100 * Math.exp(logProbability)) < 1, shown[i]);
  }
  assert.equal(await card.locator('.frame img').getAttribute('alt'), said.hedged);
  assert.equal(said.text, classes[0].text, 'a class is written as it is');
  for (const part of ['.word', '.word-detail', '.map-controls', '.strip', '.copy-html', '.candidates']) {
    assert.equal(await card.locator(part).filter({ visible: true }).count(), 0, part);
  }
  assert.match((await page.textContent('#status')) ?? '', /which class a photo is of/);
  assert.equal(await card.locator('.state').textContent(), 'The most probable classes');
  await page.selectOption('#language', 'ar');
  await page.waitForSelector('html[lang=ar]');
  assert.notEqual(await card.locator('.state').textContent(), 'The most probable classes');
  assert.equal(await card.locator('.classes li').count(), 5);
});

test('a part of the photo has a class of its own, where the classifier goes by the mean of the cells', async () => {
  const page = await fixture.openSightline({ model: 'classifier' });
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  await card.locator('.region-selector').focus();
  for (const key of ['ArrowDown', 'Shift+ArrowRight', 'Enter']) await page.keyboard.press(key);
  await card.locator('.state[data-state="card.part"]').waitFor();
  assert.equal(await card.locator('.classes li').count(), 5);
});

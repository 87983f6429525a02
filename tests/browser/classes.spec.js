// A model that knows classes, on the page: the most probable ones, and nothing that only a caption has.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos, sightline } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, rowOf } from './page-actions.js';

const fixture = Fixture.forSpec({ models: { additive: 'additive', classifier: 'classifier' } });
const { classifier } = fixture.models;
const scene = join(photos, 'scene.jpg');

test('a classifier’s five most probable classes stand beside the photo, as the command line tells them', async () => {
  const page = await fixture.openSightline({ model: 'classifier' });
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const line = sightline('classify', '--json', '--device', 'cpu', '--model', classifier.path, scene);
  /** @type {{ classes: { text: string, logProbability: number }[] }} */
  const { classes } = JSON.parse(line);
  assert.equal(classes.length, 5);
  const said = captionByCommand(classifier.path, scene);
  const shown = await stage.locator('.classes li').allTextContents();
  assert.equal(shown.length, 5);
  for (const [i, { text, logProbability }] of classes.entries()) {
    const [, name, percent] = /^(.*) (\d+)%$/.exec(shown[i]) ?? [];
    assert.equal(name, text, shown[i]);
    assert.ok(Math.abs(Number(percent) - 100 * Math.exp(logProbability)) < 1, shown[i]);
  }
  assert.equal(await stage.locator('.photo img').getAttribute('alt'), said.hedged);
  assert.equal(said.text, classes[0].text, 'a class is written as it is');
  assert.equal(await rowOf(page, 'scene.jpg').locator('.line').textContent(), said.text);
  await stage.locator('.more > button').click();
  assert.ok(await stage.locator('.items .remove').isVisible());
  for (const part of [
    '.word',
    '.word-panel',
    '.hedge:not(:empty)',
    '.sureness:not(:empty)',
    '.strip',
    '.play',
    '.copy-html',
    '.save-strip',
    '.other-sentences',
    '.items .heat',
  ]) {
    assert.equal(await stage.locator(part).filter({ visible: true }).count(), 0, part);
  }
  assert.match((await page.textContent('#model-line')) ?? '', /which class a photo is of/);
  assert.equal(await stage.locator('.state').textContent(), 'The most probable classes');
  await page.selectOption('#language', 'ar');
  await page.waitForSelector('html[lang=ar]');
  assert.notEqual(await stage.locator('.state').textContent(), 'The most probable classes');
  assert.equal(await stage.locator('.classes .muted[lang=ar]').count(), 5);
});

test('a part of the photo has a class of its own, where the classifier goes by the mean of the cells', async () => {
  const page = await fixture.openSightline({ model: 'classifier' });
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const before = await stage.locator('.classes li').allTextContents();
  await stage.locator('.ask').press('Enter');
  for (const key of ['ArrowDown', 'ArrowDown', 'Shift+ArrowUp', 'Shift+ArrowUp', 'Enter'])
    await page.keyboard.press(key);
  await stage.locator('.part-answer[lang=en]').waitFor();
  const cells = [30, 31, 32].join(',');
  const { text } = captionByCommand(classifier.path, scene, '--cells', cells);
  assert.equal(await stage.locator('.part-answer').innerText(), text);
  assert.deepEqual(await stage.locator('.classes li').allTextContents(), before, 'those of the whole photo stay');
});

test('a class is told at once, with motion as well', async () => {
  const page = await fixture.openSightline({
    model: 'classifier',
    prepare: (page) => page.emulateMedia({ reducedMotion: 'no-preference' }),
  });
  await choose(page, 'scene.jpg');
  assert.ok(await page.locator('#stage .waiting').isHidden());
  assert.equal(await page.locator('#stage .classes li').count(), 5);
});

// How captions are to be made: what is set counts from the next one on, and another is offered where one can come of it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, outcomesOf, setSetting, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */
/** @typedef {[name: Parameters<typeof setSetting>[1], value: string][]} Settings */

const fixture = Fixture.forSpec({ models: { additive: 'additive', lstm: 'lstm' } });
const { models } = fixture;
const scene = join(photos, 'scene.jpg');

/** Whether the menu offers another caption. @param {Page} page */
async function offersAnother(page) {
  await page.click('#stage .more > button');
  assert.ok(await page.isVisible('#stage .more .remove'));
  const isOffered = await page.isVisible('#stage .more .redo');
  await page.click('#stage .more > button');
  return isOffered;
}

test('settings count from the next caption on, and the photo is not looked at again', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(() => (Math.random = () => 7 / 2 ** 32));
  await choose(page, 'scene.jpg');
  const stage = page.locator('#stage');
  const [first] = await outcomesOf(page);
  const isThere = (/** @type {string} */ name) =>
    page.locator(`#${name}`).evaluate((field) => !(/** @type {HTMLElement} */ (field).hidden));
  for (const [settings, options] of /** @type {[Settings, string[]][]} */ ([
    [[['method', 'greedy']], ['--beams', '1']],
    [
      [
        ['method', 'beam'],
        ['beams', '5'],
        ['max-words', '6'],
      ],
      ['--beams', '5', '--max-words', '6'],
    ],
    [
      [
        ['method', 'sample'],
        ['temperature', '1.5'],
        ['max-words', '12'],
      ],
      ['--temperature', '1.5', '--max-words', '12', '--seed', '7'],
    ],
    // What is not possible becomes what is nearest to it.
    [
      [
        ['method', 'beam'],
        ['beams', '99'],
        ['max-words', '0'],
      ],
      ['--beams', '20', '--max-words', '1'],
    ],
    [
      [
        ['beams', ''],
        ['max-words', ''],
      ],
      [],
    ],
  ])) {
    const before = await outcomesOf(page);
    for (const [name, value] of settings) await setSetting(page, name, value);
    const method = await page.inputValue('#method');
    assert.deepEqual(
      [await isThere('beams'), await isThere('temperature')],
      [method === 'beam', method === 'sample'],
      'only what counts can be set',
    );
    assert.deepEqual(await outcomesOf(page), before, 'the caption that is there stays');
    await chooseInMenu(page, '.redo');
    await untilCards(page, 1);
    await assertCaption(stage, captionByCommand(models.additive.path, scene, ...options), String(settings));
    const [{ timings }] = await outcomesOf(page);
    for (const part of ['decode', 'resize', 'encode']) assert.equal(timings[part], first.timings[part], part);
    assert.notEqual(timings.words, first.timings.words);
  }
});

test('another caption is offered where words are drawn by chance, or where settings or the model have changed', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  assert.equal(await offersAnother(page), false, 'the same would come again');
  await setSetting(page, 'max-words', '4');
  assert.equal(await offersAnother(page), true);
  await setSetting(page, 'max-words', '30');
  assert.equal(await offersAnother(page), false, 'as it was');
  await setSetting(page, 'method', 'sample');
  for (const _ of ['the first', 'and the second']) {
    await chooseInMenu(page, '.redo');
    await untilCards(page, 1);
    assert.equal(await offersAnother(page), true, 'chance draws another');
  }
  await setSetting(page, 'method', 'beam');
  await chooseInMenu(page, '.redo');
  await untilCards(page, 1);
  assert.equal(await offersAnother(page), false);
  await page.setInputFiles('#local-model', models.lstm.path);
  await page.waitForFunction(() => document.querySelector('#model-line')?.textContent?.startsWith('lstm'));
  await assertCaption(page.locator('#stage'), captionByCommand(models.additive.path, scene));
  await chooseInMenu(page, '.redo');
  await untilCards(page, 1);
  await assertCaption(page.locator('#stage'), captionByCommand(models.lstm.path, scene));
  assert.equal(await offersAnother(page), false);
});

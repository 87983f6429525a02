// What a site's style sheet knows of the element: whether it is at work, has a caption, or failed.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { openHostPage, part, untilEvents } from './host-page.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
const { additive: model } = fixture.models;
cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photo.jpg'));
const element = (/** @type {string} */ attributes) =>
  `<photo-caption model="additive/" device="cpu" ${attributes}></photo-caption>`;

/** @param {Page} page */
function statesOf(page) {
  return page
    .locator('photo-caption')
    .evaluate((element) => ['loading', 'done', 'failed'].filter((name) => element.matches(`:state(${name})`)));
}

test('it is loading from when it begins until it is done, and neither before', async () => {
  const page = await openHostPage(fixture, element('src="photo.jpg"'));
  await part(page, 'start').waitFor();
  assert.deepEqual(await statesOf(page), [], 'it asks first');
  await page.evaluate(() => {
    /** @type {Record<string, string[]>} */
    const states = {};
    Object.assign(globalThis, { states });
    for (const type of ['caption-progress', 'caption-word', 'caption']) {
      document.addEventListener(type, ({ target }) => {
        const element = /** @type {Element} */ (target);
        states[type] = ['loading', 'done', 'failed'].filter((name) => element.matches(`:state(${name})`));
      });
    }
  });
  await part(page, 'start').click();
  await untilEvents(page);
  assert.deepEqual(await page.evaluate(() => /** @type {any} */ (globalThis).states), {
    'caption-progress': ['loading'],
    'caption-word': ['loading'],
    caption: ['done'],
  });
  await page.locator('photo-caption').evaluate((element) => element.removeAttribute('src'));
  await page.waitForFunction(() => !document.querySelector('photo-caption')?.matches(':state(done)'));
  assert.deepEqual(await statesOf(page), [], 'without a photo');
});

test('it has failed where there is no photo, and is done once there is one', async () => {
  const page = await openHostPage(fixture, element('src="nowhere.jpg" auto'));
  await untilEvents(page);
  assert.deepEqual(await statesOf(page), ['failed']);
  await page.locator('photo-caption').evaluate((element) => element.setAttribute('src', 'photo.jpg'));
  await untilEvents(page, 2);
  assert.deepEqual(await statesOf(page), ['done']);
  await fixture.endTest(/404/);
});

for (const [what, states] of /** @type {const} */ ([
  ['has no states', 'undefined'],
  ['takes no state without two dashes', '{ clear() {}, add() { throw new SyntaxError("dashes"); } }'],
])) {
  test(`it captions in a browser that ${what}`, async () => {
    await fixture.browser.addInitScript(
      `Object.defineProperty(ElementInternals.prototype, 'states', { configurable: true, get: () => (${states}) });`,
    );
    const page = await openHostPage(fixture, element('src="photo.jpg" auto'));
    await untilEvents(page);
    assert.equal(
      await page.locator('photo-caption').evaluate((element) => /** @type {any} */ (element).caption?.text),
      captionByCommand(model.path, join(photos, 'scene.jpg')).text,
    );
    assert.deepEqual(await statesOf(page), []);
    await fixture.relaunch();
  });
}

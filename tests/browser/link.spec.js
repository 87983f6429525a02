// Photos from an address: fetched under the page's own policy, and what is said where there is none.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HEADERS } from '../../scripts/serve.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, namesOn, onStage, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
const scene = join(photos, 'scene.jpg');
const expected = () => captionByCommand(fixture.models.additive.path, scene);

/** Opens the dialog, from wherever the page offers it. @param {Page} page */
async function openDialog(page) {
  if (await page.locator('#intake .link').isVisible()) await page.click('#intake .link');
  else {
    await page.click('#add-menu > button');
    await page.click('#add-menu .link');
  }
  await page.waitForSelector('#link[open]');
}

/** @param {Page} page @param {string} address */
async function add(page, address) {
  await page.fill('#address', address);
  await page.keyboard.press('Enter');
}

test('a photo is fetched from its address, whatever its name', async () => {
  const page = await fixture.openSightline();
  fixture.intercept = (request, response) => {
    if (!request.url?.startsWith('/here/')) return false;
    response.setHeader('Content-Type', 'image/jpeg');
    response.end(readFileSync(scene));
    return true;
  };
  const names = { 'caf%C3%A9.jpg': 'café.jpg', '100%.jpg': '100%.jpg', 'cat.jpg?large': 'cat.jpg' };
  for (const path of Object.keys(names)) {
    await openDialog(page);
    assert.equal(await page.inputValue('#address'), '', 'the last address is over');
    await add(page, `${fixture.url}here/${path}`);
    await page.waitForSelector('#link', { state: 'hidden' });
  }
  await untilCards(page, 3);
  assert.deepEqual(await namesOn(page), Object.values(names));
  await assertCaption(await onStage(page, 'cat.jpg'), expected());
});

test('the policy lets the page ask other sites, by https alone', async () => {
  assert.match(HEADERS['Content-Security-Policy'], /; connect-src 'self' https:(;|$)/);
  const page = await fixture.openSightline();
  // The browser asks its policy first; only then is this answered in place of a network.
  await page.route(/elsewhere\.invalid/, (route) =>
    route.fulfill({ path: scene, headers: { 'Access-Control-Allow-Origin': '*' } }),
  );
  await openDialog(page);
  await add(page, 'http://elsewhere.invalid/cat.jpg');
  await page.waitForSelector('#link-error:not(:empty)');
  await add(page, 'https://elsewhere.invalid/cat.jpg');
  await untilCards(page, 1);
  await assertCaption(await onStage(page, 'cat.jpg'), expected());
  await fixture.endTest(
    /http:\/\/elsewhere.*policy/i,
    /against the policy: connect-src, http:/,
    /^a request to https:\/\/elsewhere\.invalid/,
  );
});

test('an address that gives no photo says so in the dialog, and stays to be mended', async () => {
  const page = await fixture.openSightline();
  await openDialog(page);
  for (const address of [`${fixture.url}nothing.jpg`, 'https://elsewhere.invalid/cat.jpg']) {
    await add(page, address);
    await page.waitForSelector('#link-error:not(:empty)');
    assert.equal(
      await page.innerText('#link-error'),
      'This image could not be fetched. Save it, and drop the file here.',
    );
    assert.equal(await page.inputValue('#address'), address);
    assert.ok(await page.isHidden('#error-bar'), 'it is said once');
    await page.fill('#address', '');
  }
  await page.keyboard.press('Enter');
  assert.ok(await page.isVisible('#link'), 'no address is not asked for');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#link', { state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'link as-link', 'where it was opened');
  assert.equal(await page.innerText('#status'), 'Ready.', 'the model is as ready as before');
  await openDialog(page);
  assert.equal(await page.innerText('#link-error'), '', 'the error is over');
  await fixture.endTest(/404/, /elsewhere\.invalid/, /ERR_/);
});

test('a dialog that a menu opened gives the keyboard back to the menu', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  await openDialog(page);
  await page.click('#link .close');
  await page.waitForSelector('#link', { state: 'hidden' });
  assert.ok(await page.locator('#add-menu > button').evaluate((button) => button === document.activeElement));
});

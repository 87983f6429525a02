// The examples, each made ready as its README says.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/run.js';
import { captionByCommand, done, named, photos, Stage } from './harness.js';

/** @import { BrowserContext } from 'playwright-core' */

const examples = join(root, 'examples');
const stage = new Stage();
/** @type {BrowserContext} */
let browser;
/** @type {string} */
let model;

before(async () => {
  await stage.open();
  model = stage.model('additive').path;
  browser = await stage.browser();
});

after(() => stage.close());

test('a static page with a copied folder', async () => {
  const site = join(stage.folder, 'plain');
  cpSync(join(examples, 'plain'), site, { recursive: true });
  cpSync(join(examples, 'vite/node_modules/sightline/www'), join(site, 'sightline'), { recursive: true });
  cpSync(model, join(site, 'model'), { recursive: true });
  const { page } = await stage.page(browser, 'stage/plain/index.html');
  const street = captionByCommand(model, join(site, 'street.jpg')).text;
  await page.waitForFunction(
    (text) => document.querySelector('photo-caption')?.shadowRoot?.textContent?.includes(text),
    street,
  );
  await page.setInputFiles('input', named('scene.jpg', 'scene.jpg'));
  await page.getByText(captionByCommand(model, join(photos, 'scene.jpg')).text, { exact: true }).waitFor();
  await page.setInputFiles('input', named('text.jpg', 'text.jpg'));
  await page.locator('output', { hasText: 'no image' }).waitFor();
  await stage.settle();
});

test('a site that Vite builds, with an image of its own in the element', async () => {
  const example = join(examples, 'vite');
  const site = join(stage.folder, 'vite');
  rmSync(join(example, 'dist'), { recursive: true, force: true });
  done(example, 'npm', 'run', 'build');
  cpSync(join(example, 'dist'), site, { recursive: true });
  cpSync(model, join(site, 'model'), { recursive: true });
  const { page } = await stage.page(browser, 'stage/vite/index.html');
  await page.locator('output', { hasText: '1 of 1 captioned.' }).waitFor();
  assert.equal(
    await page.locator('photo-caption > img').getAttribute('alt'),
    captionByCommand(model, join(example, 'meadow.jpg')).text,
  );
  await stage.settle();
});

// The page as an app of the system: it can be installed, and photos can be shared with it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { AppStage, ready } from './app.js';
import { named, namesOn, settled } from './harness.js';

/** @import { Page } from 'playwright-core' */

const stage = AppStage.forSpec();

/**
 * Shares photos with the page, as a phone does: the browser posts the form that the manifest describes.
 * @param {Page} page @param {...string} names
 */
async function share(page, ...names) {
  const address = await page.getAttribute('link[rel=manifest]', 'href');
  const manifest = new URL(address ?? '', page.url());
  const { share_target: target } = JSON.parse(readFileSync(join(dist, 'www/page/manifest.webmanifest'), 'utf8'));
  await page.evaluate(
    ([action, { method, enctype, params }]) => {
      const form = Object.assign(document.createElement('form'), { id: 'shared', action, method, enctype });
      const input = Object.assign(document.createElement('input'), {
        type: 'file',
        name: params.files[0].name,
        multiple: true,
      });
      form.append(input);
      document.body.append(form);
    },
    [new URL(target.action, manifest).href, target],
  );
  await page.setInputFiles(
    '#shared input',
    names.map((name) => named(name, 'scene.jpg')),
  );
  const form = page.locator('#shared');
  await Promise.all([
    page.waitForNavigation(),
    form.evaluate((form) => /** @type {HTMLFormElement} */ (form).submit()),
  ]);
}

test('browsers find everything that they need to install it', async () => {
  const browser = await stage.newcomer();
  const page = await stage.visit(browser);
  const session = await browser.newCDPSession(page);
  const { url, errors } = await session.send('Page.getAppManifest');
  assert.equal(url, `${stage.url}www/page/manifest.webmanifest`);
  assert.deepEqual(errors, []);
  const sizes = await page.evaluate(async (manifest) => {
    const response = await fetch(manifest);
    /** @type {{ icons: { src: string, sizes: string }[] }} */
    const { icons } = await response.json();
    const drawn = icons
      .filter(({ sizes }) => sizes !== 'any')
      .map(async ({ src, sizes }) => {
        const { width, height } = await createImageBitmap(await (await fetch(new URL(src, manifest))).blob());
        return [src, sizes, `${width}x${height}`];
      });
    return Promise.all(drawn);
  }, url);
  assert.equal(sizes.length, 3);
  for (const [icon, told, is] of sizes) assert.equal(told, is, icon);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors, []);
});

test('photos that are shared with it are captioned once, without a network too', async () => {
  const browser = await stage.newcomer();
  stage.host(dist, '/some/where/');
  const page = await stage.visit(browser, 'some/where/');
  await share(page, 'from a phone.jpg', 'ပုံ.jpg');
  assert.equal(page.url(), `${stage.url}some/where/`);
  await settled(page, 2);
  const names = await namesOn(page);
  assert.deepEqual(names, ['ပုံ.jpg', 'from a phone.jpg']);
  for (const name of names) await stage.assertTells(page, name);
  await page.reload();
  await ready(page);
  assert.equal(await page.locator('.card').count(), 0, 'they are forgotten');
  assert.equal(await page.evaluate(async () => (await (await caches.open('sightline-shared')).keys()).length), 0);
  await stage.cut(page);
  await share(page, 'late.jpg');
  await settled(page, 1);
  await stage.assertTells(page, 'late.jpg');
});

test('what was shared and cannot be had is said to be lost', async () => {
  const browser = await stage.newcomer();
  const page = await stage.visit(browser);
  const isSaid = () => page.waitForSelector('#intake-error[data-error="intake.lost"]:not(:empty)');
  const session = await browser.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(stage.url).origin, quotaSize: 1000 });
  await share(page, 'too much.jpg');
  await isSaid();
  assert.equal(page.url(), stage.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(stage.url).origin });
  await page.evaluate(() => fetch('share', { method: 'POST', body: 'no form' }));
  await page.reload();
  await isSaid();
});

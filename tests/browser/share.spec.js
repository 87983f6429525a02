// The page as an app of the system: it can be installed, and photos can be shared with it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { namesOn, photoNamed, untilCards } from './page-actions.js';
import { ServiceWorkerFixture, untilReady } from './service-worker-fixture.js';

/** @import { Page } from 'playwright-core' */

const fixture = ServiceWorkerFixture.forSpec();

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
    names.map((name) => photoNamed(name, 'scene.jpg')),
  );
  const form = page.locator('#shared');
  await Promise.all([
    page.waitForNavigation(),
    form.evaluate((form) => /** @type {HTMLFormElement} */ (form).submit()),
  ]);
}

test('browsers find everything that they need to install it', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  const session = await browser.newCDPSession(page);
  const { url, errors } = await session.send('Page.getAppManifest');
  assert.equal(url, `${fixture.url}www/page/manifest.webmanifest`);
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
  const browser = await fixture.newVisitor();
  fixture.serveBuild(dist, '/some/where/');
  const page = await fixture.visit(browser, 'some/where/');
  await share(page, 'from a phone.jpg', 'ပုံ.jpg');
  assert.equal(page.url(), `${fixture.url}some/where/`);
  await untilCards(page, 2);
  const names = await namesOn(page);
  assert.deepEqual(names, ['from a phone.jpg', 'ပုံ.jpg']);
  for (const name of names) await fixture.assertPhoto(page, name);
  await page.reload();
  await untilReady(page);
  assert.equal(await page.locator('.card').count(), 0, 'they are forgotten');
  assert.equal(await page.evaluate(async () => (await (await caches.open('sightline-shared')).keys()).length), 0);
  await fixture.goOffline(page);
  await share(page, 'late.jpg');
  await untilCards(page, 1);
  await fixture.assertPhoto(page, 'late.jpg');
});

test('what was shared and cannot be had is said to be lost', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  const isSaid = () => page.waitForSelector('#intake-error[data-error="intake.lost"]:not(:empty)');
  const session = await browser.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(fixture.url).origin, quotaSize: 1000 });
  await share(page, 'too much.jpg');
  await isSaid();
  assert.equal(page.url(), fixture.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(fixture.url).origin });
  await page.evaluate(() => fetch('share', { method: 'POST', body: 'no form' }));
  await page.reload();
  await isSaid();
});

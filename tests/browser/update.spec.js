// New versions of the page: offered, taken when the reader says so, and never halves of two.

import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { root } from '../../scripts/run.js';
import { filesOf } from '../../scripts/serve.js';
import { writeServiceWorker } from '../../scripts/service-worker.js';
import { photos } from './command-line.js';
import { HARDWARE, HOLD, untilGpuGivenUp } from './gpu.js';
import { untilCards } from './page-actions.js';
import {
  cachesOf,
  checkForUpdate,
  ServiceWorkerFixture,
  until,
  untilFooterSays,
  untilReady,
} from './service-worker-fixture.js';

const fixture = ServiceWorkerFixture.forSpec();

test('a new version is offered, waits for the reader and for no caption’s end, and leaves nothing of the old one', async () => {
  const browser = await fixture.newVisitor();
  fixture.serveBuild(fixture.makeBuild('one', HOLD));
  const page = await fixture.visit(browser);
  const other = await fixture.visit(browser);
  assert.ok(await page.isHidden('#update p'), 'the first version is no news');
  const [old] = Object.keys(await cachesOf(page));
  for (const tab of [page, other]) await tab.setInputFiles('#files', join(photos, 'scene.jpg'));
  fixture.requests = [];
  fixture.serveBuild(fixture.makeBuild('two'));
  await checkForUpdate(page);
  await page.waitForSelector('#update p:visible');
  assert.ok(await page.isVisible('#stage.working'), 'the caption is still being written');
  await page.evaluate(() => new BroadcastChannel('go on').postMessage('go on'));
  await untilCards(page, 1);
  await fixture.assertPhoto(page, 'scene.jpg');
  assert.equal(await page.innerText('footer p'), 'one');
  assert.ok(Object.keys(await cachesOf(page)).includes(old), 'the old one still serves');
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run(document));
  assert.deepEqual(violations, []);

  await untilCards(other, 1);
  await page.click('#update button');
  await untilFooterSays(page, 'two');
  await untilReady(page);
  assert.ok(await page.isHidden('#update p'));
  const names = Object.keys(await cachesOf(page));
  assert.equal(names.length, 1);
  assert.notEqual(names[0], old);
  assert.ok(!fixture.requests.some((url) => url.endsWith('.safetensors')), 'the model is kept');
  await fixture.assertCaptions(page);

  assert.equal(await other.innerText('footer p'), 'one', 'nobody asked for it here');
  assert.equal(await other.locator('.card').count(), 1);
  await other.click('#update button');
  await untilFooterSays(other, 'two');
});

test('a version that was offered and not taken is offered again on the next visit', async () => {
  const browser = await fixture.newVisitor();
  fixture.serveBuild(fixture.makeBuild('first'));
  const page = await fixture.visit(browser);
  fixture.serveBuild(fixture.makeBuild('second'));
  await checkForUpdate(page);
  await page.waitForSelector('#update p:visible');
  await page.reload();
  await page.waitForSelector('#update p:visible');
  assert.equal(await page.innerText('footer p'), 'first');
});

test('a page without a wasm for WebGPU computes on the processor, and on the GPU from the reload after it is there', async () => {
  const browser = await fixture.newVisitor({ webgpu: true });
  await browser.addInitScript(HARDWARE);
  const early = fixture.makeBuild('early');
  rmSync(join(early, 'www/wasm/gpu'), { recursive: true });
  writeServiceWorker(early);
  fixture.serveBuild(early);
  const page = await fixture.visit(browser);
  // The worker that asked for the GPU's is ended, and the other goes on.
  await untilGpuGivenUp(fixture, page);
  await fixture.assertCaptions(page);
  assert.equal(await page.getAttribute('html', 'data-device'), 'cpu');
  assert.ok(await page.isHidden('.error'));
  assert.equal(await page.textContent('#notices'), '');
  fixture.serveBuild(fixture.makeBuild('whole'));
  await page.reload();
  // Chromium's software adapter takes its time over the first photo.
  await page.waitForSelector('html[data-device="webgpu"]', { timeout: 60_000 });
  assert.match(String(await page.textContent('#model-line')), /, on the GPU\.$/);
  assert.match(String(await page.textContent('#notices')), /^The GPU is ready/);
  await fixture.endTest(/404|ERR_/);
});

test('an update without a network, or in the middle of the host’s own, changes nothing', async () => {
  const browser = await fixture.newVisitor();
  const before = fixture.makeBuild('before');
  fixture.serveBuild(before);
  const page = await fixture.visit(browser);
  await fixture.goOffline(page);
  await page.reload();
  await assert.rejects(checkForUpdate(page));
  await fixture.assertCaptions(page);
  assert.equal(await page.innerText('footer p'), 'before');

  await browser.setOffline(false);
  fixture.serveBuild(fixture.makeBuild('now'));
  const now = fixture.intercept;
  const stale = filesOf(before);
  fixture.intercept = (request, response) => {
    if (!request.url?.endsWith('/en.json')) return now(request, response);
    stale(request, response, () => assert.fail(request.url));
    return true;
  };
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    registration.addEventListener('updatefound', () => {
      const { installing } = registration;
      installing?.addEventListener('statechange', () => (document.body.dataset.update = installing.state));
    });
    await registration.update().catch(() => {});
  });
  await page.waitForSelector('[data-update="redundant"]');
  await page.reload();
  await untilReady(page);
  assert.equal(await page.innerText('footer p'), 'before');
  assert.ok(await page.isHidden('#update p'));

  fixture.intercept = now;
  await checkForUpdate(page);
  await page.click('#update button');
  await untilFooterSays(page, 'now');
});

test('a page that its host took away, as the guide says, is gone', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  const guide = readFileSync(join(root, 'docs/HOSTING.md'), 'utf8');
  const farewell = /```js\n(.*?)```/s.exec(guide)?.[1];
  fixture.intercept = (request, response) => {
    if (request.url === '/service-worker.js') {
      response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(farewell);
    } else response.writeHead(410, { 'Content-Type': 'text/html' }).end('<p>It was here.');
    return true;
  };
  await checkForUpdate(page);
  await until(page, async () => !(await navigator.serviceWorker.getRegistration()));
  // A browser may still open it once from what it has.
  const isGone = async () => (await page.innerText('p')) === 'It was here.';
  for (let visits = 0; visits < 3 && !(await isGone()); visits += 1) await page.reload();
  assert.ok(await isGone());
  await fixture.endTest(/410/);
});

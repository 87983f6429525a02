// The page without a network, and where nothing can be kept for that.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { writeServiceWorker } from '../../scripts/service-worker.js';
import { WITHOUT_RELAXED_SIMD } from './fixture.js';
import { chooseInMenu, untilCards } from './page-actions.js';
import {
  cachesOf,
  checkForUpdate,
  edit,
  ServiceWorkerFixture,
  until,
  untilFooterSays,
  untilReady,
} from './service-worker-fixture.js';
import { automatic } from './site.js';

const fixture = ServiceWorkerFixture.forSpec();

for (const under of ['/', '/some/where/']) {
  test(`once visited, the page below ${under} captions without a network, word for word`, async () => {
    const browser = await fixture.newVisitor();
    fixture.serveBuild(dist, under);
    const page = await fixture.visit(browser, under.slice(1));
    await page.getByText('Ready. Works offline.', { exact: true }).waitFor();
    fixture.requests = [];
    await page.reload();
    await untilReady(page);
    assert.deepEqual(
      fixture.requests.filter((url) => !url.endsWith('/service-worker.js')),
      [`${under}models/${automatic}/model.json`],
      'the next visit asks what is new, and for nothing else',
    );
    await fixture.goOffline(page);
    for (const address of ['', 'index.html', '?device=cpu&lang=my#there']) {
      await page.goto(fixture.url + under.slice(1) + address);
      await untilReady(page);
      await fixture.assertCaptions(page);
    }
    await page.selectOption('#language', 'ar');
    await page.waitForSelector('html[lang="ar"]');
    await chooseInMenu(page, '.remove');
    await page.click('[data-sample="surfer"]');
    await untilCards(page, 1);
    assert.ok(await page.locator('#stage .photo img').getAttribute('alt'));
  });
}

test('a page whose files the browser has deleted is kept again by the next visit', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  const kept = await cachesOf(page);
  await page.evaluate(async () => {
    for (const name of await caches.keys()) if (name.startsWith('sightline-page ')) await caches.delete(name);
  });
  await page.reload();
  await untilReady(page);
  const [files] = Object.values(kept);
  await page.evaluate((count) => Object.assign(globalThis, { count }), files.length);
  await until(page, async () => {
    const [name] = (await caches.keys()).filter((name) => name.startsWith('sightline-page '));
    return (await (await caches.open(name)).keys()).length === /** @type {any} */ (globalThis).count;
  });
  const sorted = Object.entries(await cachesOf(page)).map(([name, files]) => [name, files.sort()]);
  assert.deepEqual(Object.fromEntries(sorted), { [Object.keys(kept)[0]]: files.sort() });
  await fixture.goOffline(page);
  await page.reload();
  await untilReady(page);
  await fixture.assertCaptions(page);
});

test('the files for the GPU are kept where it is used, and only there', async () => {
  const browser = await fixture.newVisitor({ webgpu: true });
  const page = await fixture.visit(browser, '?device=cpu');
  const gpu = async () =>
    Object.values(await cachesOf(page))
      .flat()
      .filter((url) => url.includes('/wasm/gpu/')).length;
  assert.equal(await gpu(), 0);
  // Chromium's software adapter takes its time over the first photo.
  const onGpu = () => page.waitForSelector('html[data-device="webgpu"]', { timeout: 60_000 });
  await page.goto(`${fixture.url}?device=webgpu`);
  await onGpu();
  await until(page, async () => Boolean(await caches.match('www/wasm/gpu/sightline_bg.wasm')));
  fixture.serveBuild(fixture.makeBuild('after the GPU'));
  await checkForUpdate(page);
  await page.click('#update button');
  await untilFooterSays(page, 'after the GPU');
  assert.equal(await gpu(), 2, 'a new version brings them along');
  await fixture.goOffline(page);
  await page.reload();
  await onGpu();
});

for (const [kept, where, isOlder, isThere] of /** @type {const} */ ([
  ['cpu-relaxed', 'the browser has relaxed SIMD', false, true],
  ['cpu', 'it has none', true, true],
  ['cpu', 'the host has no wasm with it', false, false],
])) {
  test(`of the wasms for the processor ${kept} is kept where ${where}`, async () => {
    const browser = await fixture.newVisitor();
    const build = fixture.makeBuild(where, isOlder ? WITHOUT_RELAXED_SIMD : '');
    if (!isThere) rmSync(join(build, 'www/wasm/cpu-relaxed'), { recursive: true });
    writeServiceWorker(build);
    if (isOlder) edit(join(build, 'service-worker.js'), (code) => `${WITHOUT_RELAXED_SIMD}\n${code}`);
    fixture.serveBuild(build);
    const page = await fixture.visit(browser);
    const folders = Object.values(await cachesOf(page))
      .flat()
      .map((url) => /\/wasm\/([\w-]+)\//.exec(url)?.[1])
      .filter(Boolean);
    assert.deepEqual(folders, [kept, kept], 'its script and itself');
    await fixture.goOffline(page);
    await page.reload();
    await untilReady(page);
    await fixture.assertCaptions(page);
    await fixture.endTest(/404|ERR_/);
  });
}

test('whatever is not the page’s own goes its way', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  fixture.requests = [];
  const answers = await page.evaluate(async () => {
    const part = await fetch('www/page/page.css', { headers: { Range: 'bytes=0-9' } });
    const model = await fetch('models/flickr8k-resnet50/model.json');
    const posted = await fetch('www/page/page.css', { method: 'POST' });
    const queried = await fetch('www/page/page.css?other');
    const nowhere = await fetch('nowhere');
    return [part, model, posted, queried, nowhere].map(({ status }) => status);
  });
  assert.deepEqual(answers, [206, 200, 200, 200, 404]);
  assert.equal(fixture.requests.length, 5);
  await page.goto(`${fixture.url}fixture/blank.html`);
  assert.equal(await page.title(), 'blank', 'other pages below it are not answered for');
  await fixture.endTest(/404/);
});

test('a page that embeds a captioner gets no service worker of ours', async () => {
  const browser = await fixture.newVisitor();
  const { page } = await fixture.openPage(undefined, { browser });
  await page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    await Captioner.load({ model });
  }, `${fixture.url}fixture/additive/`);
  assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
});

for (const [how, options] of /** @type {const} */ ([
  ['are blocked', 'block'],
  ['do not exist', 'allow'],
  ['cannot be had', 'allow'],
])) {
  test(`the page works as ever where service workers ${how}`, async () => {
    const browser = await fixture.newVisitor({ serviceWorkers: options });
    const there = fixture.intercept;
    if (how === 'do not exist') {
      await browser.addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
    } else if (how === 'cannot be had') {
      fixture.intercept = (request, response) => {
        if (request.url === '/service-worker.js') request.url = '/nowhere';
        return there(request, response);
      };
    }
    const { page } = await fixture.openPage('', { browser });
    await untilReady(page);
    await fixture.assertCaptions(page);
    assert.equal(await page.innerText('#status'), 'Ready.', 'it promises nothing');
    assert.deepEqual(await cachesOf(page), {});
    await fixture.endTest(/bad HTTP response code \(404\) was received when fetching the script/);
  });
}

// Other origins, and other pages of the same one: what they ask for is not answered in their place, and what they say is
// not obeyed.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { filesOf, serve } from '../../scripts/serve.js';
import { photos } from './command-line.js';
import { ServiceWorkerFixture } from './service-worker-fixture.js';

/** @import { Frame, Page } from 'playwright-core' */
/** @import { Server } from '../../scripts/serve.js' */

const fixture = ServiceWorkerFixture.forSpec();
/** Under another origin, which is all that matters here. @type {Server} */
let elsewhere;
/** What that was asked for. @type {(string | undefined)[]} */
const askedElsewhere = [];

before(async () => {
  elsewhere = await serve(0, {
    headers: {},
    intercept: (request, response) => {
      askedElsewhere.push(request.url);
      response.writeHead(200, { 'Content-Type': 'text/html', 'Access-Control-Allow-Origin': '*' });
      response.end('<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">');
      return true;
    },
  });
});

after(() => elsewhere.close());

/** Everything that the page, its worker and its service worker say to each other. */
const messages = () => [
  'take over',
  'keep for the GPU',
  { type: 'load', model: `${elsewhere.url}model/`, device: 'cpu', precision: 'auto' },
  { type: 'caption', job: 1, caption: { text: 'forged' } },
  { type: 'words', job: 1, words: [{ text: 'forged' }] },
  { type: 'failed', code: 'internal', message: 'forged' },
  { type: 'lost', code: 'device-lost', message: 'forged' },
  { type: 'stop', job: 1 },
];

/** A host without headers, so that other origins may frame and open the page. @param {string} [under] */
function serveOpenly(under = '/') {
  fixture.serveBuild(dist, under);
  const there = fixture.intercept;
  const files = filesOf(dist, {});
  fixture.intercept = (request, response) => {
    const { url = '' } = request;
    if (!url.startsWith(under) || url.startsWith(`${under}models/flickr8k-`)) return there(request, response);
    request.url = url.slice(under.length - 1);
    files(request, response, () => void response.writeHead(404).end());
    return true;
  };
}

/** In front of a page's, counts what is said to its window. */
const COUNT = "globalThis.received = 0; addEventListener('message', () => (received += 1));";

test('the service worker leaves alone what lies beside its scope, and what other origins have', async () => {
  const under = '/some/where/';
  const browser = await fixture.newVisitor();
  serveOpenly(under);
  const page = await fixture.visit(browser, under.slice(1));
  fixture.requests = [];
  askedElsewhere.length = 0;
  const path = 'www/page/page.css';
  const answers = await page.evaluate(
    async (addresses) => Promise.all(addresses.map(async (address) => (await fetch(address)).text())),
    [path, `/${path}`, `/some/${path}`, `${elsewhere.url}some/where/${path}`],
  );
  assert.match(answers[0], /:root/, 'its own it has');
  assert.deepEqual(
    fixture.requests.toSorted(),
    [`/some/${path}`, `/${path}`],
    'the host is asked for what lies beside, and for that alone',
  );
  assert.deepEqual(askedElsewhere, [`/some/where/${path}`]);
  fixture.intercept = () => false;
  await page.goto(`${fixture.url}fixture/blank.html`);
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null);
  await fixture.endTest(/404/, /^a request to/);
});

for (const how of /** @type {const} */ (['frames', 'opens'])) {
  test(`a page of another origin that ${how} this one is not obeyed, whatever it says`, async () => {
    const browser = await fixture.newVisitor();
    await browser.addInitScript(COUNT);
    serveOpenly();
    askedElsewhere.length = 0;
    const stranger = await browser.newPage();
    await stranger.goto(elsewhere.url);
    const sightline = await (how === 'frames' ? framedBy : openedBy)(stranger);
    await sightline.waitForSelector('html[data-device]');
    await stranger.evaluate((messages) => {
      for (const message of messages) /** @type {any} */ (globalThis).other.postMessage(message, '*');
    }, messages());
    await sightline.waitForFunction(`received === ${messages().length}`);
    assert.equal(await sightline.locator('.card').count(), 0);
    await sightline.locator('#files').setInputFiles(join(photos, 'scene.jpg'));
    await sightline.waitForSelector('#stage:not(.working) .photo img[alt]:not([alt=""])');
    assert.equal(await sightline.locator('#stage .photo img').getAttribute('alt'), fixture.expected?.hedged);
    assert.deepEqual(askedElsewhere, ['/'], 'for the stranger’s own page');
    await fixture.endTest();
  });
}

/** @param {Page} stranger @returns {Promise<Frame>} */
async function framedBy(stranger) {
  await stranger.evaluate((src) => {
    const frame = Object.assign(document.createElement('iframe'), { src });
    document.body.append(frame);
    Object.assign(globalThis, { other: frame.contentWindow });
  }, fixture.url);
  const frame = await (await stranger.waitForSelector('iframe')).contentFrame();
  assert.ok(frame);
  return frame;
}

/** @param {Page} stranger @returns {Promise<Page>} */
async function openedBy(stranger) {
  const opened = stranger.waitForEvent('popup');
  await stranger.evaluate((url) => void Object.assign(globalThis, { other: open(url) }), fixture.url);
  return opened;
}

test('neither the page nor the element listens to what is said to its window', async () => {
  const browser = await fixture.newVisitor();
  const page = await fixture.visit(browser);
  const { page: host } = await fixture.openPage(undefined, { browser });
  await host.evaluate(async (model) => {
    await import(/** @type {any} */ ('/www/photo-caption.js'));
    document.body.append(Object.assign(document.createElement('photo-caption'), { model, src: '/photo.jpg' }));
  }, `${fixture.url}fixture/additive/`);
  for (const either of [page, host]) {
    const session = await browser.newCDPSession(either);
    const { result } = await session.send('Runtime.evaluate', { expression: 'window' });
    const { listeners } = await session.send('DOMDebugger.getEventListeners', { objectId: `${result.objectId}` });
    assert.ok(!listeners.some(({ type }) => /^message/.test(type)));
  }
  await fixture.endTest(/404/);
});

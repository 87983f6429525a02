// The worker and the wasm in other places than beside the module: other folders, other sites.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/run.js';
import { serve } from '../../scripts/serve.js';
import { captionByApi } from './caption-by-api.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';

/** @import { Page } from 'playwright-core' */
/** @import { Server } from '../../scripts/serve.js' */
/** @import { LoadOptions } from '../../www/options.js' */

const fixture = Fixture.forSpec({ isStrict: false });
const { additive: model } = fixture.models;
cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photo.jpg'));
/** A site that lets others use its files. @type {Server} */
let elsewhere;

before(async () => {
  elsewhere = await serve(0, {
    headers: { 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' },
    intercept: (request) => {
      // Where a site puts the models that the element is to know by their names.
      request.url = request.url?.replace(/^\/www\/models\//, '/models/');
      return false;
    },
  });
});

after(() => elsewhere.close());

/** A page whose policy, if it has one, is its own. @param {string} [markup] @param {string} [policy] */
async function openPage(markup = '', policy) {
  fixture.intercept = (request, response) => {
    if (request.url !== '/open.html') return false;
    response
      .writeHead(200, { 'Content-Type': 'text/html', ...(policy && { 'Content-Security-Policy': policy }) })
      .end(`<!doctype html><title>open</title><link rel="icon" href="data:,">${markup}`);
    return true;
  };
  return (await fixture.openPage('open.html')).page;
}

/** One tag for the module of another site, one for the element. @param {string} [attributes] */
const elementFromElsewhere = (attributes = 'model="fixture/additive/"') =>
  `<script type="module" src="${elsewhere.url}www/photo-caption.js"></script>
  <photo-caption src="fixture/photo.jpg" device="cpu" auto ${attributes}></photo-caption>`;

/** As docs/EMBEDDING.md has it, but for workers. */
const policyForElsewhere = () =>
  `default-src 'self'; script-src 'self' ${elsewhere.url} 'wasm-unsafe-eval'; connect-src 'self' ${elsewhere.url};
  img-src 'self' blob: data:;`.replace(/\s+/g, ' ');

/** The element's caption, or its error's code and message. @param {Page} page @returns {Promise<any>} */
function outcome(page) {
  return page.evaluate(async () => {
    const element = /** @type {import('../../www/photo-caption.js').PhotoCaption} */ (
      document.querySelector('photo-caption')
    );
    await customElements.whenDefined('photo-caption');
    if (!element.caption && !element.error) {
      await new Promise((resolve) => {
        for (const type of ['caption', 'caption-error']) element.addEventListener(type, resolve);
      });
    }
    return element.caption?.text ?? [element.error?.code, element.error?.message];
  });
}

const expected = () => captionByCommand(model.path, join(photos, 'scene.jpg')).text;

test('the worker and the wasm may be in folders of their own, under the strictest policy', async () => {
  cpSync(join(root, 'dist/www'), join(fixture.folder, 'moved'), { recursive: true });
  cpSync(join(root, 'www/wasm'), join(fixture.folder, 'wasm'), { recursive: true });
  const { page } = await fixture.openPage();
  fixture.requests = [];
  const places = { workerUrl: 'moved/worker.js', wasmUrl: new URL('fixture/wasm', fixture.url).href };
  assert.equal(await captionByApi(page, '/www/captioner.js', { model: model.url, ...places }), expected());
  assert.ok(fixture.requests.includes('/fixture/moved/worker.js'));
  assert.ok(fixture.requests.includes('/fixture/wasm/cpu-relaxed/sightline_bg.wasm'));
  assert.deepEqual(
    fixture.requests.filter((url) => url.endsWith('.wasm') && !url.startsWith('/fixture/wasm/')),
    [],
  );
  await fixture.endTest();
});

test('all of it may be on another site, whether or not the caller names it', async () => {
  const page = await openPage();
  const www = `${elsewhere.url}www/`;
  for (const named of [{}, { workerUrl: `${www}worker.js` }]) {
    assert.equal(await captionByApi(page, `${www}captioner.js`, { model: model.url, ...named }), expected());
  }
  await fixture.endTest(/^a request to/);
});

test('one tag is enough for a page that takes the module from another site', async () => {
  const page = await openPage(elementFromElsewhere());
  assert.equal(await outcome(page), expected());
  await fixture.endTest(/^a request to/);
});

test('a policy has to allow that site, and workers of blobs', async () => {
  const workers = `worker-src blob: ${elsewhere.url}; require-trusted-types-for 'script'; trusted-types sightline`;
  const page = await openPage(elementFromElsewhere(), `${policyForElsewhere()} ${workers}`);
  assert.equal(await outcome(page), expected());
  await fixture.endTest(/^a request to/);
});

test('a model of the module’s own site is found beside the module', async () => {
  const page = await openPage(elementFromElsewhere('model="flickr8k-lite"'));
  const { text } = captionByCommand(join(root, 'models/flickr8k-lite'), join(photos, 'scene.jpg'));
  assert.equal(await outcome(page), text);
  await fixture.endTest(/^a request to/);
});

test('a policy against workers of blobs is named, with two ways out', async () => {
  const page = await openPage(elementFromElsewhere(), policyForElsewhere());
  const [code, message] = await outcome(page);
  assert.equal(code, 'internal');
  assert.match(message, /^The worker could not start: .+ the page’s policy forbids it\. /);
  const { origin } = new URL(elsewhere.url);
  assert.ok(
    message.endsWith(`Allow worker-src blob: ${origin}, or copy www/ to this site and name worker.js by workerUrl.`),
  );
  const copied = { model: model.url, workerUrl: '/www/worker.js' };
  assert.equal(await captionByApi(page, `${elsewhere.url}www/captioner.js`, copied), expected());
  await fixture.endTest(/^a request to/, /policy|Content Security Policy/);
});

test('a worker or wasm that cannot be loaded says how it could', async () => {
  const page = await openPage();
  /** @type {[string, Partial<LoadOptions>][]} */
  const wrong = [
    ['/www/captioner.js', { workerUrl: '/nowhere/worker.js' }],
    ['/www/captioner.js', { workerUrl: `${elsewhere.url}nowhere/worker.js` }],
  ];
  for (const [module, options] of wrong) {
    const [code, message] = await captionByApi(page, module, { model: model.url, ...options });
    assert.equal(code, 'internal', module);
    assert.match(message, /^The worker could not start: .+\. .*\bworkerUrl\b.*\.$/);
  }
  const [code, message] = await captionByApi(page, '/www/captioner.js', { model: model.url, wasmUrl: '/nowhere/' });
  assert.equal(code, 'internal');
  assert.match(
    message,
    /^The wasm could not be loaded: .+\. The option wasmUrl names the folder of cpu\/sightline_bg\.wasm\.$/,
  );
  await fixture.endTest(/^a request to/, /404/);
});

test('a load without a model, or with an option that is none or has no such value, is refused by name', async () => {
  const { page } = await fixture.openPage();
  const misspelt = { model: model.url, modelUrl: model.url };
  /** @type {[Partial<LoadOptions>, RegExp][]} */
  const refused = [
    [{}, /^Which model\?/],
    [misspelt, /^There is no option modelUrl; there are model, /],
    [
      { model: model.url, precision: /** @type {any} */ ('int8') },
      /^The precision is "int8"; it has to be auto or f32\.$/,
    ],
  ];
  for (const [options, complaint] of refused) {
    const [code, message] = await captionByApi(page, '/www/captioner.js', options);
    assert.equal(code, 'bad-option');
    assert.match(message, complaint);
  }
  await fixture.endTest();
});

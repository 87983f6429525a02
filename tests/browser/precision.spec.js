// In what the processor computes, as the API, the element and the page are told.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { photos } from './command-line.js';
import { Fixture } from './fixture.js';

const fixture = Fixture.forSpec();
const { additive: model } = fixture.models;
cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photo.jpg'));

const SCRIPT = '/wasm/cpu-relaxed/sightline.js';
/** Behind the wasm's own script: tells the server which device is opened, and in what it computes. */
const TELL = `
  const { open } = WebDevice;
  WebDevice.open = (...given) => {
    void fetch('/fixture/open?' + given);
    return open.apply(WebDevice, given);
  };`;

/** What the wasm is asked for while something is done. @param {() => Promise<unknown>} act */
async function openedWith(act) {
  fixture.requests = [];
  fixture.intercept = (request, response) => {
    if (request.url?.startsWith('/fixture/open?')) response.end();
    else if (request.url?.endsWith(SCRIPT)) {
      response.writeHead(200, { 'Content-Type': 'text/javascript' });
      response.end(readFileSync(join(root, 'www', SCRIPT), 'utf8') + TELL);
    } else return false;
    return true;
  };
  await act();
  return fixture.requests.filter((url) => url.includes('/fixture/open?')).map((url) => url.split('?')[1]);
}

/** @param {string} options of `Captioner.load`, as code */
async function load(options) {
  const { page } = await fixture.openPage();
  await page.evaluate(`import('/www/captioner.js').then(({ Captioner }) => Captioner.load(${options}))`);
}

/** Elements that name no precision where it is empty. @param {...string} precisions */
async function showElements(...precisions) {
  const { page } = await fixture.openPage();
  await page.evaluate(
    async ([model, ...precisions]) => {
      await import(/** @type {any} */ ('/www/photo-caption.js'));
      const elements = precisions.map((precision) => {
        const element = /** @type {import('../../www/photo-caption.js').PhotoCaption} */ (
          document.createElement('photo-caption')
        );
        if (precision) element.setAttribute('precision', precision);
        return Object.assign(element, { src: '/fixture/photo.jpg', model, auto: true });
      });
      const captioned = elements.map(
        (element) => new Promise((resolve) => element.addEventListener('caption', resolve)),
      );
      document.body.append(...elements);
      await Promise.all(captioned);
    },
    [model.url, ...precisions],
  );
}

test('who asks for floats gets them, and who says nothing what the model was made for', async () => {
  assert.deepEqual(await openedWith(() => load(`{ model: '${model.url}' }`)), ['cpu,auto']);
  assert.deepEqual(await openedWith(() => load(`{ model: '${model.url}', precision: 'f32' }`)), ['cpu,f32']);
  assert.deepEqual(await openedWith(() => showElements('')), ['cpu,auto']);
  assert.deepEqual(await openedWith(() => showElements('f32')), ['cpu,f32']);
  assert.deepEqual(await openedWith(() => fixture.openSightline()), ['cpu,auto']);
  assert.deepEqual(await openedWith(() => fixture.openSightline({ query: '&precision=f32' })), ['cpu,f32']);
});

test('elements that want other precisions share no captioner', async () => {
  assert.deepEqual((await openedWith(() => showElements('f32', ''))).sort(), ['cpu,auto', 'cpu,f32']);
});

test('the wasm takes no precision that it does not have', async () => {
  const { page } = await fixture.openPage();
  const [code, message] = await page.evaluate(async () => {
    const { default: init, WebDevice } = await import(/** @type {any} */ ('/www/wasm/cpu/sightline.js'));
    await init();
    return WebDevice.open('cpu', 'int8').catch((/** @type {any} */ { code, message }) => [code, message]);
  });
  assert.deepEqual([code, message], ['bad-option', 'the precision is "int8"; it has to be auto or f32']);
});

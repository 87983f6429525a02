// The API in the hands of who gives it what it cannot take, or callbacks that throw: each call ends, in an error that
// says what is wrong, and the next one works.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
const { additive: model } = fixture.models;
const bytes = readFileSync(join(photos, 'scene.jpg')).toString('base64');

/** A blank page on which `api` and `photo` are at hand. @param {(page: Page) => Promise<unknown>} [prepare] */
async function open(prepare) {
  const { page } = await fixture.openPage(undefined, { prepare });
  await page.evaluate(async (bytes) => {
    const api = await import(/** @type {any} */ ('/www/captioner.js'));
    const photo = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], { type: 'image/jpeg' });
    Object.assign(globalThis, { api, photo });
  }, bytes);
  return page;
}

/**
 * What comes of some code, in which `load` loads the model with more options.
 * @param {Page} page @param {string} code
 * @returns {Promise<{ value?: any, name?: string, code?: string, message?: string }>}
 */
function outcomeOf(page, code) {
  return page.evaluate(`(async () => {
    const load = (options) => api.Captioner.load({ model: '${model.url}', device: 'cpu', ...options });
    ${code}
  })().then((value) => ({ value }), ({ name, code, message }) => ({ name, code, message }))`);
}

test('options that cannot be taken are refused by name', async () => {
  const page = await open();
  await outcomeOf(page, 'globalThis.captioner = await load()');
  for (const [code, complaint] of /** @type {[string, RegExp][]} */ ([
    ['await api.Captioner.load()', /^Which model\?/],
    ['await api.Captioner.load(null)', /^Options are an object/],
    ['await api.Captioner.load("/models/")', /^Options are an object/],
    ['await load({ signal: 5 })', /^signal has to be an AbortSignal/],
    ['await load({ onProgress: 5 })', /^onProgress has to be a function/],
    ['await load({ onNotice: "say" })', /^onNotice has to be a function/],
    ['await load({ device: () => "cpu" })', /cannot be given to a worker/],
    ['await captioner.caption(photo, null)', /^Options are an object/],
    ['await captioner.caption(photo, { signal: 5 })', /^signal has to be an AbortSignal/],
    ['await captioner.caption(photo, { onWord: {} })', /^onWord has to be a function/],
    ['await captioner.caption(photo, { onPart() {} })', /^There is no option onPart; there are beams, .*onWord/],
    ['await captioner.caption(photo, { beams: () => 3 })', /cannot be given to a worker/],
    ['await captioner.inspect(photo, { onPart: 5 })', /^onPart has to be a function/],
    ['await captioner.inspect(photo, { signal: {} })', /^signal has to be an AbortSignal/],
  ])) {
    const { name, code: found, message } = await outcomeOf(page, code);
    assert.deepEqual([name, found], ['CaptionerError', 'bad-option'], `${code}: ${message}`);
    assert.match(message ?? '', complaint, code);
  }
  const { value } = await outcomeOf(
    page,
    'return (await captioner.caption(photo, { signal: null, onWord: undefined })).text',
  );
  assert.equal(value, captionByCommand(model.path, join(photos, 'scene.jpg')).text, 'nothing of it has stuck');
  assert.equal(page.workers().length, 1, 'a load that was refused leaves no worker');
});

test('whatever reason a signal has, what it stops fails with aborted', async () => {
  const page = await open();
  fixture.intercept = (request) => request.url === '/never.jpg';
  const { code } = await outcomeOf(
    page,
    `const captioner = await load();
    const controller = new AbortController();
    const caption = captioner.caption('/never.jpg', { signal: controller.signal });
    controller.abort('no reason');
    await caption`,
  );
  assert.equal(code, 'aborted');
});

test('what a callback throws is reported like what a listener throws, and what it was told of goes on', async () => {
  fixture.prependToWorker("postMessage({ type: 'notice', code: 'not-stored' });");
  const page = await open();
  const { value, message } = await outcomeOf(
    page,
    `const reported = new Set();
    addEventListener('error', (event) => {
      reported.add(event.error.message);
      event.preventDefault();
    });
    const fail = (name) => () => {
      throw new Error(name);
    };
    const captioner = await load({ onProgress: fail('onProgress'), onNotice: fail('onNotice') });
    const { text } = await captioner.caption(photo, { onWord: fail('onWord') });
    const { stages } = await captioner.inspect(photo, { stages: true, onPart: fail('onPart') });
    return { text, stages: stages.length, reported: [...reported].sort() };`,
  );
  assert.equal(message, undefined);
  const { text } = captionByCommand(model.path, join(photos, 'scene.jpg'));
  assert.deepEqual([value.text, value.reported], [text, ['onNotice', 'onPart', 'onProgress', 'onWord']]);
  assert.ok(value.stages > 1);
});

test('a workerUrl that names another script is given up after a minute of silence', async () => {
  const page = await open((page) => page.clock.install());
  const started = page.waitForEvent('worker');
  const outcome = outcomeOf(page, "await load({ workerUrl: '/www/errors.js' })");
  await started;
  await page.clock.runFor(60_000);
  const { name, code, message } = await outcome;
  assert.deepEqual([name, code], ['CaptionerError', 'internal']);
  assert.match(message ?? '', /\/www\/errors\.js .*workerUrl/);
  await fixture.endTest();
});

for (const [what, svg] of [
  ['a size', '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="64" height="24"/></svg>'],
  ['no size', '<svg xmlns="http://www.w3.org/2000/svg"><circle cx="50%" cy="50%" r="40%" fill="red"/></svg>'],
  [
    'HTML in it',
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><foreignObject width="9" height="9">
      <p xmlns="http://www.w3.org/1999/xhtml">é</p></foreignObject></svg>`,
  ],
]) {
  test(`an SVG with ${what} is captioned, whichever way it comes`, async () => {
    const page = await open();
    fixture.intercept = (request, response) => {
      if (request.url !== '/drawing.svg') return false;
      response.writeHead(200, { 'Content-Type': 'image/svg+xml; charset=utf-8' }).end(svg);
      return true;
    };
    const { value, message } = await outcomeOf(
      page,
      `const captioner = await load();
      const svg = ${JSON.stringify(svg)};
      const blob = new Blob([svg], { type: 'image/svg+xml' });
      const image = new Image();
      image.src = '/drawing.svg';
      await image.decode();
      const sources = [blob, image, '/drawing.svg', 'data:image/svg+xml,' + encodeURIComponent(svg)];
      const captions = [];
      if (!svg.includes('foreign')) await captioner.caption(URL.createObjectURL(blob));
      for (const source of sources) captions.push((await captioner.caption(source)).logProbability.toFixed(3));
      return captions;`,
    );
    assert.equal(message, undefined);
    assert.equal(value.length, 4);
    assert.equal(new Set(value).size, 1, 'it is the same picture each time');
  });
}

test('an SVG that is damaged is refused', async () => {
  const page = await open();
  const { code, message } = await outcomeOf(
    page,
    "await (await load()).caption(new Blob(['<svg'], { type: 'image/svg+xml' }))",
  );
  assert.equal(code, 'unsupported-image');
  assert.match(message ?? '', /SVG/);
});

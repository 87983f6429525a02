// The processor captions while the GPU gets ready, and the GPU after that, or never where it cannot be had. Chromium's
// software adapter passes for a GPU.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import {
  HANG,
  HARDWARE,
  HOLD,
  isGpuAsked,
  LOSE_AT_ONCE,
  LOSE_WHEN_TOLD,
  tellToLose,
  untilGpuGivenUp,
  untilTrue,
} from './gpu.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ browser: { webgpu: true }, isStrict: false });
const { additive: model } = fixture.models;
const photo = join(photos, 'scene.jpg');
const GPU_WASM = 'www/wasm/gpu/sightline_bg.wasm';

/** In front of a worker's, has it tell everybody that its model is ready. */
const TELL_READY = `
  const say = self.postMessage;
  self.postMessage = (message, transferred) => {
    say.call(self, message, transferred);
    if (message.type === 'ready') new BroadcastChannel('ready').postMessage('now');
  };`;

const STORAGE_FORBIDDEN =
  "Object.defineProperty(globalThis, 'caches', { get() { throw new DOMException('forbidden', 'SecurityError'); } });";

/**
 * A page on which `captioner`, `photo`, `progress` and `notices` are at hand.
 * @param {string} [model] code that says which
 */
async function open(model = `'${fixture.models.additive.url}'`) {
  fixture.requests = [];
  const { page, faults } = await fixture.openPage(undefined, { prepare: (page) => page.addInitScript(HARDWARE) });
  await page.evaluate(`(async () => {
    const { Captioner } = await import('/www/captioner.js');
    globalThis.progress = [];
    globalThis.notices = [];
    globalThis.readyWorkers = 0;
    new BroadcastChannel('ready').onmessage = () => (readyWorkers += 1);
    globalThis.photo = new Blob([Uint8Array.from(atob('${readFileSync(photo).toString('base64')}'), (c) => c.charCodeAt(0))]);
    globalThis.captioner = await Captioner.load({
      model: ${model},
      onProgress: ({ loaded }) => progress.push(loaded),
      onNotice: (code) => notices.push(code),
    });
  })()`);
  return { page, faults };
}

/** Keeps the GPU's wasm back until it is released. @returns {() => void} */
function holdGpu() {
  /** @type {(() => void)[]} */
  const answers = [];
  const there = fixture.intercept;
  fixture.intercept = (request, response) => {
    if (!request.url?.endsWith(GPU_WASM)) return there(request, response);
    const answer = () => {
      response.writeHead(200, { 'Content-Type': 'application/wasm' }).end(readFileSync(join(root, 'dist', GPU_WASM)));
    };
    answers.push(answer);
    return true;
  };
  return () => {
    fixture.intercept = there;
    for (const answer of answers) answer();
  };
}

/** The processor's worker has some code in front of its own, and all tell when they are ready. @param {string} code */
function prependToFirst(code) {
  fixture.prependToWorker(TELL_READY);
  const all = fixture.intercept;
  fixture.prependToWorker(code + TELL_READY, 1);
  const first = fixture.intercept;
  fixture.intercept = (request, response) => first(request, response) || all(request, response);
}

/** @param {Page} page @param {string} expected what the encoder runs on */
async function assertCaption(page, expected) {
  const { text, device } = await page.evaluate('captioner.caption(new Blob([photo]))');
  assert.deepEqual([text, device.encoder], [captionByCommand(model.path, photo).text, expected]);
}

/** @param {Page} page */
async function assertOnProcessor(page) {
  await assertCaption(page, 'cpu');
  assert.deepEqual(await page.evaluate('[captioner.device, captioner.about.device.encoder, notices]'), [
    'cpu',
    'cpu',
    [],
  ]);
}

test('the processor captions while the GPU gets ready, and then the GPU does', async () => {
  fixture.prependToWorker(LOSE_WHEN_TOLD);
  const release = holdGpu();
  const { page, faults } = await open();
  await assertOnProcessor(page);
  await untilTrue(() => isGpuAsked(fixture));
  await assertOnProcessor(page);
  const progress = await page.evaluate('progress.length');
  release();
  await untilTrue(() => page.evaluate('notices.length === 1'));
  assert.deepEqual(await page.evaluate('[captioner.device, captioner.about.device.encoder, notices]'), [
    'webgpu',
    'wgpu',
    ['gpu-took-over'],
  ]);
  await assertCaption(page, 'wgpu');
  assert.equal(page.workers().length, 1, 'the processor’s worker is ended');
  assert.equal(fixture.requests.filter((url) => url.endsWith('.safetensors')).length, 1, 'the model is fetched once');
  assert.equal(await page.evaluate('progress.length'), progress, 'nobody is told how it is fetched for the GPU');

  await tellToLose(page);
  await untilTrue(() => page.evaluate("notices.at(-1) === 'device-rebuilt'"));
  await assertCaption(page, 'wgpu');
  await tellToLose(page);
  await untilTrue(() => page.evaluate("notices.at(-1) === 'cpu-took-over'"));
  await assertCaption(page, 'cpu');
  assert.equal(await page.evaluate('notices.length'), 3);
  assert.deepEqual(faults, []);
  await fixture.endTest();
});

test('what the processor has begun it ends, also with a model from this device, and photos keep their order', async () => {
  prependToFirst(HOLD);
  const { page, faults } = await open(`await Promise.all(
    ['model.json', 'weights-001-of-001.safetensors'].map(
      async (name) => new File([await (await fetch('${model.url}' + name)).blob()], name),
    ),
  )`);
  await page.evaluate(`
    globalThis.done = [];
    globalThis.ask = (name) => captioner.caption(new Blob([photo])).then(({ device }) => done.push([name, device.encoder]));
    void ask('one');
    void ask('two');`);
  await untilTrue(() => page.evaluate('readyWorkers === 2'));
  await page.evaluate("void ask('three')");
  assert.equal(await page.evaluate('captioner.device'), 'cpu', 'the processor has something left to do');
  await page.evaluate(() => new BroadcastChannel('go on').postMessage('now'));
  await untilTrue(() => page.evaluate('done.length === 3'));
  assert.deepEqual(await page.evaluate('done'), [
    ['one', 'cpu'],
    ['two', 'cpu'],
    ['three', 'wgpu'],
  ]);
  assert.deepEqual(faults, []);
  await fixture.endTest();
});

test('where the processor hangs meanwhile, the GPU does what it had left', async () => {
  prependToFirst(HANG);
  const { page, faults } = await open();
  await page.evaluate(`
    globalThis.controller = new AbortController();
    globalThis.stopped = captioner.caption(photo, { signal: controller.signal }).catch(({ code }) => code);
    globalThis.left = captioner.caption(photo);
    void 0;`);
  await untilTrue(() => page.evaluate('readyWorkers === 2'));
  await page.evaluate('controller.abort()');
  assert.equal(await page.evaluate('stopped'), 'aborted');
  const { text, device } = await page.evaluate('left');
  assert.deepEqual([text, device.encoder], [captionByCommand(model.path, photo).text, 'wgpu']);
  assert.deepEqual(await page.evaluate('notices'), ['gpu-took-over']);
  assert.deepEqual(faults, []);
  await fixture.endTest();
});

test('where a site has no wasm for WebGPU the processor goes on, and nobody is told', async () => {
  fixture.intercept = (request, response) =>
    request.url?.endsWith(GPU_WASM) === true && Boolean(response.writeHead(404).end());
  const { page } = await open();
  await untilGpuGivenUp(fixture, page);
  await assertOnProcessor(page);
  await fixture.endTest(/404/);
});

test('a GPU that is lost while it gets ready leaves the processor at work', async () => {
  fixture.prependToWorker(LOSE_AT_ONCE);
  const { page } = await open();
  await untilGpuGivenUp(fixture, page);
  await assertOnProcessor(page);
  await fixture.endTest();
});

test('a captioner that is disposed of gets no GPU ready', async () => {
  holdGpu();
  const { page } = await open();
  await untilTrue(() => page.workers().length === 2);
  await page.evaluate('captioner.dispose()');
  await untilTrue(() => page.workers().length === 0);
  await fixture.endTest();
});

test('where a model cannot be kept it is not fetched a second time for the GPU', async () => {
  fixture.prependToWorker(STORAGE_FORBIDDEN);
  const { page } = await open();
  // By then it would be known that there is a GPU.
  const device = await page.evaluate("import('/www/device.js').then(({ chooseDevice }) => chooseDevice('auto'))");
  assert.equal(device, 'webgpu');
  await assertCaption(page, 'cpu');
  assert.deepEqual(await page.evaluate('notices'), ['not-stored']);
  assert.equal(page.workers().length, 1);
  assert.ok(!isGpuAsked(fixture));
  await fixture.endTest();
});

// The public API in a real browser: the command line's captions, everything that can be a photo, and every error.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { shippedModels } from '../../scripts/models.js';
import { root } from '../../scripts/run.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';

/** @import { Page } from 'playwright-core' */
/** @import { Caption, CaptionOptions } from '../../www/protocol.js' */

// Many tests provoke faults, and name those that they expect.
const fixture = Fixture.forSpec({ isStrict: false });
const { additive: model } = fixture.models;

/** A blank page with a captioner on it. @param {string} address @param {string} [device] */
async function open(address = model.url, device = 'cpu') {
  const { page, faults } = await fixture.openPage();
  await page.evaluate(
    async ([address, device]) => {
      const api = await import(/** @type {any} */ ('/www/captioner.js'));
      Object.assign(globalThis, { api, captioner: await api.Captioner.load({ model: address, device }) });
    },
    [address, device],
  );
  return { page, faults };
}

/**
 * @param {Page} page
 * @param {string} name in tests/photos, or a whole path
 * @param {CaptionOptions} [options]
 * @returns {Promise<Caption>}
 */
function caption(page, name, options = {}) {
  const bytes = readFileSync(resolve(photos, name)).toString('base64');
  return page.evaluate(
    async ([bytes, options]) => {
      const { captioner } = /** @type {any} */ (globalThis);
      return captioner.caption(
        new Blob([Uint8Array.from(atob(/** @type {string} */ (bytes)), (c) => c.charCodeAt(0))]),
        options,
      );
    },
    /** @type {const} */ ([bytes, options]),
  );
}

/** The code of what a piece of code on the page throws. @param {Page} page @param {string} code */
function errorOf(page, code) {
  return page.evaluate(
    `(async () => { ${code} })().then(() => 'nothing', (error) => [error.name, error.code, error.message])`,
  );
}

/** @param {Caption} found @param {Caption} expected @param {string} what */
function assertSame(found, expected, what) {
  assert.equal(found.text, expected.text, what);
  assert.deepEqual(
    found.candidates.map(({ text }) => text),
    expected.candidates.map(({ text }) => text),
    what,
  );
  found.words.forEach((word, i) => {
    const other = expected.words[i];
    assert.equal(word.text, other.text, what);
    assert.ok(Math.abs(word.logProbability - other.logProbability) < 1e-3, `${what}: ${word.text}`);
    assert.deepEqual(
      word.alternatives.map(({ text }) => text),
      other.alternatives.map(({ text }) => text),
      what,
    );
    assert.equal(word.lookedAway === null, other.lookedAway === null, what);
    assert.ok(Math.abs((word.lookedAway ?? 0) - (other.lookedAway ?? 0)) < 1e-3, `${what}: ${word.text}`);
    const [weights, others] = [word.attention?.flat() ?? [], other.attention?.flat() ?? []];
    assert.equal(weights.length, others.length, what);
    for (const [cell, weight] of weights.entries()) {
      assert.ok(Math.abs(weight - others[cell]) < 1e-3, `${what}: cell ${cell} of ${word.text}`);
    }
  });
}

test('captions are the command line’s, word for word', async () => {
  const { page, faults } = await open();
  for (const name of ['scene.jpg', 'orientation-6.jpg', 'rgb16.png', 'lossy.webp', 'animated.gif', 'scene.bmp']) {
    assertSame(await caption(page, name), captionByCommand(model.path, join(photos, name)), name);
  }
  const photo = join(photos, 'scene.jpg');
  /** @type {[CaptionOptions, string[]][]} */
  const ways = [
    [{ beams: 1 }, ['--beams', '1']],
    [{ beams: 5, maxWords: 6 }, ['--beams', '5', '--max-words', '6']],
    [{ prefix: ['w9', 'w5'] }, ['--prefix', 'w9 w5']],
    [{ cells: [0, 1, 7, 8] }, ['--cells', '0,1,7,8']],
    [{ temperature: 0.8, topP: 0.9, seed: 7 }, ['--temperature', '0.8', '--top-p', '0.9', '--seed', '7']],
  ];
  for (const [options, flags] of ways) {
    assertSame(
      await caption(page, 'scene.jpg', options),
      captionByCommand(model.path, photo, ...flags),
      flags.join(' '),
    );
  }
  assert.deepEqual(faults, []);
});

for (const decoder of /** @type {const} */ (['dot', 'sentinel', 'lstm', 'rnn', 'transformer'])) {
  test(`a model with the decoder ${decoder} works`, async () => {
    const { path, url } = fixture.pack(decoder, decoder);
    const { page } = await open(url);
    const found = await caption(page, 'scene.jpg');
    assertSame(found, captionByCommand(path, join(photos, 'scene.jpg')), decoder);
    for (const { text, attention, lookedAway } of found.words) {
      assert.equal(lookedAway !== null, decoder === 'sentinel', text);
      const all = attention?.flat().reduce((sum, weight) => sum + weight, lookedAway ?? 0);
      if (attention) assert.ok(Math.abs(Number(all) - 1) < 1e-4, `${text}: ${all}`);
    }
    const about = await page.evaluate('captioner.about');
    assert.equal(about.hasAttention, ['dot', 'sentinel', 'transformer'].includes(decoder));
    assert.equal(about.kind, 'captions');
    await page.close();
  });
}

test('a model that classifies gives the class, with the next ones beside it', async () => {
  const { path, url } = fixture.pack('classifier', 'classifier');
  const { page } = await open(url);
  assertSame(await caption(page, 'scene.jpg'), captionByCommand(path, join(photos, 'scene.jpg')), 'classifier');
  const about = await page.evaluate('captioner.about');
  assert.deepEqual([about.kind, about.hasAttention, about.takesCells, about.usualBeams], ['classes', false, true, 3]);
  await page.close();
});

for (const { name: model } of shippedModels(join(root, 'models'))) {
  test(`${model}, which ships, says what the command line says, and looks where it looks`, async () => {
    const { page, faults } = await open(`/models/${model}/`);
    for (const name of ['beach', 'meadow', 'street']) {
      const photo = join(root, `www/page/samples/${name}.jpg`);
      assertSame(await caption(page, photo), captionByCommand(model, photo), name);
    }
    assert.deepEqual(faults, []);
  });
}

test('at no time are the weights twice in memory', async () => {
  const { page } = await fixture.openPage();
  const [stored, taken] = await page.evaluate(async () => {
    const folder = '/models/flickr8k-resnet50/';
    const { default: init, ModelLoader, WebDevice } = await import(/** @type {any} */ ('/www/wasm/cpu/sightline.js'));
    const { memory } = await init();
    const bytes = async (/** @type {string} */ file) =>
      new Uint8Array(await (await fetch(folder + file)).arrayBuffer());
    const loader = new ModelLoader(await bytes('model.json'));
    const shards = loader.shards();
    for (const { file } of shards) loader.add(file, await bytes(file));
    loader.finish(await WebDevice.open('cpu', 'auto'));
    // A wasm's memory never shrinks, so this is the most that there was.
    return [
      shards.reduce((/** @type {number} */ sum, /** @type {{ bytes: number }} */ { bytes }) => sum + bytes, 0),
      memory.buffer.byteLength,
    ];
  });
  // Stored and computed with in 8 bits; beside them a shard that is being taken over, and what the wasm itself takes.
  assert.ok(taken > 1.1 * stored && taken < 1.7 * stored, `${taken} bytes for ${stored}`);
});

test('whatever a page has of a photo can be captioned', async () => {
  const { page, faults } = await open();
  fixture.intercept = (request, response) => {
    if (request.url !== '/photo') return false;
    response.end(readFileSync(join(photos, 'scene.bmp')));
    return true;
  };
  const expected = (await caption(page, 'scene.bmp')).text;
  const texts = await page.evaluate(async () => {
    const { captioner } = /** @type {any} */ (globalThis);
    const blob = await (await fetch('/photo')).blob();
    const image = new Image();
    image.src = '/photo';
    await image.decode();
    const bitmap = await createImageBitmap(blob);
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.drawImage(image, 0, 0);
    const data = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.readAsDataURL(blob);
    });
    /** @type {Record<string, unknown>} */
    const sources = {
      blob,
      file: new File([blob], 'photo.bmp'),
      image,
      bitmap,
      canvas,
      data,
      pixels: context.getImageData(0, 0, image.width, image.height),
      address: new URL('/photo', location.href),
      relative: '/photo',
      local: URL.createObjectURL(blob),
    };
    /** @type {Record<string, string>} */
    const texts = {};
    for (const [name, source] of Object.entries(sources)) texts[name] = (await captioner.caption(source)).text;
    return texts;
  });
  fixture.intercept = () => false;
  for (const [name, text] of Object.entries(texts)) assert.equal(text, expected, name);
  assert.deepEqual(faults, []);
});

test('words come one by one, and a photo is looked at once', async () => {
  const { page } = await open();
  const bytes = readFileSync(join(photos, 'scene.jpg')).toString('base64');
  const result = await page.evaluate(async (bytes) => {
    const { captioner } = /** @type {any} */ (globalThis);
    const photo = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]);
    /** @type {number[]} */
    const counts = [];
    const first = await captioner.caption(photo, {
      beams: 1,
      onWord: (/** @type {unknown} */ _, /** @type {unknown[]} */ words) => counts.push(words.length),
    });
    const second = await captioner.caption(photo, { beams: 3 });
    return { counts, words: first.words.length, encoded: [first.timings.encode, second.timings.encode] };
  }, bytes);
  assert.deepEqual(
    result.counts,
    Array.from({ length: result.words }, (_, i) => i + 1),
  );
  assert.equal(
    result.encoded[0],
    result.encoded[1],
    'the second caption tells the first one’s time, because it looked at nothing',
  );
});

test('a stopped caption ends at once, and the next one is whole', async () => {
  const { page } = await open();
  const expected = (await caption(page, 'scene.jpg')).text;
  const bytes = readFileSync(join(photos, 'scene.jpg')).toString('base64');
  const result = await page.evaluate(async (bytes) => {
    const { captioner } = /** @type {any} */ (globalThis);
    const photo = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]);
    const controller = new AbortController();
    let words = 0;
    const stopped = captioner.caption(photo, {
      signal: controller.signal,
      onWord: () => {
        words += 1;
        if (words === 2) controller.abort();
      },
    });
    const next = captioner.caption(photo);
    const code = await stopped.catch((/** @type {{ code: string }} */ error) => error.code);
    const late = await captioner
      .caption(photo, { signal: AbortSignal.abort() })
      .catch((/** @type {{ code: string }} */ error) => error.code);
    return { code, late, words, next: (await next).text };
  }, bytes);
  assert.deepEqual(result, { code: 'aborted', late: 'aborted', words: 2, next: expected });
});

test('every error has its code and a sentence', async () => {
  const { page } = await open();
  for (const [name, code, part] of [
    ['photo.heic', 'unsupported-image', 'HEIC is not supported; convert it to JPEG, PNG or WebP'],
    ['truncated.jpg', 'image-corrupt', 'ends before the picture does'],
    ['huge.png', 'image-too-large', '60000×60000'],
  ]) {
    const bytes = readFileSync(resolve(photos, name)).toString('base64');
    const code_ = `await captioner.caption(new Blob([Uint8Array.from(atob('${bytes}'), (c) => c.charCodeAt(0))]))`;
    const [type, found, message] = await errorOf(page, code_);
    assert.deepEqual([type, found], ['CaptionerError', code], name);
    assert.ok(message.includes(part), message);
  }
  const grey = `new ImageData(8, 8)`;
  for (const [code, expected] of [
    [`await captioner.caption(${grey}, { beams: 0 })`, 'bad-option'],
    [`await captioner.caption(${grey}, { bems: 3 })`, 'bad-option'],
    [`await captioner.caption(${grey}, { beams: 3, seed: 1 })`, 'bad-option'],
    [`await captioner.caption(${grey}, { prefix: ['unicorn'] })`, 'unknown-word'],
    [`await captioner.caption(${grey}, { cells: [49] })`, 'bad-cells'],
    [`await captioner.caption(${grey}, { cells: [] })`, 'bad-cells'],
    [`await captioner.caption(3)`, 'unsupported-image'],
    [`await captioner.caption(new ImageData(1, 70000))`, 'image-too-large'],
    [`await captioner.caption('/nothing.jpg')`, 'image-unreachable'],
    [`await captioner.caption('data:image/png;base64,%%')`, 'image-corrupt'],
    [`await api.Captioner.load({ model: '/nowhere/' })`, 'model-unreachable'],
    [`await api.Captioner.load({ model: '${model.url}', device: 'gpu' })`, 'bad-option'],
    [`await api.Captioner.load({ model: '${model.url}', precision: 'int8' })`, 'bad-option'],
    [`await api.Captioner.load({ model: '${model.url}', signal: AbortSignal.abort() })`, 'aborted'],
    [`await api.Captioner.load({ model: [new File(['{}'], 'model.json')] })`, 'model-unsupported'],
    [`await api.Captioner.load({ model: [] })`, 'model-unreachable'],
    [`const waiting = captioner.caption(${grey}); captioner.dispose(); await waiting`, 'disposed'],
    [`await captioner.caption(${grey})`, 'disposed'],
  ]) {
    const [type, found, message] = await errorOf(page, code);
    assert.deepEqual([type, found], ['CaptionerError', expected], code);
    assert.match(message, /\w.{10,}/, code);
  }
  const { page: other } = await fixture.openPage();
  const [, code] = await errorOf(
    other,
    `
    const api = await import('/www/captioner.js');
    await api.Captioner.load({ model: '${model.url}', device: 'webgpu' })`,
  );
  assert.equal(code, 'device-unavailable', 'this browser was started without WebGPU');
});

test('another site has to allow that its images are read', async () => {
  // A page without the strict policy, which forbids it in the first place.
  fixture.intercept = (request, response) => {
    if (request.url !== '/free.html') return false;
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>free</title>');
    return true;
  };
  const bytes = readFileSync(join(photos, 'scene.jpg'));
  const other = createServer((request, response) => {
    response.writeHead(200, request.url === '/open.jpg' ? { 'Access-Control-Allow-Origin': '*' } : {}).end(bytes);
  });
  await new Promise((resolve) => other.listen(0, 'localhost', () => resolve(undefined)));
  const address = other.address();
  const there = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  try {
    const page = await fixture.browser.newPage();
    await page.goto(`${fixture.url}free.html`);
    const text = await page.evaluate(
      async ([model, there]) => {
        const api = await import(/** @type {any} */ ('/www/captioner.js'));
        const captioner = await api.Captioner.load({ model, device: 'cpu' });
        Object.assign(globalThis, { captioner });
        return (await captioner.caption(`${there}/open.jpg`)).text;
      },
      [model.url, there],
    );
    assert.equal(text, captionByCommand(model.path, join(photos, 'scene.jpg')).text);
    const [, code, message] = await errorOf(page, `await captioner.caption('${there}/closed.jpg')`);
    assert.equal(code, 'image-unreachable');
    assert.match(message, /does not let other sites read its images/);
    await page.close();
  } finally {
    fixture.intercept = () => false;
    other.close();
    other.closeAllConnections();
  }
});

test('a folder from this device is a model too, and a damaged one is none', async () => {
  const { page } = await fixture.openPage();
  const files = ['model.json', 'weights-001-of-001.safetensors'].map((name) => ({
    name,
    content: readFileSync(join(model.path, name)).toString('base64'),
  }));
  /** @param {{ name: string, content: string }[]} files */
  const load = (files) =>
    page.evaluate(async (files) => {
      const api = await import(/** @type {any} */ ('/www/captioner.js'));
      const model = files.map(
        ({ name, content }) => new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name),
      );
      return api.Captioner.load({ model, device: 'cpu' }).then(
        (/** @type {any} */ captioner) => captioner.about.name,
        (/** @type {any} */ error) => error.code,
      );
    }, files);
  assert.equal(await load(files), 'additive');
  const shard = Buffer.from(files[1].content, 'base64');
  shard[shard.length >> 1] ^= 1;
  assert.equal(await load([files[0], { name: files[1].name, content: shard.toString('base64') }]), 'model-corrupt');
});

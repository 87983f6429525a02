// What lasts: hundreds of photos, hundreds of models loaded and disposed of, a GPU lost again and again. Small where
// nothing is said, whole with SIGHTLINE_ENDURANCE=1.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { LOSE_WHEN_TOLD, tellToLose } from './gpu.js';
import { untilWorkers } from './host-page.js';
import { automatic } from './site.js';

/** @import { Page } from 'playwright-core' */
/** @typedef {{ page: number, workers: number }} Memory in bytes */

const isWhole = Boolean(process.env.SIGHTLINE_ENDURANCE);
const [PHOTOS, LOADS, LOSSES] = isWhole ? [500, 200, 20] : [45, 20, 3];
/** As many photos as a worker keeps encoded, and some more: from there on memory is flat. */
const SETTLED = 35;
/** Of loads. */
const FIRST = 10;
/** What a browser keeps of its own accord, and what measuring it takes: in the whole, less than 3 kB for each photo. */
const TOLERANCE = 1_500_000;

const fixture = Fixture.forSpec({
  // The memory of workers as well, at once and after a collection.
  browser: { webgpu: true, flags: ['--enable-blink-features=ForceEagerMeasureMemory'] },
  isStrict: false,
});
const { additive } = fixture.models;
const scene = join(photos, 'scene.jpg');

/** In front of a worker's, has the memory of its wasm at hand. */
const SHOW_WASM = `
  const { instantiateStreaming } = WebAssembly;
  WebAssembly.instantiateStreaming = async (...what) => {
    const wasm = await instantiateStreaming.apply(WebAssembly, what);
    self.wasmMemory = wasm.instance.exports.memory;
    return wasm;
  };`;

/** A page on which `Captioner`, `photo`, `load` and `notices` are at hand. @param {object} [options] of each load */
async function open(options = { model: additive.url, device: 'cpu' }) {
  const { page } = await fixture.openPage();
  await page.evaluate(
    async ([options, bytes]) => {
      const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
      /** @type {string[]} */
      const notices = [];
      const photo = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
      const load = () => Captioner.load({ ...options, onNotice: (/** @type {string} */ code) => notices.push(code) });
      Object.assign(globalThis, { Captioner, photo, notices, load });
    },
    /** @type {const} */ ([options, readFileSync(scene).toString('base64')]),
  );
  return page;
}

/** What is left after a collection. @param {Page} page @returns {Promise<Memory>} */
function memoryOf(page) {
  return page.evaluate(async () => {
    const { breakdown } = await /** @type {any} */ (performance).measureUserAgentSpecificMemory();
    const memory = { page: 0, workers: 0 };
    for (const { bytes, attribution } of breakdown) {
      const isWorker = attribution.some((/** @type {any} */ { scope }) => scope === 'DedicatedWorkerGlobalScope');
      memory[isWorker ? 'workers' : 'page'] += bytes;
    }
    return memory;
  });
}

/** @param {Page} page */
const wasmBytes = (page) => page.workers()[0].evaluate('wasmMemory.buffer.byteLength');

/** @param {string} what @param {Memory} before @param {Memory} after */
function assertFlat(what, before, after) {
  for (const part of /** @type {const} */ (['page', 'workers'])) {
    const growth = after[part] - before[part];
    assert.ok(growth < TOLERANCE, `${what}: ${part} grew by ${growth} bytes from ${before[part]}`);
  }
}

/** Whole numbers below a bound that follow from a seed. @param {number} seed */
function randomFrom(seed) {
  let state = seed;
  return (/** @type {number} */ bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

test(`the memory of ${PHOTOS} photos is that of the first ${SETTLED}`, async (context) => {
  fixture.prependToWorker(SHOW_WASM);
  const page = await open({ model: `${fixture.url}models/${automatic}/`, device: 'cpu' });
  await page.evaluate('load().then((captioner) => void Object.assign(globalThis, { captioner }))');
  /** Captions of parts of the photo with noise in them, no two alike. @param {number} from @param {number} to */
  const captionMany = (from, to) =>
    page.evaluate(
      async ([from, to]) => {
        const { photo, captioner } = /** @type {any} */ (globalThis);
        const whole = await createImageBitmap(photo);
        const canvas = new OffscreenCanvas(320, 240);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
        for (let i = from; i < to; i += 1) {
          const part = 0.4 + 0.6 * ((i * 0.618) % 1);
          context.drawImage(whole, 0, 0, whole.width * part, whole.height * part, 0, 0, 320, 240);
          for (let spot = 0; spot < 200; spot += 1) {
            context.fillStyle = `hsl(${(i * 37 + spot * 11) % 360} 80% 50%)`;
            context.fillRect((spot * 53 + i) % 320, (spot * 29 + 3 * i) % 240, 3, 3);
          }
          const { text } = await captioner.caption(await canvas.convertToBlob({ type: 'image/jpeg' }), { beams: 1 });
          if (!text) throw new Error(`photo ${i} has no caption`);
        }
        whole.close();
      },
      [from, to],
    );
  await captionMany(0, SETTLED);
  const [before, wasmBefore] = [await memoryOf(page), await wasmBytes(page)];
  await captionMany(SETTLED, PHOTOS);
  const [after, wasmAfter] = [await memoryOf(page), await wasmBytes(page)];
  context.diagnostic(JSON.stringify({ before, after, wasmBefore, wasmAfter }));
  assert.equal(wasmAfter, wasmBefore, 'the memory of the wasm does not grow');
  assertFlat('photos', before, after);
  await fixture.endTest();
});

test(`${LOADS} loads and disposals leave nothing`, async (context) => {
  const page = await open();
  /** @param {number} count */
  const loadMany = (count) =>
    page.evaluate(async (count) => {
      const { load, photo } = /** @type {any} */ (globalThis);
      for (let i = 0; i < count; i += 1) {
        const captioner = await load();
        await captioner.caption(photo);
        captioner.dispose();
      }
    }, count);
  await page.evaluate(() => {
    const { createObjectURL, revokeObjectURL } = URL;
    const addresses = new Set();
    Object.assign(globalThis, { addresses });
    URL.createObjectURL = (what) => {
      const address = createObjectURL.call(URL, what);
      addresses.add(address);
      return address;
    };
    URL.revokeObjectURL = (address) => {
      addresses.delete(address);
      revokeObjectURL.call(URL, address);
    };
  });
  await loadMany(FIRST);
  await untilWorkers(page, 0);
  const before = await memoryOf(page);
  await loadMany(LOADS - FIRST);
  await untilWorkers(page, 0);
  const after = await memoryOf(page);
  context.diagnostic(JSON.stringify({ before, after }));
  assertFlat('loads', before, after);
  assert.equal(await page.evaluate('addresses.size'), 0);
  await fixture.endTest();
});

test(`a GPU that is lost at ${LOSSES} moments of a caption costs none of them`, async () => {
  fixture.prependToWorker(LOSE_WHEN_TOLD);
  const random = randomFrom(2016);
  const { text } = captionByCommand(additive.path, scene);
  const page = await open({ model: additive.url, device: 'webgpu' });
  for (let loss = 0; loss < LOSSES; loss += 1) {
    // A captioner opens the GPU anew once, and goes to the processor then.
    if (loss % 2 === 0) {
      await page.evaluate(
        'globalThis.captioner?.dispose(), load().then((captioner) => void Object.assign(globalThis, { captioner }))',
      );
    }
    // From now on there is a GPU to be lost.
    await page.evaluate('captioner.caption(photo).then(() => {})');
    await page.evaluate((after) => {
      const { captioner, photo } = /** @type {any} */ (globalThis);
      return new Promise((resolve) => {
        const onWord = (/** @type {unknown} */ _, /** @type {unknown[]} */ { length }) =>
          length === after && resolve(0);
        const caption = captioner.caption(new Blob([photo]), { onWord });
        Object.assign(globalThis, { caption });
        if (after) void caption.then(resolve);
        else resolve(0);
      });
    }, random(8));
    await tellToLose(page);
    assert.equal(await page.evaluate('caption.then(({ text }) => text)'), text);
    await page.waitForFunction((count) => /** @type {any} */ (globalThis).notices.length === count, loss + 1);
  }
  const notices = Array.from({ length: LOSSES }, (_, loss) => (loss % 2 ? 'cpu-took-over' : 'device-rebuilt'));
  assert.deepEqual(await page.evaluate('notices'), notices);
  await fixture.endTest();
});

// The numbers of the look inside: what the page computes is what `sightline look` and `sightline filter` write.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import {
  convolve,
  customKernel,
  greyOf,
  PRESETS,
  paddingOf,
  pool,
  presetKernel,
  toned,
} from '../../www/inside/filters.js';
import { similarity } from '../../www/inside/similarity.js';
import { captionByCommand, photos, sightline } from './command-line.js';
import { Fixture } from './fixture.js';
import { readTensors } from './safetensors.js';

/** @import { Page } from 'playwright-core' */
/** @import { Kernel, PaddingChoice, Pixels, PoolKind, Tones } from '../../www/inside/filters.js' */
/** @import { Caption, Inspection, MutedChannel, NeededWord, StageMaps } from '../../www/protocol.js' */
/** @import { Tensor } from './safetensors.js' */
/** @typedef {Inspection & { caption: Caption, averaged: Caption }} Found */
/** @typedef {{ kind: PoolKind, window: number }} Pooling */
/** @typedef {{ padding: PaddingChoice, stride: number, isGrey: boolean, pooling?: Pooling } & Tones} Settings */

const fixture = Fixture.forSpec({ models: { additive: 'additive', dot: 'dot', sentinel: 'sentinel' } });
const scene = join(photos, 'scene.jpg');
const small = join(photos, 'small.png');

/** The same sums, but kernels add in another order; PyTorch's numbers are held to the same. */
const TOLERANCE = 1e-4;

/** None, and channels of two stages. @type {MutedChannel[][]} */
const MUTED = [
  [],
  [
    { stage: 0, channel: 1 },
    { stage: 1, channel: 5 },
  ],
];

before(() => {
  fixture.models.mnist_cnn = fixture.synthesise('mnist_cnn');
});

/** How far numbers are from others, as a part of those. @param {ArrayLike<number>} found @param {ArrayLike<number>} expected */
function relativeL2(found, expected) {
  assert.equal(found.length, expected.length);
  let [error, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    error += (found[i] - expected[i]) ** 2;
    size += expected[i] ** 2;
  }
  assert.ok(size > 0, 'there is nothing to compare with');
  return Math.sqrt(error / size);
}

/** @param {ArrayLike<number>} found @param {ArrayLike<number>} expected @param {string} what */
function assertNear(found, expected, what) {
  const far = relativeL2(found, expected);
  assert.ok(far <= TOLERANCE, `${what}: ${far}`);
}

/** @param {{ shape: number[], values: Float32Array }} found @param {Tensor} expected @param {string} what */
function assertSame({ shape, values }, expected, what) {
  assert.deepEqual(shape, expected.shape, what);
  assertNear(values, expected.values, what);
}

/**
 * What the page says about the photo, and all that goes on inside.
 * @param {string} model @param {MutedChannel[]} muted
 * @returns {Promise<Found>}
 */
async function inspected(model, muted) {
  const { page } = await fixture.openPage();
  return page.evaluate(
    async ([model, bytes, muted]) => {
      const { Captioner } = /** @type {typeof import('../../www/captioner.js')} */ (
        await import(/** @type {any} */ ('/www/captioner.js'))
      );
      const captioner = await Captioner.load({ model, device: 'cpu' });
      const photo = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
      const caption = await captioner.caption(photo, { muted });
      const averaged = await captioner.caption(photo, { muted, averaged: true });
      const needed = caption.words.map(({ text }) => text);
      const inspection = await captioner.inspect(photo, { stages: true, kernels: true, needed, muted });
      return { ...inspection, caption, averaged };
    },
    /** @type {const} */ ([fixture.models[model].url, readFileSync(scene).toString('base64'), muted]),
  );
}

/** What the command line tells and writes about it. @param {string} model @param {MutedChannel[]} muted @param {...string} view */
function looked(model, muted, ...view) {
  const out = join(fixture.folder, 'look.safetensors');
  const mute = muted.map(({ stage, channel }) => `${stage ? `stage${stage}` : 'stem'}:${channel}`).join(',');
  const options = ['--device', 'cpu', ...(mute ? ['--mute', mute] : []), '-o', out];
  const said = sightline('look', scene, '--model', fixture.models[model].path, ...view, ...options);
  return { said: said.split('\n'), tensors: readTensors(out) };
}

/**
 * Returns what the command line tells of captions besides.
 * @param {StageMaps} grid @param {[number, number]} place @param {string} model @param {MutedChannel[]} muted
 */
function assertCell(grid, [row, col], model, muted) {
  const [, rows, cols] = grid.shape;
  const { said, tensors } = looked(model, muted, '--cell', `${row},${col}`);
  const values = similarity(grid, row * cols + col);
  assertSame({ shape: [rows, cols], values }, tensors.similarity, `cells like ${row},${col}`);
  return said.slice(-2);
}

/**
 * The falls are small differences of probabilities, so these are compared: with all cells, and without some.
 * @param {NeededWord} word @param {string} model @param {MutedChannel[]} muted
 */
function assertNeeded({ text, probability, looked: shares, cells, blocks }, model, muted) {
  const { said, tensors } = looked(model, muted, '--needed', text);
  const told = said.find((line) => line.startsWith(`word: ${text}, of a probability of `)) ?? '';
  // Four digits are told.
  assert.ok(Math.abs(Number(told.split(' ').at(-1)) - probability) <= 1e-4, `${told}, not of ${probability}`);
  assertNear(shares ?? [], tensors.looked.values, `where it looked for ${text}`);
  for (const [name, falls] of Object.entries({ cells, blocks })) {
    const without = (/** @type {Float32Array} */ falls) => falls.map((fall) => probability - fall);
    assertNear(without(falls), without(tensors[name].values), `${text} without ${name}`);
    assert.ok(
      falls.some((fall) => Math.abs(fall) > 100 * TOLERANCE * probability),
      `${name} change nothing`,
    );
  }
}

/** @param {Caption} caption */
const probabilities = ({ words }) => words.map(({ logProbability }) => Math.exp(logProbability));

for (const model of ['additive', 'mnist_cnn']) {
  test(`${model}: kernels, stages and similar cells, with channels muted too`, async () => {
    /** @type {Float32Array[]} */
    const grids = [];
    for (const muted of MUTED) {
      const { kernels, stages, caption, averaged } = await inspected(model, muted);
      if (!muted.length) {
        const { tensors } = looked(model, [], '--kernels');
        assert.ok(kernels);
        assertSame(kernels, tensors.kernels, 'the first kernels');
        assertSame(kernels.responses, tensors.responses, 'what they make of the photo');
      }
      for (const stage of stages) {
        const { tensors } = looked(model, muted, '--stage', stage.name, '--channels', 'all');
        assertSame(stage, tensors.maps, stage.name);
      }
      const grid = stages[stages.length - 1];
      assert.deepEqual(grid.shape.slice(1), [7, 7]);
      const captions = [`caption: ${caption.text}`, `without where: ${averaged.text}`];
      assert.deepEqual(assertCell(grid, [3, 2], model, muted), captions);
      grids.push(grid.values);
    }
    assert.ok(relativeL2(grids[1], grids[0]) > 100 * TOLERANCE, 'channels are muted');
  });
}

for (const model of ['additive', 'dot', 'sentinel']) {
  test(`${model}: where it looked for words and which cells they needed, with channels muted too`, async () => {
    for (const muted of MUTED) {
      const { needed } = await inspected(model, muted);
      // The command line takes the first of words that are the same.
      const firsts = needed.filter(({ text }, i) => needed.findIndex((word) => word.text === text) === i);
      assert.ok(firsts.length > 1);
      for (const word of firsts.slice(0, 2)) assertNeeded(word, model, muted);
    }
  });

  test(`${model}: captions, and those without where`, async () => {
    const { caption, averaged, needed } = await inspected(model, []);
    const { path } = fixture.models[model];
    for (const [found, expected] of [
      [caption, captionByCommand(path, scene)],
      [averaged, captionByCommand(path, scene, '--averaged')],
    ]) {
      assert.equal(found.text, expected.text);
      assertNear(probabilities(found), probabilities(expected), `probabilities of ${found.text}`);
    }
    const given = needed.map(({ probability }) => probability);
    assertNear(given, probabilities(caption), 'the same words where they are given');
    assert.notDeepEqual(probabilities(averaged), probabilities(caption));
  });
}

/** Every padding with every stride, in colour and in grey, and what may follow. @param {number} n @returns {Settings} */
function settings(n) {
  const paddings = /** @type {const} */ (['same', 'valid', 'full', 2]);
  const following = [
    {},
    { pooling: { kind: /** @type {const} */ ('max'), window: 2 } },
    { gamma: 0.45 },
    { pooling: { kind: /** @type {const} */ ('average'), window: 3 }, gamma: 2.2 },
    { threshold: 60 },
  ];
  const [stride, isGrey] = [[1, 3][(n >> 2) % 2], (n >> 3) % 2 === 1];
  return { padding: paddings[n % 4], stride, isGrey, ...following[n % 5] };
}

/** The pixels that `sightline filter` makes. @param {Page} page @param {string[]} kernel @param {Settings} settings */
function byCommand(page, kernel, { padding, stride, isGrey, pooling, gamma, threshold }) {
  const out = join(fixture.folder, 'filter.png');
  const options = Object.entries({
    padding,
    stride,
    pool: pooling?.kind,
    window: pooling?.window,
    gamma,
    threshold,
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, `${value}`]));
  sightline('filter', small, ...kernel, ...options, ...(isGrey ? ['--grey'] : []), '-o', out);
  return pixelsOf(page, out);
}

/** And those of the page. @param {Pixels} photo in colours @param {Kernel} kernel @param {Settings} settings */
function byPage(photo, kernel, { padding, stride, isGrey, pooling, ...tones }) {
  const pixels = isGrey ? greyOf(photo) : photo;
  const result = convolve(pixels, { kernel, padding: paddingOf(padding, kernel.size), stride });
  return toned(pooling ? pool(result, pooling.kind, pooling.window) : result, tones);
}

/** As a browser reads it. @param {Page} page @param {string} path of a PNG @returns {Promise<Pixels>} of three channels */
function pixelsOf(page, path) {
  return page.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(
      new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]),
    );
    const { width, height } = bitmap;
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
      new OffscreenCanvas(width, height).getContext('2d')
    );
    context.drawImage(bitmap, 0, 0);
    const data = context.getImageData(0, 0, width, height).data.filter((_, i) => i % 4 < 3);
    return { width, height, channels: 3, data };
  }, readFileSync(path).toString('base64'));
}

/** @param {Pixels} found of one channel or three @param {Pixels} expected of three @param {string} what */
function assertPixels({ width, height, channels, data }, expected, what) {
  assert.deepEqual([width, height], [expected.width, expected.height], what);
  // A browser reads grey as three channels that are the same.
  const others = expected.data.filter((value, i) => value !== data[channels === 3 ? i : Math.floor(i / 3)]);
  assert.equal(others.length, 0, `${what}: so many of ${expected.data.length} values are others`);
  assert.ok(new Set(data).size > 1, `${what}: there is nothing to see`);
}

/** A page, and the photo on it. */
async function openPhoto() {
  const { page } = await fixture.openPage();
  return { page, photo: await pixelsOf(page, small) };
}

for (const [index, name] of PRESETS.entries()) {
  test(`${name}: the pixels are those of the command line`, async () => {
    const { page, photo } = await openPhoto();
    for (const [i, size] of [3, 5, 7].entries()) {
      const chosen = settings(3 * index + i);
      const expected = await byCommand(page, ['--kernel', name, '--size', `${size}`], chosen);
      assertPixels(byPage(photo, presetKernel(name, size), chosen), expected, `${size}, ${JSON.stringify(chosen)}`);
    }
  });
}

test('kernels that somebody wrote, one of them without a middle', async () => {
  const { page, photo } = await openPhoto();
  for (const [n, rows] of ['0.1,-0.3,0.2;1,-4,3;0,0.7,-0.7', '-0.5,0.25;0.75,0.4'].entries()) {
    const kernel = customKernel(rows.split(/[,;]/).map(Number));
    const chosen = settings(n);
    assertPixels(byPage(photo, kernel, chosen), await byCommand(page, ['--custom', rows], chosen), rows);
  }
});

// Backbones of every kind caption on the page, and whatever their grid, maps and boxes lie where they belong.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { isFlat } from '../../www/view/spotlight.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, onStage, setSetting } from './page-actions.js';
import { assertSpotlight } from './spotlight-actions.js';

const fixture = Fixture.forSpec({ models: {}, browser: { webgpu: true } });
const scene = join(photos, 'scene.jpg');
/** Backbones, and the side of their grid; ResNet's is in every other test. @type {[backbone: string, side: number, size?: number][]} */
const BACKBONES = [
  ['alexnet', 6],
  ['regnet_x_400mf', 7],
  ['efficientnet_lite0', 7],
  ['efficientnet_lite2', 9, 260],
  ['googlenet', 7],
  ['vgg16', 14],
  ['mnist_cnn', 7],
  ['lenet5', 1],
];

/** @type {Map<string, import('./site.js').Model>} */
const models = new Map();

before(() => {
  for (const [backbone, , size] of BACKBONES) models.set(backbone, fixture.synthesise(backbone, size));
});

/** The page with such a model, and the stage with a photo. @param {string} backbone @param {number} [size] */
async function captioned(backbone, size) {
  const page = await fixture.openSightline({ model: size ? `${backbone}-${size}` : backbone, query: '&device=cpu' });
  await setSetting(page, 'method', 'greedy');
  await choose(page, 'scene.jpg');
  return { page, stage: await onStage(page, 'scene.jpg') };
}

/** @param {string} backbone @param {...string} options */
const expectedOf = (backbone, ...options) =>
  captionByCommand(models.get(backbone)?.path ?? '', scene, '--beams', '1', ...options);

for (const [backbone, side, size] of BACKBONES) {
  test(`${backbone}: the page says what the command line says, and its maps lie over a ${side}×${side} grid`, async () => {
    const { stage } = await captioned(backbone, size);
    const expected = expectedOf(backbone);
    assert.deepEqual(expected.grid, { rows: side, cols: side });
    await assertCaption(stage, expected, backbone);
    assert.equal(expected.words.every(isFlat), side === 1, 'there is something to see');
    for (const index of expected.words.slice(0, 3).keys()) {
      await stage.locator('.word').nth(index).hover();
      await assertSpotlight(stage, expected, index, backbone);
    }
  });
}

test('a box asks for the cells of whatever grid there is', async () => {
  for (const [backbone, side, size] of BACKBONES.filter(([, side]) => side !== 7 && side > 1)) {
    const { page, stage } = await captioned(backbone, size);
    const box = await stage.locator('.photo').boundingBox();
    assert.ok(box);
    // From the middle of the second cell of the second row to the middle of the third of the fourth.
    const at = (/** @type {number} */ column, /** @type {number} */ row) =>
      /** @type {const} */ ([box.x + ((column + 0.5) / side) * box.width, box.y + ((row + 0.5) / side) * box.height]);
    await page.mouse.move(...at(1, 1));
    await page.mouse.down();
    await page.mouse.move(...at(2, 3), { steps: 3 });
    await page.mouse.up();
    await stage.locator('.ask-part').click();
    await stage.locator('.part-answer[lang="en"]').waitFor();
    const cells = [1, 2, 3].flatMap((row) => [1, 2].map((column) => row * side + column));
    const answer = expectedOf(backbone, '--cells', cells.join(',')).hedged;
    assert.equal(await stage.locator('.part-answer').innerText(), answer, backbone);
    await assertCaption(stage, expectedOf(backbone), 'what the whole photo shows stays');
  }
});

test('the element lays its map over a grid of another side', async () => {
  const { page } = await fixture.openPage();
  const expected = expectedOf('alexnet');
  await page.evaluate(
    async ([model, bytes]) => {
      await import(/** @type {any} */ ('/www/photo-caption.js'));
      const photo = document.createElement('photo-caption');
      photo.setAttribute('src', `data:image/jpeg;base64,${bytes}`);
      photo.setAttribute('model', model);
      photo.setAttribute('device', 'cpu');
      photo.setAttribute('beams', '1');
      photo.setAttribute('auto', '');
      photo.setAttribute('controls', '');
      document.body.append(photo);
      await new Promise((resolve) => photo.addEventListener('caption', resolve, { once: true }));
    },
    [models.get('alexnet')?.url ?? '', readFileSync(scene).toString('base64')],
  );
  const element = page.locator('photo-caption');
  for (const index of expected.words.slice(0, 2).keys()) {
    await element.locator('.word').nth(index).hover();
    await assertSpotlight(element, expected, index);
  }
});

// Depthwise convolutions, channels side by side, padding on one side alone, windows that are cut off.
for (const backbone of ['efficientnet_lite0', 'googlenet']) {
  test(`${backbone} on WebGPU says the same`, { timeout: 240_000 }, async () => {
    const { page } = await fixture.openPage();
    const found = await page.evaluate(
      async ([model, bytes]) => {
        const api = await import(/** @type {any} */ ('/www/captioner.js'));
        const captioner = await api.Captioner.load({ model, device: 'webgpu' });
        const photo = new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]);
        return captioner.caption(photo, { beams: 1 });
      },
      [models.get(backbone)?.url ?? '', readFileSync(scene).toString('base64')],
    );
    const expected = expectedOf(backbone);
    assert.equal(found.device.encoder, 'wgpu');
    assert.equal(found.text, expected.text);
    for (const [index, word] of found.words.entries()) {
      const weights = expected.words[index].attention?.flat() ?? [];
      for (const [cell, weight] of word.attention.flat().entries()) {
        assert.ok(Math.abs(weight - weights[cell]) < 1e-3, `${word.text}, cell ${cell}`);
      }
    }
  });
}

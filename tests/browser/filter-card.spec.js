// The filter bench: what is chosen is what is computed, the kernel goes where it is sent, and nobody is shut out.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { convolve, customKernel, paddingOf, pool, presetKernel, termsAt, toned } from '../../www/inside/filters.js';
import {
  assertResult,
  button,
  caption,
  figure,
  openCard,
  photoOf,
  pixelsOf,
  place,
  untilComputed,
} from './filter-bench.js';
import { Fixture } from './fixture.js';

/** @import { Pixels } from '../../www/inside/filters.js' */

const fixture = Fixture.forSpec({ models: {} });

test('kernel, size, padding, stride and channels are what the result is made with', async () => {
  const page = await openCard(fixture, { photo: [60, 40] });
  const same = paddingOf('same', 3);
  await assertResult(page, { kernel: presetKernel('edge', 3), padding: same, stride: 1 });
  await button(page, 'Emboss').click();
  await assertResult(page, { kernel: presetKernel('emboss', 3), padding: same, stride: 1 });
  assert.equal(await button(page, 'Emboss').getAttribute('aria-pressed'), 'true');
  assert.equal(await button(page, 'Edges').getAttribute('aria-pressed'), 'false');
  await page.getByLabel('Kernel size').selectOption('5');
  await page.getByLabel('Padding').selectOption('full');
  await page.getByLabel('Stride').fill('3');
  await page.getByText('Result, 22 × 15').waitFor();
  await page.getByText('⌊(60 + 4 + 4 − 5) / 3⌋ + 1 = 22').waitFor();
  await page.getByText('⌊(40 + 4 + 4 − 5) / 3⌋ + 1 = 15').waitFor();
  const full = { kernel: presetKernel('emboss', 5), padding: paddingOf('full', 5), stride: 3 };
  await assertResult(page, full);
  await page.getByLabel('Channels').selectOption('grey');
  await page.getByLabel('Padding').selectOption('zeros');
  await page.getByLabel('Zeros on each side').fill('7');
  await page.getByText('Result, 24 × 17').waitFor();
  await untilComputed(page);
  const photo = await photoOf(page, { before: 7, after: 7 });
  assert.ok(
    photo.data.every((value, at) => value === photo.data[at - (at % 3)]),
    'the photo is grey',
  );
  const zeros = { ...full, padding: paddingOf(7, 5) };
  const expected = convolve({ ...photo, channels: 1, data: photo.data.filter((_, at) => at % 3 === 0) }, zeros);
  const { pixels } = await pixelsOf(page, 1);
  assert.deepEqual([...pixels.data.filter((_, at) => at % 3 === 0)], [...expected.data]);
  assert.ok(await page.locator('select', { hasText: 'Green' }).isHidden(), 'there is no other channel to choose');
});

test('a photo is shrunk to the side that is chosen, and never enlarged', async () => {
  const page = await openCard(fixture);
  assert.equal(await caption(page, 1), 'Result, 224 × 149');
  await page.getByLabel('longest side').selectOption('28');
  await page.getByText('Result, 28 × 19').waitFor();
  const small = await openCard(fixture, { photo: [12, 9] });
  assert.equal(await caption(small, 1), 'Result, 12 × 9');
});

test('the kernel goes where it is sent, and its sum is written out', async () => {
  const page = await openCard(fixture, { photo: [60, 40] });
  assert.equal(await place(page), 'Row 21 of 40, column 31 of 60');
  const filter = { kernel: presetKernel('edge', 3), padding: paddingOf('same', 3), stride: 1 };
  const photo = await photoOf(page, filter.padding);
  /** @param {number} row @param {number} col @param {number} channel */
  const assertTerms = async (row, col, channel) => {
    await page.getByText(`Row ${row + 1} of 40, column ${col + 1} of 60`).waitFor();
    const { inputs, products, sum, shown } = termsAt(photo, filter, row, col, channel);
    const tables = page.locator('.filter-tables table');
    const numbers = async (/** @type {number} */ table) =>
      (await tables.nth(table).locator('td').allInnerTexts()).map(Number);
    assert.deepEqual(
      await numbers(0),
      inputs.map((input) => input ?? 0),
    );
    assert.deepEqual(
      await numbers(2),
      products.map((product) => product || 0),
    );
    assert.ok((await page.locator('.filter-equation').innerText()).startsWith(`Sum: ${sum}. `));
    assert.match(await page.locator('.filter-equation').innerText(), new RegExp(`: ${shown}\\.$`));
    const zeros = inputs.filter((input) => input === undefined).length;
    assert.equal(await page.locator('.filter-zero').count(), zeros);
    assert.equal(await page.getByText(`Hatched: zeros of the padding, ${zeros} here.`).isVisible(), zeros > 0);
  };
  await assertTerms(20, 30, 0);
  await page.getByRole('combobox', { name: 'Channel', exact: true }).selectOption('2');
  await assertTerms(20, 30, 2);
  const box = figure(page, 1).locator('.filter-box');
  await box.focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'Home'])
    await page.keyboard.press(key);
  await assertTerms(19, 0, 2);
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await assertTerms(19, 59, 2);
  await button(page, 'Forward').click();
  await assertTerms(20, 0, 2);
  await button(page, 'Back').click();
  await assertTerms(19, 59, 2);
  /** @param {number} index @param {number} x @param {number} y */
  const click = async (index, x, y) => {
    const target = figure(page, index).locator('.filter-box');
    const { width, height } = (await target.boundingBox()) ?? { width: 0, height: 0 };
    await target.click({ position: { x: x * width, y: y * height } });
  };
  await click(1, 10.5 / 60, 5.5 / 40);
  await assertTerms(5, 10, 2);
  // The photo has a pixel of padding on each side.
  await click(0, 41.5 / 62, 11.5 / 42);
  await assertTerms(10, 40, 2);
  await click(0, 0.5 / 62, 0.5 / 42);
  await assertTerms(0, 0, 2);
  const frame = await figure(page, 0).locator('.filter-frame').boundingBox();
  const around = await figure(page, 0).locator('.filter-box').boundingBox();
  assert.ok(frame && around);
  // What a browser lays out, it rounds to parts of a pixel.
  assert.ok(Math.abs(frame.width / around.width - 3 / 62) < 1e-3, 'the frame is as wide as the kernel');
  assert.ok(Math.abs(frame.x - around.x) < 0.1);
});

test('the result grows as the kernel slides, and stops when it is told to', async () => {
  const page = await openCard(fixture, { photo: [60, 40] });
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  const all = 60 * 40;
  assert.equal((await pixelsOf(page, 1)).seen, all);
  await button(page, 'From the start').click();
  assert.equal((await pixelsOf(page, 1)).seen, 1);
  await button(page, 'Forward').click();
  await button(page, 'Forward').click();
  assert.equal((await pixelsOf(page, 1)).seen, 3);
  await button(page, 'Back').click();
  assert.equal((await pixelsOf(page, 1)).seen, 2);
  await page.getByRole('slider', { name: 'Speed' }).fill('2');
  await button(page, 'Play').click();
  await page.getByText('Row 2 of 40').waitFor();
  await button(page, 'Pause').click();
  const paused = await place(page);
  const { seen } = await pixelsOf(page, 1);
  assert.ok(seen > 60 && seen < all, `${seen}`);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await place(page), paused);
  await button(page, 'All at once').click();
  assert.equal((await pixelsOf(page, 1)).seen, all);
  await page.getByRole('slider', { name: 'Speed' }).fill('4');
  await button(page, 'Play').click();
  await page.getByText('Row 40 of 40, column 60 of 60').waitFor();
  await button(page, 'Play').waitFor();
  for (const stop of ['card.hide()', 'panel.abort()']) {
    await page.getByRole('slider', { name: 'Speed' }).fill('0');
    await button(page, 'Play').click();
    await button(page, 'Pause').waitFor();
    await page.evaluate(stop);
    await button(page, 'Play').waitFor();
  }
});

test('nothing plays for those who want less motion', async () => {
  const page = await openCard(fixture, { photo: [60, 40] });
  assert.ok(await button(page, 'Play').isHidden());
  assert.ok(await page.getByRole('slider', { name: 'Speed' }).isHidden());
  await button(page, 'From the start').click();
  await button(page, 'Forward').click();
  assert.equal((await pixelsOf(page, 1)).seen, 2);
});

test('a kernel can be typed, and a bad number leaves the last one', async () => {
  const page = await openCard(fixture, { photo: [60, 40] });
  const padding = paddingOf('same', 3);
  await button(page, 'Box blur').click();
  const cell = (/** @type {number} */ row, /** @type {number} */ col) =>
    page.getByLabel(`Kernel, row ${row}, column ${col}`);
  assert.equal(await cell(1, 1).inputValue(), '0.111');
  await cell(2, 2).fill('1.5');
  const weights = Array(9)
    .fill(1 / 9)
    .map((weight, at) => (at === 4 ? 1.5 : weight));
  const filter = { kernel: customKernel(weights), padding, stride: 1 };
  assert.equal(await button(page, 'Your own').getAttribute('aria-pressed'), 'true');
  const before = await assertResult(page, filter);
  assert.equal(await page.evaluate('card.pictures()[1].name'), 'filter-custom-3');
  const error = page.locator('.filter-sum .filter-error');
  for (const bad of ['', '1001', '-2000']) {
    await cell(1, 3).fill(bad);
    assert.equal(await cell(1, 3).getAttribute('aria-invalid'), 'true');
    assert.equal(await error.innerText(), 'A number from -1,000 to 1,000. The last kernel stays until then.');
  }
  await cell(3, 3).fill('0.25');
  await untilComputed(page);
  assert.deepEqual([...(await pixelsOf(page, 1)).pixels.data], [...before.data]);
  await cell(1, 3).fill('0');
  assert.equal(await cell(1, 3).getAttribute('aria-invalid'), null);
  assert.equal(await error.innerText(), '');
  const mended = customKernel(weights.map((weight, at) => ({ 2: 0, 8: 0.25 })[at] ?? weight));
  await assertResult(page, { ...filter, kernel: mended });
  await page.getByLabel('Kernel size').selectOption('5');
  assert.equal(await cell(1, 1).inputValue(), '0', 'what is new around it is 0');
  assert.equal(await cell(3, 3).inputValue(), '1.5');
  await button(page, 'Sharpen').click();
  await button(page, 'Your own').click();
  assert.equal(
    await page.evaluate('document.activeElement.shadowRoot.activeElement.ariaLabel'),
    'Kernel, row 1, column 1',
  );
  await page.getByLabel('Stride').fill('0');
  assert.equal(await page.getByLabel('Stride').getAttribute('aria-invalid'), 'true');
  assert.equal(
    await page.locator('.filter-fields .filter-error', { hasText: /./ }).innerText(),
    'A whole number from 1 to 16.',
  );
});

test('a kernel that fits nowhere is told of, and more padding makes room', async () => {
  const page = await openCard(fixture, { photo: [100, 2] });
  await page.getByLabel('Padding').selectOption('valid');
  const told = 'The kernel is larger than the photo. Choose more padding or a smaller kernel.';
  await page.getByText(told).waitFor();
  await figure(page, 0).locator('.filter-frame').waitFor({ state: 'hidden' });
  assert.equal(await page.getByText('⌊(2 + 0 + 0 − 3) / 1⌋ + 1 = 0').count(), 1);
  assert.ok(await button(page, 'Forward').isDisabled());
  assert.deepEqual(await page.evaluate('card.pictures().map(({ name }) => name)'), ['filter-photo']);
  await figure(page, 0).locator('.filter-box').click();
  await page.getByLabel('Padding').selectOption('full');
  await page.getByText('Result, 102 × 4').waitFor();
  await figure(page, 0).locator('.filter-frame').waitFor();
  assert.ok(await button(page, 'Forward').isEnabled());
});

test('pooling, gamma and threshold follow, in this order', async () => {
  const page = await openCard(fixture, { photo: [61, 40] });
  const { pixels: result } = await pixelsOf(page, 1);
  const after = figure(page, 2);
  const assertAfter = async (/** @type {Pixels} */ expected) => {
    const { pixels } = await pixelsOf(page, 2);
    assert.deepEqual([pixels.width, pixels.height], [expected.width, expected.height]);
    assert.deepEqual([...pixels.data], [...expected.data]);
  };
  assert.equal(await caption(page, 2), 'And then, 30 × 20');
  assert.equal(await after.locator('bdo').innerText(), '⌊61 / 2⌋ × ⌊40 / 2⌋ = 30 × 20');
  await assertAfter(pool(result, 'max', 2));
  await page.getByLabel('Window').fill('7');
  await page.getByLabel('Pooling').selectOption('average');
  assert.equal(await caption(page, 2), 'And then, 8 × 5');
  await page.getByRole('slider', { name: 'Gamma' }).fill('0.5');
  assert.equal(await page.getByRole('slider', { name: 'Gamma' }).getAttribute('aria-valuetext'), '3.16');
  await assertAfter(toned(pool(result, 'average', 7), { gamma: 3.16 }));
  await page.getByLabel('Black and white only').check();
  await page.getByRole('slider', { name: 'White from' }).fill('40');
  await assertAfter(toned(pool(result, 'average', 7), { gamma: 3.16, threshold: 40 }));
  await page.getByLabel('Window').fill('41');
  assert.equal(await caption(page, 2), 'The window is larger than the result. Choose a smaller one.');
  assert.ok(await after.locator('canvas').isHidden());
  assert.equal(await page.evaluate('card.pictures().length'), 2);
  await page.getByLabel('Pooling').selectOption('none');
  assert.ok(await page.getByLabel('Window').isHidden());
  await assertAfter(toned(result, { gamma: 3.16, threshold: 40 }));
});

test('what was chosen before the last is not computed any more', async () => {
  const page = await openCard(fixture);
  await page.getByLabel('Kernel size').selectOption('7');
  await page.getByLabel('Padding').selectOption('zeros');
  await page.getByLabel('Zeros on each side').fill('64');
  await untilComputed(page);
  await page.locator('.filter-card').evaluate((card) => {
    const press = (/** @type {string} */ name) =>
      [...card.querySelectorAll('button')].find(({ textContent }) => textContent === name)?.click();
    const [size, padding] = card.querySelectorAll('select');
    press('Emboss');
    for (const [field, value] of /** @type {const} */ ([
      [padding, 'valid'],
      [size, '3'],
    ])) {
      field.value = value;
      field.dispatchEvent(new Event('change'));
    }
    press('Sharpen');
  });
  const filter = { kernel: presetKernel('sharpen', 3), padding: paddingOf('valid', 3), stride: 1 };
  await assertResult(page, filter);
  // Each slice of a computation is begun by a timer.
  const slices = await page.evaluate(async () => {
    const wait = globalThis.setTimeout;
    let begun = 0;
    globalThis.setTimeout = /** @type {typeof setTimeout} */ (
      (/** @type {[() => void]} */ ...timer) => {
        begun += 1;
        return wait(...timer);
      }
    );
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => wait(resolve));
    globalThis.setTimeout = wait;
    return begun;
  });
  assert.equal(slices, 0, 'nothing is computed any more');
  await assertResult(page, filter);
});

test('the texts of all languages have the same keys', async () => {
  const [english, ...others] = await Promise.all(
    ['en', 'ar', 'my'].map(async (tag) => (await import(`../../www/inside/text/${tag}.js`)).default),
  );
  const places = (/** @type {string} */ text) => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const texts of others) {
    assert.deepEqual(Object.keys(texts), Object.keys(english));
    for (const key of Object.keys(english)) assert.deepEqual(places(texts[key]), places(english[key]), key);
  }
});

test('nobody is shut out, in any language, by day and by night, on a phone and in a document', async () => {
  for (const tag of ['en', 'ar', 'my']) {
    const page = await openCard(fixture, { photo: [60, 40], tag, isInDocument: tag === 'my' });
    await page.locator('.filter-card select').first().selectOption('7');
    await page.evaluate(axe.source);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 900 });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, `${tag}, ${width}`);
      for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
        await page.emulateMedia({ colorScheme });
        const { violations, passes } = await page.evaluate(() =>
          // The page around the card has no title and no heading of its own.
          /** @type {any} */ (globalThis).axe.run('main', { resultTypes: ['violations'] }),
        );
        assert.ok(passes.length > 10);
        const found = violations.map(
          (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html)}`,
        );
        assert.deepEqual(found, [], `${tag}, ${width}, ${colorScheme}`);
      }
    }
  }
});

test('fingers find every control', async () => {
  const browser = await fixture.launch({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 800 } });
  const page = await openCard(fixture, { browser });
  await page.getByLabel('Kernel size').selectOption('7');
  const controls = page.locator('.filter-card :is(button, select, input:not([type="checkbox"]), .filter-check)');
  assert.ok((await controls.count()) > 60, 'the kernel is among them');
  for (const control of await controls.all()) {
    const box = await control.boundingBox();
    if (!box) continue;
    const name = await control.evaluate((element) => element.outerHTML);
    // What a browser lays out, it rounds to parts of a pixel.
    assert.ok(box.width > 43.9 && box.height > 43.9, `${name} is ${box.width} × ${box.height}`);
  }
  await page.getByLabel('Result. Arrow keys').tap();
  assert.match(await place(page), /^Row 7\d of 149, column 11\d of 224$/);
});

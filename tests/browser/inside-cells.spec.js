// Inside a look: one cell of the grid and what is like it, the caption without where, and which cells a word needed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { assertAccessible } from './inside-actions.js';
import { savedBy } from './page-actions.js';
import { automatic } from './site.js';

/** @import { Page } from 'playwright-core' */
/** @typedef {{ captioner: any, blob: Blob, caption: import('../../www/protocol.js').Caption }} Look */

const fixture = Fixture.forSpec({ models: { additive: 'additive', lstm: 'lstm' } });

/** A look at the example, of a model whose numbers can be asked for as well. @param {string} model @param {string} card */
async function lookInside(model, card, { tag = 'en', refusesCells = false } = {}) {
  const { page } = await fixture.openPage();
  await page.evaluate(
    async ({ model, card, tag, refusesCells }) => {
      const load = (/** @type {string} */ path) => import(path);
      const { Captioner, CaptionerError } = await load('/www/captioner.js');
      const { openInside } = await load('/www/inside/panel.js');
      const { loadLanguage } = await load('/www/view/language.js');
      const captioner = await Captioner.load({ model, device: 'cpu' });
      const blob = await (await fetch('/www/page/example/photo.jpg')).blob();
      const caption = await captioner.caption(blob, { anyPhoto: true, maxWords: 8 });
      Object.assign(globalThis, { look: { captioner, blob, caption } });
      if (refusesCells) {
        captioner.inspect = async () => {
          throw new CaptionerError('bad-cells', 'all cells or none');
        };
      }
      const photo = { blob, name: 'photo.jpg' };
      await openInside({ host: document.body, captioner, photo, caption, language: await loadLanguage(tag), card });
    },
    { model, card, tag, refusesCells },
  );
  return page;
}

/** What a model tells of the words and, perhaps, of a region. @param {Page} page @param {number[]} [region] */
function neededIn(page, region) {
  return page.evaluate(async (region) => {
    const { captioner, blob, caption } = /** @type {{ look: Look }} */ (/** @type {any} */ (globalThis)).look;
    const words = caption.words.map(({ text }) => text);
    const { needed } = await captioner.inspect(blob, { needed: words, regions: region ? [region] : [] });
    return needed.map((/** @type {import('../../www/protocol.js').NeededWord} */ word) => ({
      ...word,
      looked: word.looked && [...word.looked],
      cells: [...word.cells],
      blocks: [...word.blocks],
      regions: [...word.regions],
    }));
  }, region);
}

/** @param {Page} page @param {number} count */
const untilWords = (page, count) =>
  page.waitForFunction(
    (count) =>
      document.querySelectorAll('.needed-words button').length === count &&
      !document.querySelector('.inside-buttons > .quiet'),
    count,
  );

/** @param {number} value @param {Intl.NumberFormatOptions} [options] */
const number = (value, options = { maximumFractionDigits: 1 }) => new Intl.NumberFormat('en', options).format(value);
/** @param {number} share */
const percent = (share) => number(share, { style: 'percent', maximumFractionDigits: 1 });
/** @param {number} fall */
const change = (fall) => `${fall < 0 ? 'rises' : 'falls'} by ${number(Math.abs(100 * fall))} points`;
/** @param {number} value */
const cosine = (value) => number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** @param {Page} page @param {string} cells */
const labelsOf = (page, cells) =>
  page.locator(`${cells} button`).evaluateAll((cells) => cells.map((cell) => cell.ariaLabel ?? ''));

test('a cell tells what it sees, and how much the others are like it', async () => {
  const page = await lookInside(`/models/${automatic}/`, 'grid');
  await page.waitForSelector('.cell-places');
  const { shape, cosines, layer, input } = await page.evaluate(async () => {
    const { captioner, blob } = /** @type {{ look: Look }} */ (/** @type {any} */ (globalThis)).look;
    const { stages, input } = await captioner.inspect(blob, { stages: true });
    const { shape, values, layers } = stages.at(-1);
    const [channels, rows, columns] = shape;
    const vectors = Array.from({ length: rows * columns }, (_, cell) =>
      Array.from({ length: channels }, (_, channel) => values[channel * rows * columns + cell]),
    );
    const dot = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    const cosines = vectors.map((a) => vectors.map((b) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))));
    return { shape, cosines, layer: layers.at(-1), input: input.shape[2] };
  });
  const [, rows, columns] = shape;
  const place = (/** @type {number} */ cell) => `ow ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1}`;
  const middle = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
  const selected = () => page.getAttribute('.cell-places [aria-selected=true]', 'aria-label');
  const assertChosen = async (/** @type {number} */ chosen) => {
    assert.equal(await selected(), `R${place(chosen)}: 1.00`);
    assert.deepEqual(
      await labelsOf(page, '.cell-places'),
      cosines[chosen].map((value, cell) => `R${place(cell)}: ${cosine(value)}`),
    );
    const best = [...cosines.keys()]
      .filter((cell) => cell !== chosen)
      .sort((a, b) => cosines[chosen][b] - cosines[chosen][a])
      .slice(0, 3)
      .map((cell) => `r${place(cell)} (${cosine(cosines[chosen][cell])})`);
    assert.equal(
      await page.locator('.cell-said').innerText(),
      `Most similar to r${place(chosen)}: ${best.join(', ')}.`,
    );
    const span = (/** @type {number} */ index) => {
      const centre = layer.firstCentre + 0.5 + index * layer.jump;
      return Math.min(centre + layer.receptiveField / 2, input) - Math.max(centre - layer.receptiveField / 2, 0);
    };
    const seen = span(Math.floor(chosen / columns)) * span(chosen % columns);
    const outside = number(1 - seen / layer.receptiveField ** 2, { style: 'percent', maximumFractionDigits: 0 });
    const side = number(layer.receptiveField);
    const told = await page.locator('.cell-parts').innerText();
    assert.ok(told.includes(`${side}×${side} pixels. The encoder gets ${input}×${input}; ${outside} of`), told);
  };
  await assertChosen(middle);
  assert.equal(await page.locator('.cell-places [tabindex="0"]').count(), 1);

  // Where the middle of a cell is left as bright as the photo, and how bright it is in the shade of another.
  const brightness = (/** @type {number} */ cell) =>
    page.locator('.cell-frame canvas').evaluate(
      (canvas, { cell, rows, columns }) => {
        const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
        const [x, y] = [((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows];
        const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
        return [...(context?.getImageData(x * width, y * height, 1, 1).data ?? [])].slice(0, 3);
      },
      { cell, rows, columns },
    );
  const least = cosines[middle].indexOf(Math.min(...cosines[middle]));
  const shaded = await brightness(least);
  await page.locator('.cell-places button').nth(least).click();
  await assertChosen(least);
  const bright = await brightness(least);
  // A fifth of the photo is left; a number is rounded twice.
  for (const [i, value] of bright.entries()) assert.ok(Math.abs(shaded[i] - value / 5) <= 2, `${shaded} of ${bright}`);

  await page.locator('.cell-places button').nth(middle).click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  assert.equal(await selected(), `R${place(middle)}: 1.00`, 'pointed at, not chosen yet');
  const pointed = `R${place(middle + columns + 1)}: ${cosine(cosines[middle][middle + columns + 1])}`;
  assert.equal(await page.locator('.cell-parts .quiet').first().innerText(), pointed);
  await page.keyboard.press('Enter');
  await assertChosen(middle + columns + 1);

  await page.getByRole('button', { name: 'Write it without where' }).click();
  await page.waitForSelector('.cell-written .quiet');
  const averaged = await page.evaluate(async () => {
    const { captioner, blob } = /** @type {{ look: Look }} */ (/** @type {any} */ (globalThis)).look;
    const { words } = await captioner.caption(blob, { averaged: true, anyPhoto: true });
    return words.map((/** @type {{ text: string }} */ { text }) => text).join(' ');
  });
  // What stays the same stands there once.
  assert.equal(await page.locator('.cell-written [lang=en]').last().innerText(), averaged);
  const saved = await savedBy(page, () => page.locator('.inside-foot button').first().click());
  const at = middle + columns + 1;
  assert.equal(saved.name, `photo-cell-row-${Math.floor(at / columns) + 1}-column-${(at % columns) + 1}.png`);
  await assertAccessible(page, '.inside-card', 'a cell');
});

test('a word tells where the model looked and what it needed, cell by cell and block by block', async () => {
  const page = await lookInside(`/models/${automatic}/`, 'words');
  const needed = await neededIn(page);
  await untilWords(page, needed.length);
  const most = needed.map((/** @type {any} */ { cells }) => Math.max(...cells));
  const first = page.locator('.needed-words [aria-pressed=true]');
  assert.equal(
    await first.innerText(),
    needed[most.indexOf(Math.max(...most))].text,
    'what needed a cell most is chosen',
  );
  const [looked, cells, blocks] = [1, 2, 3].map((i) => `:nth-match(.needed-map .cell-places, ${i})`);
  const numbers = async (/** @type {string} */ grid) =>
    (await labelsOf(page, grid)).map((label) => label.split(': ')[1]);
  await page.locator('.needed-words button').first().click();
  for (const word of needed) {
    const said = await page.locator('.needed-said').innerText();
    assert.ok(said.includes(`“\u2068${word.text}\u2069” ${percent(word.probability)}.`), said);
    // The order of next to nothing is not told.
    const isTold = Math.max(...word.cells) >= 0.01;
    assert.equal(said.includes(`: ${cosine(word.agreement)})`), isTold, said);
    assert.deepEqual(await numbers(looked), word.looked.map(percent), word.text);
    assert.deepEqual(await numbers(cells), word.cells.map(change), word.text);
    assert.deepEqual(await numbers(blocks), word.blocks.map(change), word.text);
    const fall = Math.max(...word.cells);
    const told = await page.locator('.needed-pictures').first().innerText();
    assert.ok(fall <= 0 || told.includes(`Most: ${number(100 * fall)} percentage points less`), told);
    assert.equal(told.includes('No single cell was needed'), fall < 0.01);
    assert.equal(told.includes('Pink:'), Math.min(...word.cells) <= -0.01);
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(await page.locator('.needed-words [tabindex="0"]').innerText(), needed.at(-1).text);
  await page.getByRole('button', { name: '2×2 blocks' }).click();
  assert.ok(await page.locator(cells).isHidden());
  const [frame, block] = await Promise.all([
    page.locator('.needed-map .cell-frame').last().boundingBox(),
    page.locator(`${blocks} button`).first().boundingBox(),
  ]);
  assert.ok(frame && block);
  const { cols } = await page.evaluate(() => /** @type {any} */ (globalThis).look.caption.grid);
  // Half a cell in; a browser rounds to parts of a pixel.
  assert.ok(Math.abs(block.x - frame.x - frame.width / cols / 2) < 1, 'a block lies on the corner of its cells');
  const files = await savedBy(page, () => page.locator('.inside-foot button').last().click());
  const names = new Set(files.content.toString('latin1').match(/needed-\d+-\w+\.png/g));
  assert.equal(names.size, needed.length, 'a picture of every word');
  await assertAccessible(page, '.inside-card', 'words');
});

test('a box of one’s own, by keyboard and by mouse', async () => {
  const page = await lookInside(fixture.models.additive.url, 'words');
  const { rows, cols } = await page.evaluate(() => /** @type {any} */ (globalThis).look.caption.grid);
  const { length } = await neededIn(page);
  await untilWords(page, length);
  const box = page.locator('.needed-box');
  const numbersOf = async () =>
    /\d+\D+\d+\D+\d+\D+\d+/.exec((await box.getAttribute('aria-label')) ?? '')?.[0].match(/\d+/g);
  const assertBars = async () => {
    await page.waitForFunction((count) => document.querySelectorAll('.needed-bars li').length === count, length);
    const [top, bottom, left, right] = (await numbersOf())?.map((at) => Number(at) - 1) ?? [];
    const cells = [...Array(rows * cols).keys()].filter((cell) => {
      const [row, column] = [Math.floor(cell / cols), cell % cols];
      return row >= top && row <= bottom && column >= left && column <= right;
    });
    const needed = await neededIn(page, cells);
    assert.deepEqual(
      await page
        .locator('.needed-bars li')
        .evaluateAll((bars) =>
          bars.map((bar) => [bar.firstElementChild?.textContent, bar.lastElementChild?.textContent]),
        ),
      needed.map((/** @type {any} */ { text, regions }) => [text, change(regions[0])]),
    );
  };
  const before = await numbersOf();
  await box.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Shift+ArrowRight');
  const after = await numbersOf();
  assert.deepEqual(
    after?.map((at, i) => Number(at) - Number(before?.[i])),
    [-1, -1, 0, 1],
  );
  await page.keyboard.press('Enter');
  await assertBars();
  const frame = page.locator('.needed-draw');
  await frame.scrollIntoViewIfNeeded();
  const place = await frame.boundingBox();
  assert.ok(place);
  const draw = async (/** @type {number} */ from, /** @type {number} */ to) => {
    await page.mouse.move(place.x + from * place.width, place.y + from * place.height);
    await page.mouse.down();
    await page.mouse.move(place.x + to * place.width, place.y + to * place.height);
    await page.mouse.up();
  };
  await draw(0.01, 0.3);
  assert.deepEqual(
    (await numbersOf())?.filter((_, i) => i % 2 === 0),
    ['1', '1'],
  );
  await assertBars();
  await draw(0.01, 0.99);
  assert.match(await page.locator('.needed-pictures [role=alert]').innerText(), /^Something has to be left/);
  assert.equal(await page.locator('.needed-bars li').count(), 0);
});

test('stopped, no more words come until they are asked for again', async () => {
  fixture.delayWords(150);
  const page = await lookInside(fixture.models.additive.url, 'words');
  const { length } = await page.evaluate(() => /** @type {any} */ (globalThis).look.caption.words);
  await page.waitForSelector('.needed-words button');
  await page.getByRole('button', { name: 'Stop' }).click();
  const again = page.getByRole('button', { name: 'Try again' });
  assert.ok(await again.evaluate((button) => button === document.activeElement), 'the keyboard is at what comes next');
  const words = page.locator('.needed-words button');
  const count = await words.count();
  assert.ok(count < length);
  // What was under way has ended by the time that the model has done something else.
  await neededIn(page);
  assert.equal(await words.count(), count);
  await again.click();
  await untilWords(page, length);
});

test('without attention there is only what was needed, and who cannot do without a cell says so', async () => {
  const blind = await lookInside(fixture.models.lstm.url, 'words', { tag: 'ar' });
  await untilWords(blind, (await neededIn(blind)).length);
  assert.equal(await blind.locator('.needed-map:visible').count(), 1);
  assert.equal(
    await blind.locator('.needed-map canvas:visible').evaluate((canvas) => getComputedStyle(canvas).direction),
    'ltr',
  );
  await assertAccessible(blind, '.inside-card', 'without attention, in Arabic');
  const whole = await lookInside(fixture.models.additive.url, 'words', { refusesCells: true });
  await whole.locator('p', { hasText: 'This model was trained on whole photos' }).waitFor();
  assert.equal(await whole.locator('.needed-words button').count(), 0);
  assert.equal(await whole.getByRole('button', { name: 'Try again' }).count(), 0);
});

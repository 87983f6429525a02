// The cards about the model: its first kernels and its layers are what the API tells, others stand beside it, and an
// address leads to each.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeModelIndex } from '../../scripts/models.js';
import { root } from '../../scripts/run.js';
import { FULL, LITE } from '../../www/shipped-models.js';
import { captionByCommand } from './command-line.js';
import { Fixture } from './fixture.js';
import { assertAccessible, CARD as card } from './inside-actions.js';
import { savedBy, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ models: {} });
const surfer = join(root, 'www/page/samples/surfer.jpg');

before(() => {
  fixture.models = {
    [FULL]: fixture.pack(FULL, 'dot'),
    [LITE]: fixture.pack(LITE),
    blind: fixture.pack('blind', 'lstm'),
  };
  writeModelIndex(fixture.folder);
});

/** The small models stand where those that ship do. @type {Fixture['intercept']} */
function serveModels(request) {
  request.url = request.url?.replace(/^\/models\//, '/fixture/');
  return false;
}

/** The page at an address, with the panel that it opens. @param {string} query @param {string} seen what is there then */
async function open(query, seen) {
  const { page } = await fixture.openPage(query);
  await page.waitForSelector(`${card} ${seen}`);
  return page;
}

/** What the API tells of the sample, without its maps. @param {Page} page @param {string} model */
function inspected(page, model) {
  return page.evaluate(async (model) => {
    const { Captioner } = /** @type {typeof import('../../www/captioner.js')} */ (
      await import(/** @type {any} */ ('/www/captioner.js'))
    );
    const captioner = await Captioner.load({ model, device: 'cpu' });
    const photo = new URL('/www/page/samples/surfer.jpg', location.href);
    const { kernels, stages, decoder } = await captioner.inspect(photo, { kernels: true, stages: true });
    captioner.dispose();
    const { shape, values, responses } = /** @type {import('../../www/protocol.js').Kernels} */ (kernels);
    const size = responses.shape[1] * responses.shape[2];
    const answers = Array.from({ length: shape[0] }, (_, i) => [
      ...responses.values.subarray(i * size, (i + 1) * size),
    ]);
    const strengths = answers.map((answer) => answer.reduce((sum, value) => sum + Math.abs(value), 0));
    const strongest = strengths.indexOf(Math.max(...strengths));
    const layers = stages.map((stage) => stage.layers);
    return { shape, values: [...values], strongest, answer: answers[strongest], layers, decoder };
  }, model);
}

/** The colours of a canvas, pixel by pixel. @param {Page} page @param {string} selector */
function coloursOf(page, selector) {
  return page.locator(selector).evaluate((canvas) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
    const { data } = /** @type {any} */ (canvas).getContext('2d').getImageData(0, 0, width, height);
    return [...data].filter((_, i) => i % 4 < 3);
  });
}

/** What numbers on both sides of 0 look like. @param {number[]} numbers */
function shades(numbers) {
  const most = Math.max(...numbers.map(Math.abs), Number.MIN_VALUE);
  return numbers.map((value) => Math.round(127.5 + (127.5 / most) * value));
}

test('the first kernels are shown as they are, with what the chosen one makes of the photo', async () => {
  const page = await open('?sample=surfer&inside=stem&device=cpu', '.kernel-formula');
  const { shape, values, strongest, answer } = await inspected(page, `/models/${LITE}/`);
  const [count, channels, side] = shape;
  assert.deepEqual(shape, [32, 3, 3, 3]);
  const tiles = `${card} .kernel-tiles button`;
  assert.equal(await page.locator(tiles).count(), count);
  const chosen = () => page.locator(`${tiles}[aria-pressed="true"]`).getAttribute('aria-label');
  assert.equal(await chosen(), `Kernel ${strongest}`, 'the one that answers most');

  const weightsOf = (/** @type {number} */ kernel) =>
    Array.from({ length: channels }, (_, i) =>
      values.slice((kernel * channels + i) * side * side, (kernel * channels + i + 1) * side * side),
    );
  const weights = weightsOf(strongest);
  const pixels = weights[0].flatMap((_, i) => weights.map((channel) => channel[i]));
  for (const picture of [`${tiles}[aria-pressed="true"] canvas`, '.kernel-large']) {
    assert.deepEqual(await coloursOf(page, picture), shades(pixels));
  }
  const rows = await page.locator('.kernel-row tr').allInnerTexts();
  const sum = (/** @type {number[]} */ numbers) => numbers.reduce((all, value) => all + value, 0);
  const figures = weights.map((channel) => [Math.min(...channel), Math.max(...channel), sum(channel)]);
  assert.deepEqual(
    rows.slice(1).map((row) => row.split('\t').slice(1)),
    figures.map((row) => row.map((value) => value.toFixed(2))),
  );
  const grey = await coloursOf(page, '.kernel-answers canvas >> nth=0');
  // Each three times, for red, green and blue.
  assert.deepEqual(
    grey.filter((_, i) => i % 3 === 0),
    shades(answer),
  );
  assert.equal(await page.locator('.kernel-formula').last().textContent(), '⌊(224 + 0 + 1 − 3) / 2⌋ + 1 = 112');

  await page.locator(`${tiles}[aria-pressed="true"]`).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  assert.equal(await chosen(), 'Kernel 1');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Kernel 1');
  assert.equal(await page.locator('.kernel-parts h3').textContent(), 'Kernel 1');
  const second = weightsOf(1)[0].flatMap((_, i) => weightsOf(1).map((channel) => channel[i]));
  assert.deepEqual(await coloursOf(page, '.kernel-large'), shades(second));
  await page.keyboard.press('ArrowDown');
  const below = await page.locator(tiles).evaluateAll((all) => {
    const [top, second] = [all[1], all.find((tile) => tile.ariaPressed === 'true')].map((tile) =>
      /** @type {Element} */ (tile).getBoundingClientRect(),
    );
    return { isSameColumn: top.x === second.x, isBelow: second.y > top.y };
  });
  assert.deepEqual(below, { isSameColumn: true, isBelow: true });
  assert.equal(await page.locator(`${tiles}[tabindex="0"]`).count(), 1);
  const { name } = await savedBy(page, () => page.getByRole('button', { name: 'Save this picture' }).click());
  assert.equal(name, 'a surfer-kernels.png');
  await assertAccessible(page, '.inside', 'the kernels');
});

test('all layers are listed with their sums, and saved as a table', async () => {
  const page = await open(`?sample=surfer&inside=layers&device=cpu&model=${LITE}`, '.layer-box:not([aria-busy])');
  const { layers, decoder } = await inspected(page, `/models/${LITE}/`);
  const bodies = page.locator('.layer-box tbody');
  assert.equal(await bodies.count(), layers.length + 1);
  const cells = await page
    .locator('.layer-box tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
  const [head, ...rows] = cells;
  const timed = rows.map((row) => row[head.indexOf('Time (ms)')]);
  const plain = rows.map((row) => row.slice(0, head.indexOf('Time (ms)')).map((cell) => cell.replaceAll(',', '')));
  const stages = [...layers, decoder];
  const written = (/** @type {any} */ layer) => [
    layer.name,
    layer.output.join('×'),
    String(layer.parameters || ''),
    String(layer.kernel ?? ''),
    String(layer.stride ?? ''),
    layer.padding ? [...new Set(layer.padding)].join('+') : '',
    layer.groups > 1 ? String(layer.groups) : '',
    String(layer.multiplyAdds || ''),
    String(layer.receptiveField ?? ''),
  ];
  const sumOf = (/** @type {any[]} */ some, /** @type {string} */ what) =>
    some.reduce((sum, layer) => sum + (layer[what] ?? 0), 0);
  const sums = (/** @type {any[]} */ some) =>
    [sumOf(some, 'parameters'), sumOf(some, 'multiplyAdds') || ''].map(String);
  let row = 0;
  for (const stage of stages) {
    assert.deepEqual([plain[row][2], plain[row][7]], sums(stage), plain[row][0]);
    assert.notEqual(timed[row], '');
    assert.deepEqual(plain.slice(row + 1, row + 1 + stage.length), stage.map(written));
    row += 1 + stage.length;
  }
  assert.deepEqual([plain[row][2], plain[row][7]], sums(stages.flat()), 'all together');
  assert.equal(rows.length, row + 1);
  const flat = layers.flat();
  const share =
    sumOf(
      flat.filter(({ kernel }) => kernel === 1),
      'multiplyAdds',
    ) / sumOf(flat, 'multiplyAdds');
  const said = await page.locator(`${card} .inside-section > p`).first().textContent();
  assert.match(said ?? '', new RegExp(`such layers do ${Math.round(100 * share)}%.*inverted`));

  const csv = await savedBy(page, () => page.getByRole('button', { name: 'Save as CSV' }).click());
  assert.equal(csv.name, `${LITE}-layers.csv`);
  const lines = String(csv.content).split('\r\n');
  assert.equal(lines.pop(), '', 'the last line ends as well');
  const [names, ...table] = lines.map((line) => line.split(','));
  assert.equal(table.length, stages.flat().length);
  assert.ok(table.every((line) => line.length === names.length));
  assert.equal(
    table.reduce((sum, line) => sum + Number(line[names.indexOf('multiply-adds')]), 0),
    sumOf(flat, 'multiplyAdds'),
  );
  assert.deepEqual([...new Set(table.map(([stage]) => stage))].slice(-2), ['stage8', 'decoder']);
  await page.locator('.layer-box').focus();
  await page.keyboard.press('PageDown');
  await page.waitForFunction(() => /** @type {Element} */ (document.querySelector('.layer-box')).scrollTop > 0);
  const top = (/** @type {string} */ selector) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => Math.round(element.getBoundingClientRect().top));
  // The border of the box is a pixel wide.
  assert.equal(await top('.layer-box th'), (await top('.layer-box')) + 1, 'the head stays');
  await assertAccessible(page, '.inside', 'the layers');
});

test('a table of layers that is left half way is there once, and whole, when it is opened again', async () => {
  const page = await open(`?sample=surfer&inside=input&device=cpu&model=${LITE}`, 'figure');
  const leaving = page.evaluate(
    () =>
      new Promise((resolve) => {
        const open = (/** @type {string} */ name) =>
          /** @type {HTMLElement} */ (document.querySelector(`#inside-tab-${name}`)).click();
        new MutationObserver((_, observer) => {
          const rows = document.querySelectorAll('.layer-box[aria-busy] tbody tr').length;
          if (!rows) return;
          observer.disconnect();
          open('input');
          open('layers');
          resolve(rows);
        }).observe(document.body, { childList: true, subtree: true });
        open('layers');
      }),
  );
  const before = await leaving;
  await page.waitForSelector('.layer-box:not([aria-busy])');
  const rows = await page.locator('.layer-box tbody tr').count();
  assert.ok(before < rows, `${before} of ${rows} rows were there`);
  for (const one of ['.layer-box', '.layer-box tfoot']) assert.equal(await page.locator(one).count(), 1, one);
  assert.equal(await page.getByRole('button', { name: 'Save as CSV' }).count(), 1);
});

test('where only stages are timed, their lines say it', async () => {
  fixture.prependToWorker(`
    const send = self.postMessage.bind(self);
    self.postMessage = (message, ...more) => {
      for (const layer of message.part?.stage?.layers ?? []) layer.milliseconds = null;
      send(message, ...more);
    };`);
  const page = await open(`?model=fixture/${LITE}/&sample=surfer&inside=layers`, '.layer-box:not([aria-busy])');
  const times = (/** @type {string} */ selector) =>
    page.locator(`.layer-box tbody ${selector} td:nth-last-child(2)`).allTextContents();
  assert.ok((await times('tr:not(.layer-group)')).every((time) => time === ''));
  assert.ok((await times('.layer-group')).every((time) => /^[\d,]+\.\d$/.test(time)));
  assert.match((await page.locator(`${card} .inside-section > p`).first().textContent()) ?? '', /A GPU tells only/);
});

/** The columns with what they say. @param {Page} page */
const columnsOf = (page) =>
  page
    .locator('.model-column')
    .evaluateAll((columns) =>
      columns.map((column) =>
        [...column.querySelectorAll('h3, .model-sentence, .error')].map(({ textContent }) => textContent),
      ),
    );

/** @param {Page} page @param {number} count */
const untilSentences = (page, count) =>
  page.waitForFunction((count) => document.querySelectorAll('.model-sentence').length === count, count);

/** @param {string} name */
const expected = (name) => [name, captionByCommand(fixture.models[name].path, surfer).hedged];

test('a link puts models side by side, and what is not here is told', async () => {
  fixture.intercept = serveModels;
  const page = await open(`?lang=en&sample=surfer&models=${LITE},${FULL},nothing&device=cpu`, '.model-column');
  await untilSentences(page, 2);
  assert.deepEqual(await columnsOf(page), [expected(LITE), expected(FULL)]);
  assert.equal(page.workers().length, 1, 'only the first is kept');
  const facts = await page.locator('.model-facts').last().innerText();
  assert.match(facts, /Encoder\s+[\d.,]+ ms\s+Words\s+[\d.,]+ ms\s+Size\s+[\d.]+ MB/);
  const words = captionByCommand(fixture.models[FULL].path, surfer).words.map((/** @type {any} */ { text }) => text);
  assert.deepEqual(await page.locator('.model-maps').last().locator('li').allTextContents(), words);
  const query = () => new URL(page.url()).search;
  assert.equal(
    query(),
    `?lang=en&sample=surfer&models=${LITE},${FULL}&device=cpu`.replace(/(&models=[^&]+)(.*)/, '$2$1'),
  );
  await assertAccessible(page, '.inside', 'models side by side');

  await page.getByRole('button', { name: `Remove ${FULL}` }).click();
  assert.deepEqual(await columnsOf(page), [expected(LITE)]);
  assert.equal(new URL(page.url()).searchParams.get('models'), null);
  // It is kept from before, so nothing is to be fetched.
  await page.getByRole('button', { name: `Add ${FULL}`, exact: true }).click();
  await untilSentences(page, 2);
  assert.equal(new URL(page.url()).searchParams.get('models'), `${LITE},${FULL}`);

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Add a model folder' }).click();
  await (await chooser).setFiles(fixture.models.blind.path);
  await untilSentences(page, 3);
  assert.deepEqual((await columnsOf(page))[2], expected('blind'));
  assert.match(await page.locator('.model-column').last().innerText(), /no attention, so there are no maps/);
  assert.equal(new URL(page.url()).searchParams.get('models'), `${LITE},${FULL}`, 'a folder cannot be linked to');
  await page.keyboard.press('Escape');
  const error = await page.locator('#intake-error').textContent();
  assert.equal(error, "This page's address asks for something that is not here, so it is left out: nothing");
});

test('a model on its way can be stopped, is left behind with the card, and may fail', async () => {
  // Nothing is kept from the tests before.
  await fixture.relaunch();
  /** @type {'hold' | 'fail' | ''} */
  let trouble = 'hold';
  fixture.intercept = (request, response) => {
    if (trouble && request.url?.startsWith(`/models/${FULL}/`) && !request.url.endsWith('model.json')) {
      if (trouble === 'fail') response.writeHead(404).end();
      return true;
    }
    return serveModels(request, response);
  };
  const page = await open('?sample=surfer&inside=models&device=cpu', '.model-sentence');
  const add = page.getByRole('button', { name: new RegExp(`^Add ${FULL} \\(fetches \\d+\\.\\d MB\\)$`) });
  await add.click();
  await page.locator('.model-column progress').waitFor();
  await page.waitForFunction(() => /Loading the model/.test(document.querySelectorAll('.model-column')[1].textContent));
  await page.locator(card).getByRole('button', { name: 'Stop' }).click();
  const again = page.locator(card).getByRole('button', { name: 'Try again' });
  await again.waitFor();
  assert.equal(page.workers().length, 1, 'it is gone');

  await again.click();
  await page.locator('.model-column progress').waitFor();
  await page.click('#inside-tab-layers');
  await page.waitForSelector('.layer-box:not([aria-busy])');
  assert.equal(page.workers().length, 1, 'nobody waits for it');
  await page.click('#inside-tab-models');
  trouble = 'fail';
  await again.click();
  await page.waitForSelector('.model-column .error');
  const failure = 'The model could not be fetched. Check the network and try again; what has arrived is kept.';
  assert.deepEqual((await columnsOf(page))[1], [FULL, failure]);
  assert.equal(page.workers().length, 1);
  trouble = '';
  await again.click();
  await untilSentences(page, 2);
  assert.deepEqual((await columnsOf(page))[1], expected(FULL));
  await fixture.endTest(/404/);
});

test('an address takes a sample alone, and no card that the model has not', async () => {
  const model = `?model=fixture/${LITE}/`;
  const { page } = await fixture.openPage(`${model}&sample=surfer`);
  await untilCards(page, 1);
  assert.equal(await page.getAttribute('#stage', 'aria-label'), 'a surfer');
  assert.equal(await page.locator('dialog.inside').count(), 0);
  assert.ok(await page.isHidden('#error-bar'));
  for (const [query, name] of [
    ['&sample=surfer&inside=stage9', 'stage9'],
    ['&sample=surfer&inside=cellar', 'cellar'],
    ['&sample=elephant&inside=words', 'elephant'],
  ]) {
    const { page } = await fixture.openPage(`${model}${query}`);
    await page.waitForSelector('#error-bar:not([hidden])');
    assert.match((await page.locator('#intake-error').textContent()) ?? '', new RegExp(`left out: ${name}$`));
    assert.equal(await page.locator('dialog.inside').count(), 0);
  }
});

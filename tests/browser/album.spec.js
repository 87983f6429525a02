// Many photos, what is taken away from them, how captions are made, and what becomes of a model that does not come.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { cardOf, choose, namesOn, photoNamed, savedBy, setSetting, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({
  models: { additive: 'additive', lstm: 'lstm' },
  permissions: ['clipboard-read', 'clipboard-write'],
});
const { models } = fixture;
const scene = join(photos, 'scene.jpg');

/** A table by RFC 4180. @param {string} text */
function readCsv(text) {
  assert.ok(text.endsWith('\r\n'));
  return text
    .slice(0, -2)
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
      ),
    );
}

/** What is saved as JSON. @param {Page} page @returns {Promise<any[]>} */
async function outcomes(page) {
  return JSON.parse(String((await savedBy(page, '#save-json')).content));
}

test('many photos are captioned in their order, the newest on top, and a broken one stops none', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(() => {
    /** @type {string[]} */
    const said = [];
    Object.assign(globalThis, { said });
    const announcer = /** @type {Element} */ (document.querySelector('#announcer'));
    new MutationObserver(() => said.push(announcer.textContent ?? '')).observe(announcer, { childList: true });
  });
  const names = ['scene.jpg', 'truncated.jpg', 'grey.jpg', 'lossy.webp', 'rgb16.png'];
  await choose(page, ...names);
  assert.deepEqual(await namesOn(page), names.toReversed());
  const texts = names.map((name) =>
    name === 'truncated.jpg' ? undefined : captionByCommand(models.additive.path, join(photos, name)).hedged,
  );
  const said = names.map(
    (name, i) =>
      `${name}: ${texts[i] ?? 'no caption. This image file is damaged or incomplete. Get a complete copy of it.'}`,
  );
  assert.deepEqual(await page.evaluate('said'), said);
  for (const [i, name] of names.entries()) {
    assert.equal(await cardOf(page, name).locator('.frame img').getAttribute('alt'), texts[i] ?? '', name);
  }
});

test('all captions are saved as a table and as JSON, whatever the photos are called', async () => {
  const page = await fixture.openSightline();
  const names = ['one, two.jpg', 'a "quoted", name.jpg', '=HYPERLINK("x").jpg', 'truncated.jpg'];
  await choose(page, ...names.map((name) => photoNamed(name, name === 'truncated.jpg' ? name : 'scene.jpg')));
  const expected = captionByCommand(models.additive.path, scene);
  const table = await savedBy(page, '#save-csv');
  assert.equal(table.name, 'captions.csv');
  const rows = readCsv(String(table.content));
  const message = 'the JPEG file ends before the picture does; get a complete copy of it';
  assert.deepEqual(rows[0], ['photo', 'caption', 'log_probability', 'error']);
  assert.deepEqual(
    rows.slice(1).map(([name, text, , error]) => [name, text, error]),
    [...[names[0], names[1], `'${names[2]}`].map((name) => [name, expected.hedged, '']), [names[3], '', message]],
    'and a spreadsheet takes no name for a formula',
  );
  for (const [, , number] of rows.slice(1, 4)) {
    assert.ok(Math.abs(Number(number) - expected.logProbability) < 1e-2, number);
  }
  assert.equal(rows[4][2], '');
  const found = await outcomes(page);
  assert.deepEqual(
    found.map(({ photo }) => photo),
    names,
  );
  assert.deepEqual(found[3], { photo: 'truncated.jpg', error: { code: 'image-corrupt', message } });
  assert.deepEqual(Object.keys(found[0]), Object.keys(expected));
  assert.deepEqual(
    found[1].words.map((/** @type {any} */ word) => word.text),
    expected.words.map((/** @type {any} */ word) => word.text),
  );
  assert.equal(found[1].words[0].attention.flat().length, 49);
});

test('photos are removed, one or all of them, and the keyboard’s place is kept', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg', 'grey.jpg', 'lossy.webp');
  await cardOf(page, 'grey.jpg').locator('.remove').press('Enter');
  assert.deepEqual(await namesOn(page), ['lossy.webp', 'scene.jpg']);
  assert.ok(
    await cardOf(page, 'scene.jpg').evaluate((card) => card === document.activeElement),
    'the next photo is at hand',
  );
  await cardOf(page, 'scene.jpg').locator('.remove').press('Enter');
  assert.ok(await cardOf(page, 'lossy.webp').evaluate((card) => card === document.activeElement), 'or the one before');
  await choose(page, 'scene.jpg');
  await page.press('#clear', 'Enter');
  assert.deepEqual(await namesOn(page), []);
  assert.ok(await page.isHidden('#album-tools'));
  assert.ok(await page.evaluate(() => document.activeElement?.id === 'choose'));
});

test('a photo that is removed before its turn is not captioned, and the others are', async () => {
  fixture.delayWords(20);
  const page = await fixture.openSightline();
  await page.setInputFiles(
    '#files',
    ['scene.jpg', 'grey.jpg', 'lossy.webp'].map((name) => join(photos, name)),
  );
  await cardOf(page, 'grey.jpg').locator('.remove').click();
  await untilCards(page, 2);
  for (const name of ['scene.jpg', 'lossy.webp']) {
    await assertCaption(cardOf(page, name), captionByCommand(models.additive.path, join(photos, name)), name);
  }
});

test('the caption is copied as text, and as an <img> with its alt', async () => {
  const page = await fixture.openSightline();
  await choose(page, photoNamed('a "b" & <c>.jpg', 'scene.jpg'));
  const { hedged: text } = captionByCommand(models.additive.path, scene);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.clock.install();
  await page.click('.copy');
  await page.waitForSelector('.copy:text("Copied")');
  assert.equal(await copied(), text);
  await page.clock.runFor(2000);
  assert.equal(await page.innerText('.copy'), 'Copy the text');
  await page.click('.copy-html');
  await page.waitForSelector('.copy-html:text("Copied")');
  assert.equal(await copied(), `<img src="a &quot;b&quot; &amp; &lt;c>.jpg" alt="${text}">`);
  const image = await page.evaluate(
    (html) => {
      const image = new DOMParser().parseFromString(html, 'text/html').images[0];
      return [image.getAttribute('src'), image.alt];
    },
    await copied(),
  );
  assert.deepEqual(image, ['a "b" & <c>.jpg', text]);
});

test('where the clipboard is forbidden, the text is offered to be copied by hand', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  await page.evaluate(
    () => (navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))),
  );
  const offered = page
    .waitForEvent('dialog')
    .then(async (dialog) => [dialog.defaultValue(), await dialog.dismiss()][0]);
  await page.click('.copy');
  assert.equal(await offered, captionByCommand(models.additive.path, scene).hedged);
});

test('settings count from the next caption on, and the photo is not looked at again', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(() => (Math.random = () => 7 / 2 ** 32));
  await choose(page, 'scene.jpg');
  const card = cardOf(page, 'scene.jpg');
  const [first] = await outcomes(page);
  const is = (/** @type {string} */ name) => page.isEnabled(`#${name}`);
  for (const [settings, options] of /** @type {[Parameters<typeof setSetting>[1], string][][][]} */ ([
    [[['method', 'greedy']], [['beams', '1']]],
    [
      [
        ['method', 'beam'],
        ['beams', '5'],
        ['max-words', '6'],
      ],
      [
        ['beams', '5'],
        ['max-words', '6'],
      ],
    ],
    [
      [
        ['method', 'sample'],
        ['temperature', '1.5'],
        ['max-words', '12'],
      ],
      [
        ['temperature', '1.5'],
        ['max-words', '12'],
        ['seed', '7'],
      ],
    ],
    // What is not possible becomes what is nearest to it.
    [
      [
        ['method', 'beam'],
        ['beams', '99'],
        ['max-words', '0'],
      ],
      [
        ['beams', '20'],
        ['max-words', '1'],
      ],
    ],
    [
      [
        ['beams', ''],
        ['max-words', ''],
      ],
      [],
    ],
  ])) {
    for (const [name, value] of settings) await setSetting(page, name, value);
    const method = await page.inputValue('#method');
    assert.deepEqual(
      [await is('beams'), await is('temperature')],
      [method === 'beam', method === 'sample'],
      'only what counts can be set',
    );
    await card.locator('.redo').click();
    await untilCards(page, 1);
    await assertCaption(
      card,
      captionByCommand(models.additive.path, scene, ...options.flatMap(([name, value]) => [`--${name}`, value])),
      String(settings),
    );
    const [{ timings }] = await outcomes(page);
    for (const part of ['decode', 'resize', 'encode']) assert.equal(timings[part], first.timings[part], part);
    assert.notEqual(timings.words, first.timings.words);
  }
});

test('a model that cannot be fetched says so; trying again fetches it, and captions what waited', async () => {
  fixture.pack('far');
  const { page } = await fixture.openPage('?model=fixture/far/', {
    prepare: async () => {
      fixture.intercept = (request, response) =>
        request.url?.endsWith('.safetensors') === true && Boolean(response.writeHead(404).end());
    },
  });
  await page.setInputFiles(
    '#files',
    ['scene.jpg', 'truncated.jpg'].map((name) => join(photos, name)),
  );
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  assert.match(await page.innerText('#status'), /could not be fetched\. Check the network and try again/);
  assert.ok(await page.isHidden('#progress'));
  const states = () =>
    page.locator('.state').evaluateAll((all) => all.map((state) => /** @type {HTMLElement} */ (state).dataset.state));
  await untilCards(page, 2);
  assert.deepEqual(await states(), ['error.model-unreachable', 'error.model-unreachable']);
  fixture.intercept = () => false;
  await page.click('#retry');
  await page.waitForSelector('html[data-device]');
  assert.equal(await page.innerText('#status'), 'Ready: far, on the processor.');
  assert.deepEqual([await page.getAttribute('#status', 'title'), await page.isHidden('#retry')], [null, true]);
  await page.waitForSelector('.word');
  await untilCards(page, 2);
  assert.deepEqual(await states(), ['error.image-corrupt', 'card.done']);
  await fixture.endTest(/404/);
});

test('a damaged model is refused', async () => {
  const { path } = fixture.pack('spoilt');
  const shard = join(path, 'weights-001-of-001.safetensors');
  const bytes = readFileSync(shard);
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(shard, bytes);
  const { page } = await fixture.openPage('?model=fixture/spoilt/');
  await page.waitForSelector('#status[data-code="model-corrupt"]');
  assert.equal(await page.innerText('#status'), 'The model’s files are damaged, so it is not used.'.replace('’', "'"));
  assert.match((await page.getAttribute('#status', 'title')) ?? '', /SHA-256/);
  assert.ok(await page.isVisible('#retry'));
});

test('a model folder of this device replaces the model, even one that is still on its way', async () => {
  /** @type {(() => void) | undefined} */
  let release;
  fixture.pack('slow');
  const { page } = await fixture.openPage('?model=fixture/slow/', {
    prepare: async () => {
      fixture.intercept = (request, response) => {
        if (!request.url?.includes('/slow/weights') || release) return false;
        release = () => response.end(readFileSync(join(fixture.folder, 'slow/weights-001-of-001.safetensors')));
        return true;
      };
    },
  });
  await page.waitForFunction(() => /of \d/.test(document.querySelector('#status')?.textContent ?? ''));
  assert.equal(await page.getAttribute('#status', 'aria-busy'), 'true', 'no step of it is read out');
  const [late] = page.workers();
  const gone = late.waitForEvent('close');
  await page.setInputFiles('#local-model', models.lstm.path);
  await gone;
  await page.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Ready: lstm'));
  assert.equal(await page.innerText('#choice'), 'This is the model folder that you chose from this device.');
  // What comes too late changes nothing.
  release?.();
  await choose(page, 'scene.jpg');
  await assertCaption(cardOf(page, 'scene.jpg'), captionByCommand(models.lstm.path, scene));
  assert.match(await page.innerText('#status'), /^Ready: lstm/);
  assert.equal(await page.getAttribute('#status', 'aria-busy'), null);
});

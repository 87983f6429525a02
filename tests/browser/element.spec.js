// The custom element at work on somebody else's page: under a strict policy, alone or around an image, one or many,
// whatever becomes of it.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { eventsOf, openHostPage, part, untilEvents, untilWorkers, wordsOf } from './host-page.js';

/** @import { Page } from 'playwright-core' */
/** @import { PhotoCaption } from '../../www/photo-caption.js' */
/** @import { Caption } from '../../www/protocol.js' */

const fixture = Fixture.forSpec();
const { additive: model } = fixture.models;
cpSync(photos, join(fixture.folder, 'photos'), { recursive: true });

/** What the command line says about a photo. @param {string} photo @param {...string} options @returns {Caption} */
function expected(photo, ...options) {
  return captionByCommand(model.path, join(photos, photo), ...options);
}

/** What was asked for, of this kind. @param {RegExp} pattern */
function requested(pattern) {
  return fixture.requests.filter((url) => pattern.test(url));
}

/** @param {Page} page */
function element(page) {
  return page.locator('photo-caption');
}

test('alone it shows the photo and its caption, and tells the page every step', async () => {
  const page = await openHostPage(
    fixture,
    '<photo-caption id="it" src="photos/scene.jpg" model="additive/" auto beams="1"></photo-caption>',
  );
  const before = await page.innerHTML('main');
  await untilEvents(page);
  const { hedged, words } = expected('scene.jpg', '--beams', '1');
  assert.equal(await part(page, 'caption').innerText(), hedged);
  assert.deepEqual(
    await part(page, 'image').evaluate((/** @type {HTMLImageElement} */ image) => [image.alt, image.naturalWidth > 0]),
    [hedged, true],
  );
  assert.equal(await element(page).locator('[aria-live=polite]').innerText(), hedged);
  const progress = (await eventsOf(page, 'caption-progress')).map(({ detail }) => detail);
  assert.ok(
    progress.length > 1 &&
      progress.every(({ loaded, total }, i) => loaded <= total && loaded >= (progress[i - 1]?.loaded ?? 0)),
  );
  assert.equal(progress.at(-1).loaded, progress.at(-1).total);
  const steps = (await eventsOf(page, 'caption-word')).map(({ detail }) => detail);
  assert.deepEqual(
    steps.map(({ word }) => word.text),
    words.map((word) => word.text),
  );
  assert.deepEqual(
    steps.map(({ words }) => words.length),
    words.map((_, i) => i + 1),
  );
  assert.deepEqual(
    (await eventsOf(page, 'caption')).map(({ id, detail }) => [id, detail.hedged]),
    [['it', hedged]],
  );
  assert.equal(await page.innerHTML('main'), before, 'the page itself is as it was');
  for (const name of ['words', 'field', 'start', 'retry', 'status', 'progress']) {
    assert.ok(await part(page, name).isHidden(), name);
  }
});

test('around an image it fills the alt that is empty, and changes nothing else on the page', async () => {
  const around = (/** @type {string} */ image) => `<photo-caption model="additive/" auto>${image}</photo-caption>`;
  const page = await openHostPage(
    fixture,
    [
      around('<img id="absent" src="photos/scene.jpg">'),
      around(
        '<a href="#"><picture><source srcset="photos/grey.jpg" media="(width > 99999px)"><img id="empty" src="photos/scene.jpg" alt=""></picture></a>',
      ),
      around('<img id="given" src="photos/scene.jpg" alt="My dog">'),
      '<photo-caption src="photos/grey.jpg" model="additive/" auto><img id="other" src="photos/scene.jpg"></photo-caption>',
    ].join(''),
  );
  const markup = () =>
    page.evaluate(() => document.querySelector('main')?.innerHTML.replaceAll(/ alt="[^"]*"/g, '') ?? '');
  const before = await markup();
  await untilEvents(page, 4);
  const alts = await page.evaluate(() =>
    Object.fromEntries([...document.querySelectorAll('img')].map(({ id, alt }) => [id, alt])),
  );
  const { hedged } = expected('scene.jpg');
  assert.deepEqual(alts, { absent: hedged, empty: hedged, given: 'My dog', other: expected('grey.jpg').hedged });
  assert.equal(await markup(), before);
  assert.ok(await part(page, 'image').first().isHidden(), 'there is one image, not two');
});

test('a lazy one begins when it scrolls into view, and not a byte of model or photo is fetched before', async () => {
  fixture.requests.length = 0;
  const tall = '<canvas height="5000"></canvas>';
  const page = await openHostPage(
    fixture,
    `${tall}<photo-caption src="photos/scene.jpg" model="additive/" auto loading="lazy"></photo-caption>`,
  );
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.deepEqual([requested(/additive|scene|wasm/), page.workers().length], [[], 0]);
  await element(page).scrollIntoViewIfNeeded();
  await untilEvents(page);
  assert.equal(await part(page, 'caption').innerText(), expected('scene.jpg').hedged);
});

test('without auto a button asks first and says how many megabytes would be fetched', async () => {
  const fresh = await fixture.launch();
  fixture.requests.length = 0;
  const tag = (/** @type {string} */ id, /** @type {string} */ model) =>
    `<photo-caption id="${id}" src="photos/${id}.jpg" model="${model}"></photo-caption>`;
  const page = await openHostPage(fixture, tag('scene', 'additive/') + tag('grey', 'additive'), { browser: fresh });
  const start = (/** @type {string} */ id) => part(page, 'start', `#${id}`);
  await start('scene').waitFor();
  await start('grey').waitFor();
  /** @type {{ bytes: number }[]} */
  const shards = JSON.parse(readFileSync(join(model.path, 'model.json'), 'utf8')).shards;
  const megabytes = (shards.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6).toFixed(1);
  assert.equal(await start('scene').innerText(), `Describe this photo (fetches a model of ${megabytes} MB once)`);
  assert.deepEqual(
    [requested(/\/additive\//), requested(/\/worker\.js|wasm/)],
    [['/fixture/additive/model.json'], []],
    'once for both',
  );
  await start('scene').press('Enter');
  await untilEvents(page);
  assert.equal(await part(page, 'caption', '#scene').innerText(), expected('scene.jpg').hedged);
  assert.equal(await start('grey').innerText(), 'Describe this photo', 'the model is here by now');
  await page.reload();
  await start('grey').waitFor();
  assert.equal(await start('grey').innerText(), 'Describe this photo', 'and still is at the next visit');
  await page.evaluate(() => {
    /** @type {PhotoCaption} */ (document.querySelector('#grey')).auto = true;
  });
  await untilEvents(page);
  assert.equal(await part(page, 'caption', '#grey').innerText(), expected('grey.jpg').hedged);
});

test('twenty on one page share one worker and one download', async () => {
  const names = ['scene.jpg', 'grey.jpg', 'lossy.webp', 'orientation-6.jpg'];
  const tags = Array.from(
    { length: 20 },
    (_, i) => `<photo-caption id="n${i}" src="photos/${names[i % 4]}" model="additive/" auto></photo-caption>`,
  );
  const fresh = await fixture.launch();
  fixture.requests.length = 0;
  const page = await openHostPage(fixture, tags.join(''), { browser: fresh });
  await untilEvents(page, 20);
  assert.equal(page.workers().length, 1);
  const texts = Object.fromEntries(names.map((name) => [name, expected(name).hedged]));
  for (let i = 0; i < 20; i += 1) {
    assert.equal(await part(page, 'caption', `#n${i}`).innerText(), texts[names[i % 4]], `${i}`);
  }
  const shards = requested(/\.safetensors$/);
  assert.ok(shards.length > 0);
  assert.deepEqual(shards, [...new Set(shards)]);
  assert.deepEqual([requested(/\/worker\.js$/).length, requested(/\.wasm$/).length], [1, 1]);
  await untilWorkers(page, 0);
  assert.equal(
    await part(page, 'caption', '#n0').innerText(),
    texts['scene.jpg'],
    'the worker that nobody needs is gone, and the captions stay',
  );
});

test('removed while it works it stops at once; moved it goes on; back on the page it begins anew', async () => {
  fixture.delayWords(30);
  fixture.requests.length = 0;
  const markup =
    '<photo-caption src="photos/scene.jpg" model="additive/" auto controls></photo-caption><div id="elsewhere"></div>';
  const page = await openHostPage(fixture, markup);
  await untilEvents(page, 1, /word/);
  const photo = requested(/scene\.jpg/).length;
  const words = await page.evaluate(() => {
    const element = document.querySelector('photo-caption');
    document.querySelector('#elsewhere')?.append(element ?? '');
    return /** @type {any} */ (globalThis).heard.filter((/** @type {any} */ { type }) => type === 'caption-word')
      .length;
  });
  await untilEvents(page, words + 1, /word/);
  assert.equal(requested(/scene\.jpg/).length, photo, 'a move begins nothing anew');
  const then = await page.evaluate(async () => {
    const element = document.querySelector('photo-caption');
    Object.assign(globalThis, { element });
    element?.remove();
    await undefined;
    return /** @type {any} */ (globalThis).heard.length;
  });
  await untilWorkers(page, 0);
  assert.equal(await page.evaluate('heard.length'), then, 'nothing was told after it was removed');
  assert.deepEqual(await page.evaluate('[element.caption, element.error, element.value]'), [null, null, '']);
  await page.evaluate('document.querySelector("main").append(element)');
  await untilEvents(page);
  assert.deepEqual(
    await wordsOf(page),
    expected('scene.jpg').words.map(({ text }) => text),
  );
  await page.evaluate('element.remove()');
  await untilWorkers(page, 0);
  const requests = fixture.requests.length;
  await page.evaluate('document.querySelector("main").append(element)');
  await page.waitForFunction('element.isConnected && element.value');
  assert.equal(await part(page, 'word').count(), expected('scene.jpg').words.length);
  assert.deepEqual(
    [fixture.requests.length, (await eventsOf(page, 'caption')).length],
    [requests, 1],
    'a caption that is there stays',
  );
});

test('elements that are gone leave nothing behind', async () => {
  const page = await openHostPage(
    fixture,
    '<photo-caption src="photos/grey.jpg" model="additive/" auto></photo-caption>',
  );
  await untilEvents(page);
  const session = await fixture.browser.newCDPSession(page);
  /**
   * Adds and removes so many elements, every other one of them before it is done, and tells the size of the heap.
   * @param {number} count
   */
  const live = async (count) => {
    await page.evaluate(async (count) => {
      const { heard, gone = [] } = /** @type {any} */ (globalThis);
      for (let i = 0; i < count; i += 1) {
        const element = Object.assign(document.createElement('photo-caption'), {
          src: 'photos/grey.jpg',
          model: 'additive/',
          auto: true,
          controls: i % 3 === 0,
          beams: 1,
        });
        const image = document.createElement('img');
        if (i % 4 < 2) element.append(Object.assign(image, { src: 'photos/grey.jpg' }));
        document.querySelector('main')?.append(element);
        await new Promise((resolve) =>
          element.addEventListener(i % 2 ? 'caption-word' : 'caption', resolve, { once: true }),
        );
        element.remove();
        gone.push(new WeakRef(element));
        heard.length = 0;
      }
      Object.assign(globalThis, { gone });
    }, count);
    await session.send('HeapProfiler.collectGarbage');
    return (await session.send('Runtime.getHeapUsage')).usedSize;
  };
  // What is made once and kept, as compiled code is, is made by the first ones.
  const before = await live(10);
  const after = await live(50);
  // Ten kilobytes for each: a caption alone takes more, with its maps.
  assert.ok(after - before < 500_000, `${after - before} bytes more after 50 elements`);
  await untilWorkers(page, 0);
  await session.send('HeapProfiler.collectGarbage');
  assert.equal(
    await page.evaluate(
      () => /** @type {any} */ (globalThis).gone.filter((/** @type {any} */ gone) => gone.deref()).length,
    ),
    0,
    'elements that are still there',
  );
});

test('another photo, or another way to caption it, begins anew and gives the old one up', async () => {
  fixture.delayWords(20);
  const page = await openHostPage(
    fixture,
    `
    <photo-caption id="own" src="photos/scene.jpg" model="additive/" auto></photo-caption>
    <photo-caption id="around" model="additive/" auto beams="1"><img src="photos/scene.jpg"></photo-caption>`,
  );
  const alt = () => page.evaluate(() => document.querySelector('img')?.alt);
  await untilEvents(page, 1, /word/);
  await page.evaluate(() => {
    /** @type {PhotoCaption} */ (document.querySelector('#own')).src = 'photos/grey.jpg';
  });
  await untilEvents(page, 2);
  assert.deepEqual(
    (await eventsOf(page, 'caption')).filter(({ id }) => id === 'own').map(({ detail }) => detail.hedged),
    [expected('grey.jpg').hedged],
  );
  assert.match((await part(page, 'image', '#own').getAttribute('src')) ?? '', /grey/);
  assert.equal(await alt(), expected('scene.jpg', '--beams', '1').hedged);
  const emptied = await page.evaluate(async () => {
    const image = /** @type {HTMLImageElement} */ (document.querySelector('img'));
    image.src = 'photos/grey.jpg';
    await new Promise((resolve) => setTimeout(resolve));
    return image.alt;
  });
  assert.equal(emptied, '', 'what was said about the old photo is not said about the new one');
  await untilEvents(page, 3);
  assert.equal(await alt(), expected('grey.jpg', '--beams', '1').hedged);
  await page.evaluate(() => document.querySelector('#around')?.setAttribute('beams', '2'));
  await untilEvents(page, 4);
  assert.equal(await alt(), expected('grey.jpg', '--beams', '2').hedged);
  await page.evaluate(() => document.querySelector('#own')?.removeAttribute('src'));
  await part(page, 'caption', '#own').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => /** @type {PhotoCaption} */ (document.querySelector('#own')).value), '');
});

test('what goes wrong is said in words and by code, with a button where trying again may help', async () => {
  const tag = (/** @type {string} */ id, /** @type {string} */ attributes) =>
    `<photo-caption id="${id}" ${attributes} auto></photo-caption>`;
  const page = await openHostPage(
    fixture,
    [
      tag('photo', 'src="photos/none.jpg" model="additive/"'),
      tag('damaged', 'src="photos/truncated.jpg" model="additive/"'),
      tag('address', 'src="http://[" model="additive/"'),
      tag('model', 'src="photos/scene.jpg" model="late/"'),
      tag('same', 'src="photos/grey.jpg" model="late/"'),
      tag('none', 'src="photos/scene.jpg"'),
      tag('nowhere', 'src="photos/scene.jpg" model="http://["'),
      tag('device', 'src="photos/scene.jpg" model="additive/" device="abacus"'),
      tag('precision', 'src="photos/scene.jpg" model="additive/" precision="exact"'),
      tag('beams', 'src="photos/scene.jpg" model="additive/" beams="many"'),
      '<photo-caption id="asks" src="photos/scene.jpg" model="later/"></photo-caption>',
    ].join(''),
  );
  await untilEvents(page, 11);
  const failures = Object.fromEntries((await eventsOf(page, 'caption-error')).map(({ id, detail }) => [id, detail]));
  assert.deepEqual(Object.fromEntries(Object.entries(failures).map(([id, { code }]) => [id, code])), {
    photo: 'image-unreachable',
    damaged: 'image-corrupt',
    address: 'bad-address',
    model: 'model-unreachable',
    same: 'model-unreachable',
    none: 'model-unreachable',
    nowhere: 'bad-address',
    device: 'bad-option',
    precision: 'bad-option',
    beams: 'bad-option',
    asks: 'model-unreachable',
  });
  for (const [id, { message }] of Object.entries(failures)) {
    const status = part(page, 'status', `#${id}`);
    assert.ok((await status.innerText()).length > 10, id);
    assert.equal(await status.getAttribute('title'), message, id);
    assert.equal(
      await part(page, 'retry', `#${id}`).isVisible(),
      ['photo', 'model', 'same', 'none', 'asks'].includes(id),
      id,
    );
  }
  assert.match(
    failures.none.message,
    /\/www\/model\/model\.json/,
    'a model that no attribute names is looked for beside the module',
  );
  for (const name of ['late', 'later']) cpSync(model.path, join(fixture.folder, name), { recursive: true });
  await part(page, 'retry', '#model').click();
  await untilEvents(page, 13);
  assert.equal(await part(page, 'caption', '#model').innerText(), expected('scene.jpg').hedged);
  assert.equal(
    await part(page, 'caption', '#same').innerText(),
    expected('grey.jpg').hedged,
    'it waited for the same model',
  );
  await part(page, 'retry', '#asks').click();
  await part(page, 'start', '#asks').waitFor();
  cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photos/none.jpg'));
  await part(page, 'retry', '#photo').press('Enter');
  await untilEvents(page, 14);
  assert.equal(await part(page, 'caption', '#photo').innerText(), expected('scene.jpg').hedged);
  await fixture.endTest(/404/);
});

test('without a photo no model is fetched, and nobody is asked for leave to fetch one', async () => {
  cpSync(model.path, join(fixture.folder, 'unneeded'), { recursive: true });
  fixture.requests.length = 0;
  const page = await openHostPage(
    fixture,
    `<photo-caption id="auto" src="photos/nowhere.jpg" model="unneeded/" auto></photo-caption>
    <photo-caption id="asks" src="photos/nowhere.jpg" model="unneeded/" controls></photo-caption>`,
  );
  await untilEvents(page, 2);
  assert.deepEqual(
    (await eventsOf(page, 'caption-error')).map(({ detail }) => detail.code),
    ['image-unreachable', 'image-unreachable'],
  );
  assert.ok(await part(page, 'start', '#asks').isHidden());
  assert.deepEqual([requested(/unneeded|\/worker\.js|wasm/), page.workers().length], [[], 0]);
  cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photos/nowhere.jpg'));
  await part(page, 'retry', '#asks').click();
  await part(page, 'start', '#asks').waitFor();
  await fixture.endTest(/404/);
});

test('properties that were set before the module was there count', async () => {
  const page = await openHostPage(fixture, '<photo-caption id="early"></photo-caption>', { head: '' });
  await page.evaluate(() => {
    Object.assign(/** @type {Element} */ (document.querySelector('#early')), {
      src: 'photos/scene.jpg',
      model: 'additive/',
      beams: 1,
      auto: true,
      controls: true,
      loading: 'lazy',
      width: 320,
      name: 'text',
      value: 'Mine.',
    });
    return import(/** @type {any} */ ('/www/photo-caption.js')).then(() => {});
  });
  await untilEvents(page);
  const { hedged, words } = expected('scene.jpg', '--beams', '1');
  assert.deepEqual(
    await page.evaluate(() => {
      const early = /** @type {PhotoCaption} */ (document.querySelector('#early'));
      const { src, model, beams, auto, controls, loading, width, height, name, device, precision, value, caption } =
        early;
      return {
        src,
        model,
        beams,
        auto,
        controls,
        loading,
        width,
        height,
        name,
        device,
        precision,
        value,
        hedged: caption?.hedged,
        own: Object.keys(early),
      };
    }),
    {
      src: 'photos/scene.jpg',
      model: 'additive/',
      beams: 1,
      auto: true,
      controls: true,
      loading: 'lazy',
      width: 320,
      height: null,
      name: 'text',
      device: 'auto',
      precision: 'auto',
      value: 'Mine.',
      hedged,
      own: [],
    },
  );
  assert.deepEqual(
    await wordsOf(page),
    words.map(({ text }) => text),
  );
  assert.deepEqual(
    await page.evaluate(() => {
      const element = document.createElement('photo-caption');
      Object.assign(element, { src: 'a.jpg', beams: 2, controls: true });
      const set = element.outerHTML;
      Object.assign(element, { controls: 'inside' });
      const inside = element.outerHTML;
      Object.assign(element, { src: null, beams: undefined, controls: false });
      return [set, inside, element.outerHTML];
    }),
    [
      '<photo-caption src="a.jpg" beams="2" controls=""></photo-caption>',
      '<photo-caption src="a.jpg" beams="2" controls="inside"></photo-caption>',
      '<photo-caption></photo-caption>',
    ],
  );
});

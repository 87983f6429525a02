// How the custom element treats those who read it, correct it, style it and write for it.

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import arabic from '../../www/view/text/ar.js';
import english from '../../www/view/text/en.js';
import burmese from '../../www/view/text/my.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { MODULE, openHostPage, part, untilEvents, wordsOf } from './host-page.js';
import { assertSpotlight } from './spotlight-actions.js';

/** @import { Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: { dot: 'dot' } });
const { dot: model } = fixture.models;
cpSync(photos, join(fixture.folder, 'photos'), { recursive: true });
/** What it says, by language. @type {Record<string, Record<string, string>>} */
const texts = { en: english, ar: arabic, my: burmese };

/** What the command line says about a photo. @param {string} photo @param {...string} options @returns {Caption} */
function expected(photo, ...options) {
  return captionByCommand(model.path, join(photos, photo), ...options);
}

/** Whatever an element is to be asked. @param {Page} page @param {string} question of `it` */
function ask(page, question) {
  return page.evaluate(`{ const it = document.querySelector('photo-caption'); ${question} }`);
}

test('each word shows its map exactly over the photo, by mouse and by keyboard', async () => {
  writeFileSync(
    join(fixture.folder, 'site.css'),
    `
    img { margin: 3px; padding: 7px; border: 5px solid; }
    #cover { width: 90px; height: 160px; object-fit: cover; }
    #contain { width: 200px; height: 60px; object-fit: contain; }`,
  );
  const tag = (/** @type {string} */ image) => `<photo-caption model="dot/" auto controls>${image}</photo-caption>`;
  const page = await openHostPage(
    fixture,
    [
      tag('<figure><img id="plain" src="photos/scene.jpg"><figcaption>A scene</figcaption></figure>'),
      tag('<img id="cover" src="photos/scene.jpg">'),
      tag('<img id="contain" src="photos/scene.jpg">'),
      '<photo-caption src="photos/scene.jpg" model="dot/" auto controls></photo-caption>',
    ].join(''),
    { head: `<link rel="stylesheet" href="site.css">${MODULE}` },
  );
  await untilEvents(page, 4);
  const caption = expected('scene.jpg');
  for (const [index, id] of ['plain', 'cover', 'contain', ''].entries()) {
    const element = page.locator('photo-caption').nth(index);
    const overlay = element.locator('[part=overlay]');
    assert.ok(await overlay.isHidden(), 'nothing is pointed at yet');
    await element.locator('[part=word]').nth(1).hover();
    await assertSpotlight(element, caption, 1, id);
    const image = id ? page.locator(`#${id}`) : element.locator('[part=image]');
    const [map, box] = await Promise.all([overlay.boundingBox(), image.boundingBox()]);
    const { ratio, edge } = await image.evaluate((/** @type {HTMLImageElement} */ image) => ({
      ratio: image.naturalWidth / image.naturalHeight,
      edge: image.id ? 12 : 0,
    }));
    assert.ok(map && box);
    const [width, height] = [box.width - 2 * edge, box.height - 2 * edge];
    const across = { plain: width, cover: height * ratio, contain: height * ratio, '': width }[id] ?? 0;
    const fitted = { x: box.x + edge + (width - across) / 2, y: box.y + edge, width: across, height };
    for (const [side, length] of Object.entries(fitted)) {
      assert.ok(Math.abs(map[/** @type {'x'} */ (side)] - length) < 1, `${id}: ${JSON.stringify([map, fitted])}`);
    }
    await page.mouse.move(0, 0);
    assert.ok(await overlay.isHidden());
  }
  assert.deepEqual(
    await wordsOf(page, 'photo-caption:last-of-type'),
    caption.words.map(({ text }) => text),
  );
  assert.equal(
    (await part(page, 'words', 'photo-caption:last-of-type').innerText()).replaceAll(/\s+/g, ' ').trim(),
    caption.text,
    'the words make the sentence',
  );
  await part(page, 'word', 'photo-caption:last-of-type').first().focus();
  for (const [key, index] of /** @type {const} */ ([
    ['ArrowRight', 1],
    ['End', caption.words.length - 1],
    ['ArrowLeft', caption.words.length - 2],
    ['Home', 0],
  ])) {
    await page.keyboard.press(key);
    assert.equal(
      await page.locator('photo-caption').last().locator('[part=word][aria-pressed=true]').getAttribute('data-word'),
      caption.words[index].text,
    );
    await assertSpotlight(page.locator('photo-caption').last(), caption, index, key);
  }
});

test('another word can take its place, by keyboard alone, and controls come and go', async () => {
  const page = await openHostPage(fixture, '<photo-caption src="photos/scene.jpg" model="dot/" auto></photo-caption>');
  await untilEvents(page);
  const { hedged, words } = expected('scene.jpg');
  assert.ok(await part(page, 'word').first().isHidden());
  await ask(page, 'it.controls = true');
  await part(page, 'word').nth(1).press('Enter');
  assert.ok(await part(page, 'caption').isHidden());
  const row = (/** @type {{ text: string, logProbability: number }} */ { text, logProbability }) =>
    `${text} ${Math.round(100 * Math.exp(logProbability))}%`;
  assert.equal(await page.locator('photo-caption [aria-current]').textContent(), row(words[1]));
  assert.deepEqual(await part(page, 'alternative').allTextContents(), words[1].alternatives.slice(0, 3).map(row));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await untilEvents(page, 2);
  const other = expected('scene.jpg', '--prefix', `${words[0].text} ${words[1].alternatives[0].text}`);
  assert.deepEqual(
    await wordsOf(page),
    other.words.map(({ text }) => text),
  );
  assert.equal(await ask(page, 'it.value'), other.hedged);
  assert.equal(
    await ask(page, 'it.shadowRoot.activeElement.dataset.word'),
    words[1].alternatives[0].text,
    'the keyboard’s place is the new word',
  );
  await ask(page, 'it.controls = false');
  assert.equal(await part(page, 'caption').innerText(), other.hedged);
  assert.notEqual(other.hedged, hedged);
});

test('a form submits the text, corrected where somebody has done so, and its reset brings the caption back', async () => {
  writeFileSync(join(fixture.folder, 'submitted.html'), '<!doctype html><link rel="icon" href="data:,">');
  const page = await openHostPage(
    fixture,
    `<form action="submitted.html"><fieldset>
    <label for="it">Alt text</label>
    <photo-caption id="it" name="alt" controls model="dot/" auto><img src="photos/scene.jpg"></photo-caption>
    <photo-caption model="dot/" src="photos/grey.jpg" auto></photo-caption>
    <input name="other" value="1"></fieldset></form>`,
  );
  const submitted = () =>
    page.evaluate(() =>
      [...new FormData(/** @type {HTMLFormElement} */ (document.forms[0]))].map(([name, value]) => `${name}=${value}`),
    );
  const alt = () => page.evaluate(() => document.querySelector('img')?.alt);
  assert.deepEqual(await submitted(), ['alt=', 'other=1']);
  await untilEvents(page, 2);
  const { hedged } = expected('scene.jpg');
  assert.deepEqual(await submitted(), [`alt=${hedged}`, 'other=1'], 'one without a name is not submitted');
  await page.evaluate(() => {
    Object.assign(globalThis, { types: [] });
    for (const type of ['input', 'change']) {
      document.addEventListener(type, (event) =>
        /** @type {any} */ (globalThis).types.push([type, /** @type {Element} */ (event.target).id]),
      );
    }
  });
  const seen = () =>
    Promise.all(['words', 'detail', 'caption', 'field'].map((name) => part(page, name, '#it').isVisible()));
  assert.deepEqual(await seen(), [true, true, false, false], 'words to look into');
  await part(page, 'edit', '#it').click();
  assert.deepEqual(await seen(), [false, false, false, true], 'or the text alone');
  assert.equal(await part(page, 'field', '#it').inputValue(), hedged);
  await part(page, 'edit', '#it').click();
  assert.deepEqual(await seen(), [true, true, false, false]);
  await part(page, 'edit', '#it').press('Enter');
  await part(page, 'field', '#it').fill('A dog.');
  await part(page, 'field', '#it').blur();
  assert.deepEqual(await page.evaluate('types'), [
    ['input', 'it'],
    ['change', 'it'],
  ]);
  assert.deepEqual([await submitted(), await alt()], [['alt=A dog.', 'other=1'], 'A dog.']);
  assert.deepEqual(await seen(), [false, false, false, true], 'of what was edited there are no words');
  assert.ok(await part(page, 'edit', '#it').isHidden());
  await part(page, 'field', '#it').fill('كلب');
  const written = () =>
    part(page, 'field', '#it').evaluate((/** @type {HTMLElement} */ field) => [
      field.lang,
      getComputedStyle(field).direction,
    ]);
  assert.deepEqual(await written(), ['', 'rtl'], 'whoever corrects it writes as they please');
  await page.evaluate(() => document.forms[0].reset());
  assert.deepEqual(
    [await submitted(), await alt(), await part(page, 'field', '#it').inputValue()],
    [[`alt=${hedged}`, 'other=1'], hedged, hedged],
  );
  assert.deepEqual(await seen(), [true, true, false, false]);
  await part(page, 'edit', '#it').click();
  assert.deepEqual(await written(), ['en', 'ltr']);
  await page.evaluate(() => {
    /** @type {HTMLFieldSetElement} */ (document.querySelector('fieldset')).disabled = true;
  });
  assert.deepEqual(await submitted(), []);
  assert.ok(await part(page, 'field', '#it').isDisabled());
  await page.evaluate(() => {
    /** @type {HTMLFieldSetElement} */ (document.querySelector('fieldset')).disabled = false;
  });
  assert.deepEqual(await ask(page, '[it.form === document.forms[0], document.querySelector("label").control === it]'), [
    true,
    true,
  ]);
  await part(page, 'field', '#it').fill('A black dog & I.');
  await page.evaluate(() => document.forms[0].requestSubmit());
  await page.waitForURL('**/submitted.html?**');
  assert.equal(new URL(page.url()).searchParams.get('alt'), 'A black dog & I.');
  await page.goBack();
  await untilEvents(page, 2);
  assert.equal(await ask(page, 'it.value'), 'A black dog & I.', 'what was written is still there on the way back');
  await page.evaluate(() => document.querySelector('img')?.setAttribute('src', 'photos/grey.jpg'));
  await untilEvents(page, 3);
  assert.equal(await ask(page, 'it.value'), expected('grey.jpg').hedged, 'but not about another photo');
});

test('it speaks the language of the text around it, and fetches no other', async () => {
  cpSync(model.path, join(fixture.folder, 'unseen'), { recursive: true });
  fixture.requests.length = 0;
  const page = await openHostPage(
    fixture,
    `
    <photo-caption id="around" src="photos/scene.jpg" model="unseen/"></photo-caption>
    <photo-caption id="own" lang="en-GB" src="photos/scene.jpg" model="unseen/"></photo-caption>`,
    { root: 'lang="ar-EG" dir="rtl"' },
  );
  const fetched = () => fixture.requests.filter((url) => url.includes('/view/text/')).map((url) => url.slice(-5));
  const told = async (/** @type {string} */ id) =>
    (await part(page, 'start', id).innerText()).replace(/[\d٠-٩၀-၉][\d.٠-٩٫၀-၉]*/u, '{megabytes}');
  await part(page, 'start', '#around').waitFor();
  assert.deepEqual([await told('#around'), await told('#own')], [arabic['element.fetch'], english['element.fetch']]);
  const direction = (/** @type {string} */ id) =>
    part(page, 'start', id).evaluate((button) => getComputedStyle(button).direction);
  assert.deepEqual([await direction('#around'), await direction('#own')], ['rtl', 'ltr']);
  assert.deepEqual(fetched(), ['en.js', 'ar.js']);
  await page.evaluate(() => (document.documentElement.lang = 'my'));
  await page.waitForFunction(
    (text) => document.querySelector('#around')?.shadowRoot?.textContent?.includes(text),
    burmese['model.retry'],
  );
  assert.deepEqual([await told('#around'), await told('#own')], [burmese['element.fetch'], english['element.fetch']]);
  await page.evaluate(() => {
    /** @type {HTMLElement} */ (document.querySelector('#own')).lang = 'ar';
  });
  await page.waitForFunction(
    (text) => document.querySelector('#own')?.shadowRoot?.textContent?.includes(text),
    arabic['model.retry'],
  );
  assert.deepEqual(fetched(), ['en.js', 'ar.js', 'my.js']);
});

test('nobody is shut out: no faults found by axe, in any state and language, by day or by night', async () => {
  const tag = (/** @type {string} */ attributes) => `<photo-caption model="dot/" ${attributes}></photo-caption>`;
  // What a browser paints by itself; axe takes a ground that nobody has named for white.
  writeFileSync(join(fixture.folder, 'ground.css'), 'html { background: Canvas }');
  cpSync(model.path, join(fixture.folder, 'stalled'), { recursive: true });
  // Headers and half of a shard, and nothing more.
  fixture.intercept = (request, response) => {
    if (!/stalled.*safetensors/.test(request.url ?? '')) return false;
    response.writeHead(200).write(Buffer.alloc(1000));
    return true;
  };
  const page = await openHostPage(
    fixture,
    [
      tag('auto src="photos/scene.jpg"'),
      tag('auto controls name="text" src="photos/scene.jpg"'),
      tag('auto src="photos/truncated.jpg"'),
      tag('auto src="photos/none.jpg"'),
      tag('src="photos/scene.jpg"'),
      tag('controls name="own" src="photos/scene.jpg"'),
      '<photo-caption auto src="photos/scene.jpg" model="stalled/"></photo-caption>',
    ].join(''),
    { head: `<meta name="color-scheme" content="light dark"><link rel="stylesheet" href="ground.css">${MODULE}` },
  );
  await untilEvents(page, 4);
  await part(page, 'word', 'photo-caption[auto][controls]').nth(1).click();
  for (const name of ['start', 'retry', 'progress', 'field', 'edit', 'alternative']) {
    await part(page, name).and(page.locator(':visible')).first().waitFor();
  }
  await page.evaluate(axe.source);
  for (const [tag, { 'model.retry': retry }] of Object.entries(texts)) {
    await page.evaluate((tag) => (document.documentElement.lang = tag), tag);
    await page.waitForFunction(
      (retry) =>
        [...document.querySelectorAll('photo-caption')].every(({ shadowRoot }) =>
          shadowRoot?.textContent?.includes(retry),
        ),
      retry,
    );
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      const { violations, passes } = await page.evaluate(() =>
        /** @type {any} */ (globalThis).axe.run('main', { resultTypes: ['violations'] }),
      );
      assert.ok(passes.length > 10);
      assert.deepEqual(
        violations.map(
          (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(', ')}`,
        ),
        [],
        `${tag}, ${colorScheme}`,
      );
    }
  }
  const moves = () =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('photo-caption')].flatMap(({ shadowRoot }) => shadowRoot?.getAnimations() ?? [])
          .length,
    );
  assert.equal(await moves(), 0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  assert.equal(await moves(), 1, 'only what is being done moves, and only for those who do not mind');
  await fixture.endTest(/404/);
});

test('every language has every text, and no words stand in for another', () => {
  const names = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [tag, own] of Object.entries(texts)) {
    assert.deepEqual(Object.keys(own), Object.keys(english), tag);
    for (const [key, text] of Object.entries(own)) {
      assert.deepEqual(names(text), names(texts.en[key]), `${tag}, ${key}`);
    }
  }
});

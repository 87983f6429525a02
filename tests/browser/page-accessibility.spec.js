// The page for everybody: in their language, by keyboard, with a screen reader, by night, without motion.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import axe from 'axe-core';
import { root } from '../../scripts/run.js';
import { HEADERS } from '../../scripts/serve.js';
import { SHIPPED } from '../../www/shipped-models.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { cardOf, choose, setSetting, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const LANGUAGES = /** @type {const} */ (['en', 'ar', 'my']);
/** @type {Record<string, Record<string, string>>} */
const texts = {};
for (const tag of LANGUAGES) {
  const { default: shared } = await import(`../../www/view/text/${tag}.js`);
  texts[tag] = { ...shared, ...JSON.parse(readFileSync(join(root, `www/page/text/${tag}.json`), 'utf8')) };
}

const fixture = Fixture.forSpec({
  browser: { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
});
const model = fixture.models.additive.path;

/** A page with everything on it that there can be: captions, a failure, a stopped photo, a notice, open details. */
async function furnished() {
  await fixture.openSightline();
  fixture.delayWords(30);
  const delayed = fixture.intercept;
  fixture.intercept = (request, response) => {
    if (request.url === '/models/index.json') {
      // Both, whichever are here; one was measured.
      const files = [{ file: 'weights', bytes: 3e7, sha256: '' }];
      const models = SHIPPED.map((name, i) => ({ name, files, scores: i ? {} : { cider_d: 0.5 } }));
      response.writeHead(200, { 'Content-Type': 'application/json', ...HEADERS }).end(JSON.stringify(models));
      return true;
    }
    if (!request.url?.startsWith('/fixture/')) return delayed(request, response);
    response.destroy();
    return true;
  };
  const page = await fixture.openSightline({ query: '&lang=en' });
  await page.waitForSelector('#notices li');
  await setSetting(page, 'max-words', '8');
  await page.setInputFiles('#files', join(photos, 'grey.jpg'));
  await cardOf(page, 'grey.jpg').locator('.stop').press('Enter');
  await page.waitForSelector('[data-state="card.stopped"]');
  await choose(page, 'truncated.jpg', 'scene.jpg');
  await page.setInputFiles('#files', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('none') });
  await page.waitForSelector('#intake-error:not(:empty)');
  await page.click('.candidates summary >> nth=0');
  await page.click('#models summary');
  await page.waitForSelector('.use:not(:empty)');
  await page.locator('.region-selector').first().press('ArrowUp');
  await page.locator('.word').nth(1).click();
  await page.locator('.play').first().click();
  return page;
}

/** @param {Page} page @param {string} tag */
async function speak(page, tag) {
  await page.selectOption('#language', tag);
  await page.waitForSelector(`html[lang="${tag}"]`);
}

/**
 * What a reader of another language cannot read: Latin letters that are no name, no caption and no abbreviation.
 * @param {Page} page
 */
function latinOn(page) {
  return page.evaluate(() => {
    const known =
      /\b(?:w\d+|[\w-]+\.(?:jpg|txt)|additive|flickr8k-resnet50|flickr8k-lite|CIDEr-D|Sightline|CSV|JSON|JPEG|PNG|WebP|GIF|BMP|CPU|GPU|MB|Shift|Enter|img alt|attention|https)\b/gi;
    /** @type {string[]} */
    const found = [];
    /** @param {Element} element @param {string | null} text */
    const look = (element, text) => {
      const left = text?.replace(known, '').match(/[a-z]{2,}/gi);
      if (left) found.push(`${element.className || element.id || element.tagName}: ${text?.trim()}`);
    };
    for (const element of document.querySelectorAll('body, body *')) {
      if (element.matches('option, .name') || !element.checkVisibility()) continue;
      const isCaption = element.closest('.words, .candidates ol');
      if (!isCaption) {
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(element, node.textContent);
      }
      for (const name of ['aria-label', 'aria-description', 'placeholder']) look(element, element.getAttribute(name));
      // In a title stands the API's own sentence, for those who report a fault.
      if (!element.matches('.state, #status')) look(element, element.getAttribute('title'));
    }
    return found;
  });
}

test('every language has every text, and the page is painted with the English ones', async () => {
  const names = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const tag of LANGUAGES) {
    assert.deepEqual(Object.keys(texts[tag]).sort(), Object.keys(texts.en).sort(), tag);
    for (const [key, text] of Object.entries(texts[tag])) {
      assert.deepEqual(names(text), names(texts.en[key]), `${tag}, ${key}`);
    }
  }
  const protocol = readFileSync(join(root, 'www/protocol.d.ts'), 'utf8');
  const codes = (/** @type {string} */ type) =>
    [
      ...protocol
        .split(`type ${type} =`)[1]
        .split(';')[0]
        .matchAll(/'([a-z-]+)'/g),
    ].map(([, code]) => code);
  for (const code of codes('ErrorCode')) assert.ok(texts.en[`error.${code}`], code);
  for (const code of codes('NoticeCode')) assert.ok(texts.en[`notice.${code}`], code);
  const still = await fixture.launch({ javaScriptEnabled: false });
  const { page } = await fixture.openPage('', { browser: still });
  assert.equal(await page.innerText('h1'), 'Sightline');
  assert.equal(await page.innerText('header p'), texts.en.promise);
  const painted = await page.evaluate(() => {
    const parts = [document, /** @type {HTMLTemplateElement} */ (document.querySelector('#card')).content];
    return parts.flatMap((part) =>
      [...part.querySelectorAll('[data-text]')].map((element) => [
        element.getAttribute('data-text') ?? '',
        element.textContent.trim(),
      ]),
    );
  });
  assert.ok(painted.length > 30);
  for (const [key, text] of painted) assert.equal(text, texts.en[/** @type {string} */ (key)], `${key}`);
});

test('nobody is shut out: no faults found by axe, in any language, by day or by night', async () => {
  const page = await furnished();
  await page.evaluate(axe.source);
  const check = async (/** @type {string} */ where) => {
    const { violations, passes } = await page.evaluate(() =>
      /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ['violations'] }),
    );
    assert.ok(passes.length > 15, where);
    assert.deepEqual(
      violations.map(
        (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(', ')}`,
      ),
      [],
      where,
    );
  };
  for (const tag of LANGUAGES) {
    await speak(page, tag);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      await check(`${tag}, ${colorScheme}`);
      await page.click('#open-camera');
      await page.waitForSelector('#camera .take-photo:enabled');
      await check(`${tag}, ${colorScheme}, camera`);
      await page.click('#camera .close');
    }
  }
  await fixture.endTest(/ERR_EMPTY_RESPONSE/);
});

test('another language retells everything on the page, in its direction, and nothing sticks out of a narrow screen', async () => {
  const page = await furnished();
  assert.ok((await latinOn(page)).length > 30, 'English is found where there is some');
  await page.setViewportSize({ width: 360, height: 740 });
  for (const tag of ['ar', 'my', 'en']) {
    await speak(page, tag);
    if (tag !== 'en') assert.deepEqual(await latinOn(page), [], tag);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), tag === 'ar' ? 'rtl' : 'ltr');
    assert.equal(await page.title(), texts[tag].title);
    assert.equal(await page.innerText('.play >> nth=0'), texts[tag]['card.pause'], 'the walk goes on');
    const [photo, words] = await Promise.all(
      ['.frame', '.words'].map((part) => page.locator(part).first().boundingBox()),
    );
    assert.ok(photo && words && photo.y < words.y);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((element) => {
          const { left, right, width } = element.getBoundingClientRect();
          return (
            width &&
            !element.closest('.strip > *') &&
            (left < -0.5 || right > document.documentElement.clientWidth + 0.5)
          );
        })
        .map((element) => element.outerHTML.slice(0, 80)),
    );
    assert.deepEqual(wide, [], tag);
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      tag,
    );
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  for (const tag of ['ar', 'en']) {
    await speak(page, tag);
    const [photo, words] = await Promise.all(
      ['.frame', '.words'].map((part) => page.locator(part).first().boundingBox()),
    );
    assert.equal((photo?.x ?? 0) > (words?.x ?? 0), tag === 'ar', 'the photo stands where reading begins');
    assert.equal(
      await page
        .locator('.words')
        .first()
        .evaluate((bar) => getComputedStyle(bar).direction),
      'ltr',
      'captions are English',
    );
  }
  await fixture.endTest(/ERR_EMPTY_RESPONSE/);
});

test('a model that fails says so in every language', async () => {
  const { page } = await fixture.openPage('?model=fixture/nowhere/');
  await page.waitForSelector('#status[data-code="model-unreachable"]');
  for (const tag of ['ar', 'my']) {
    await speak(page, tag);
    assert.deepEqual(
      [await page.innerText('#status'), await page.innerText('#retry')],
      [texts[tag]['error.model-unreachable'], texts[tag]['model.retry']],
    );
    assert.deepEqual(await latinOn(page), [], tag);
  }
  await fixture.endTest(/404/);
});

test('the language is the browser’s, until the reader chooses another', async () => {
  const arabic = await fixture.launch({ locale: 'ar-EG' });
  const german = await fixture.launch({ locale: 'de-DE' });
  const languageOf = (/** @type {Page} */ page) =>
    page.evaluate(() => [
      document.documentElement.lang,
      document.documentElement.dir,
      /** @type {HTMLSelectElement} */ (document.querySelector('#language')).value,
    ]);
  const page = await fixture.openSightline({ browser: arabic });
  assert.deepEqual(await languageOf(page), ['ar', 'rtl', 'ar']);
  assert.deepEqual(await languageOf(await fixture.openSightline({ browser: german })), ['en', 'ltr', 'en']);
  await speak(page, 'my');
  assert.deepEqual(await languageOf(await fixture.openSightline({ browser: arabic })), ['my', 'ltr', 'my']);
  assert.deepEqual(
    await languageOf(await fixture.openSightline({ browser: arabic, query: '&lang=en' })),
    ['en', 'ltr', 'en'],
    'a link may name one',
  );
});

test('the keyboard alone leads from a photo to a word, its map, and another word in its place', async () => {
  const page = await fixture.openSightline();
  const tabTo = async (/** @type {string} */ selector) => {
    for (let i = 0; i < 30; i += 1) {
      await page.keyboard.press('Tab');
      if (await page.evaluate((selector) => document.activeElement?.matches(selector), selector)) return;
    }
    assert.fail(`${selector} is out of reach`);
  };
  // Asked for well before it opens: the browser has to be told not to show it.
  const chooser = page.waitForEvent('filechooser');
  await tabTo('#choose');
  await page.keyboard.press('Enter');
  await (await chooser).setFiles(join(photos, 'scene.jpg'));
  await untilCards(page, 1);
  const card = cardOf(page, 'scene.jpg');
  const { words } = captionByCommand(model, join(photos, 'scene.jpg'));
  await tabTo('.word');
  await page.keyboard.press('ArrowRight');
  assert.equal(await card.locator('.overlay').getAttribute('data-word'), words[1].text);
  await tabTo('.runners-up button');
  await page.keyboard.press('Enter');
  await untilCards(page, 1);
  const word = words[1].alternatives[0].text;
  await assertCaption(card, captionByCommand(model, join(photos, 'scene.jpg'), '--prefix', `${words[0].text} ${word}`));
  assert.equal(
    await page.evaluate(() => document.activeElement?.textContent),
    word,
    'the keyboard’s place is the new word',
  );
  assert.equal(await card.locator('.overlay').getAttribute('data-word'), word);
});

test('nothing moves for those who want no motion', async () => {
  fixture.delayWords(30);
  const page = await fixture.openSightline({
    prepare: (page) => page.emulateMedia({ reducedMotion: 'no-preference' }),
  });
  const moves = () =>
    page.evaluate(() => [document.getAnimations().length, getComputedStyle(document.documentElement).scrollBehavior]);
  await page.setInputFiles('#files', join(photos, 'scene.jpg'));
  await page.waitForSelector('.card.working');
  assert.deepEqual(await moves(), [1, 'smooth']);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.deepEqual(await moves(), [0, 'auto']);
  assert.ok(await page.isVisible('.card.working'), 'it was still at work');
});

// The page in the reader's language: every text, the direction of reading, and room for all of it on a narrow screen.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { SAMPLES } from '../../www/page/samples.js';
import { Fixture } from './fixture.js';
import { LANGUAGES, openFurnished, PARTS, speak } from './furnished-page.js';

/** @import { Page } from 'playwright-core' */

/** @type {Record<string, Record<string, string>>} */
const texts = {};
for (const tag of LANGUAGES) {
  const { default: shared } = await import(`../../www/view/text/${tag}.js`);
  texts[tag] = { ...shared, ...JSON.parse(readFileSync(join(root, `www/page/text/${tag}.json`), 'utf8')) };
}

const fixture = Fixture.forSpec({
  browser: { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
});

/**
 * What a reader of another language cannot read: Latin letters that are no name, no caption or word of one between
 * quotation marks, and no abbreviation.
 * @param {Page} page
 */
function latinOn(page) {
  return page.evaluate(() => {
    const known =
      /\b(?:w\d+|[\w-]+\.(?:jpg|txt)|additive|flickr8k-resnet50|flickr8k-lite|CIDEr-D|Sightline|CSV|JSON|HTML|JPEG|PNG|WebP|GIF|BMP|CPU|GPU|MB|Shift|Enter|attention|https|fake_device_\d)\b/gi;
    /** @type {string[]} */
    const found = [];
    /** @param {Element} element @param {string | null} text */
    const look = (element, text) => {
      const left = text
        ?.replace(/“.*?”|«.*?»/g, '')
        .replace(known, '')
        .match(/[a-z]{2,}/gi);
      if (left) found.push(`${element.className || element.id || element.tagName}: ${text?.trim()}`);
    };
    for (const element of document.querySelectorAll('body, body *')) {
      // Each language is offered in its own words; what was said aloud is over.
      if (!element.checkVisibility() || element.closest('#language, #announcer')) continue;
      const isCaption = element.closest('[lang="en"]') && !element.closest('.chance');
      if (!isCaption) {
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) look(element, node.textContent);
      }
      for (const name of ['aria-label', 'aria-description', 'placeholder']) look(element, element.getAttribute(name));
      // In a title stands the API's own sentence, for those who report a fault.
      if (!element.matches('.state, .line, #status')) look(element, element.getAttribute('title'));
    }
    return found;
  });
}

/** What sticks out of the window at its sides. @param {Page} page */
function wideOn(page) {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const out = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      const isScrolled = element.parentElement?.closest('.strip, #samples .buttons, .visually-hidden');
      return width > 1 && !isScrolled && element.checkVisibility() && (left < -0.5 || right > clientWidth + 0.5);
    });
    return [
      ...out.map((element) => element.outerHTML.slice(0, 80)),
      ...(scrollWidth > clientWidth ? ['the page'] : []),
    ];
  });
}

test('every language has every text', async () => {
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
  for (const { name } of SAMPLES) assert.ok(texts.en[`sample.${name}`], name);
});

test('the page is painted with the English texts', async () => {
  const still = await fixture.launch({ javaScriptEnabled: false });
  const { page } = await fixture.openPage('', { browser: still });
  assert.equal(await page.innerText('h1'), 'Sightline');
  assert.equal(await page.title(), texts.en.title);
  assert.equal(await page.innerText('#status'), texts.en['model.getting-ready']);
  const painted = await page.evaluate(() => {
    const parts = [document, /** @type {HTMLTemplateElement} */ (document.querySelector('#card')).content];
    return parts.flatMap((part) => [
      ...[...part.querySelectorAll('[data-text]')].map((element) => [
        element.getAttribute('data-text') ?? '',
        element.textContent.trim(),
      ]),
      ...[...part.querySelectorAll('[data-label][aria-label]')].map((element) => [
        element.getAttribute('data-label') ?? '',
        element.getAttribute('aria-label') ?? '',
      ]),
    ]);
  });
  assert.ok(painted.length > 60);
  for (const [key, text] of painted) assert.equal(text, texts.en[key], key);
});

test('another language retells everything on the page, and nothing sticks out of a narrow screen', async () => {
  const page = await openFurnished(fixture);
  assert.ok((await latinOn(page)).length > 15, 'English is found where there is some');
  assert.deepEqual(await wideOn(page), []);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 640 });
    for (const tag of ['ar', 'my', 'en']) {
      await speak(page, tag);
      for (const [what, { open, close }] of Object.entries(PARTS)) {
        await open(page);
        const where = `${what}, ${tag}, ${width} pixels wide`;
        if (tag !== 'en') assert.deepEqual(await latinOn(page), [], where);
        assert.deepEqual(await wideOn(page), [], where);
        await close(page);
      }
    }
  }
  await page.click('#back');
  await page.waitForSelector('#rail:visible');
  for (const tag of ['my', 'ar']) {
    await speak(page, tag);
    assert.deepEqual([await latinOn(page), await wideOn(page)], [[], []], `the list, ${tag}`);
  }
  await fixture.endTest(/ERR_EMPTY_RESPONSE/, /404/);
});

test('the first visit speaks every language on a narrow screen', async () => {
  const page = await fixture.openSightline({
    prepare: (page) => page.setViewportSize({ width: 320, height: 640 }),
  });
  await page.waitForSelector('#example .word');
  for (const tag of ['ar', 'my', 'en']) {
    await speak(page, tag);
    if (tag !== 'en') assert.deepEqual(await latinOn(page), [], tag);
    assert.deepEqual(await wideOn(page), [], tag);
    assert.equal(await page.title(), texts[tag].title);
    assert.equal(await page.innerText('#promise'), texts[tag].promise);
  }
});

test('the page is laid out in the direction of reading, and captions stay English', async () => {
  const page = await openFurnished(fixture);
  for (const tag of ['ar', 'en']) {
    await speak(page, tag);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), tag === 'ar' ? 'rtl' : 'ltr');
    const boxes = ['#rail', '.photo', '#stage .words'].map((part) => page.locator(part).boundingBox());
    const [rail, photo, words] = (await Promise.all(boxes)).map((box) => box?.x ?? NaN);
    const isMirrored = tag === 'ar';
    assert.deepEqual([rail > photo, photo > words], [isMirrored, isMirrored], 'the photo stands where reading begins');
    for (const part of ['.words', '.strip', '.word-panel .rows']) {
      const direction = await page.locator(`#stage ${part}`).evaluate((bar) => getComputedStyle(bar).direction);
      assert.equal(direction, 'ltr', part);
    }
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
  await page.selectOption('#language', 'my');
  await page.waitForSelector('html[lang="my"]');
  assert.deepEqual(await languageOf(await fixture.openSightline({ browser: arabic })), ['my', 'ltr', 'my']);
  assert.deepEqual(
    await languageOf(await fixture.openSightline({ browser: arabic, query: '&lang=en' })),
    ['en', 'ltr', 'en'],
    'a link may name one',
  );
});

test('a narrow page has its language in the settings', async () => {
  const page = await fixture.openSightline();
  assert.ok(await page.isVisible('header #language'));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForSelector('#language', { state: 'hidden' });
  await page.click('#open-settings');
  await page.waitForSelector('.use:not(:empty)');
  await page.selectOption('#settings #language', 'ar');
  await page.waitForSelector('html[lang="ar"]');
  await page.waitForFunction(() => !/use/i.test(document.querySelector('.use')?.textContent ?? ''));
  assert.equal(await page.innerText('#settings-title'), texts.ar['settings.title']);
  assert.deepEqual(await latinOn(page), [], 'what is open is retold');
});

// The page without jumps, however many photos are on it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { choose, drop, namesOn, photoNamed, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();

const fifty = Array.from({ length: 50 }, (_, i) => `${i + 1}.jpg`);

for (const [tag, width] of /** @type {const} */ ([
  ['en', 1280],
  ['en', 360],
  ['ar', 1280],
  ['my', 360],
])) {
  test(`nothing jumps while the page loads and captions: ${tag}, ${width} pixels wide`, async () => {
    fixture.delayWords(20);
    const page = await fixture.openSightline({
      query: `&lang=${tag}`,
      prepare: async (page) => {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ reducedMotion: 'no-preference' });
        await recordShifts(page);
      },
    });
    // As long as captions are; set without opening the settings, which would move things rightly.
    await page.evaluate(() => {
      /** @type {HTMLInputElement} */ (document.querySelector('#max-words')).value = '12';
    });
    await choose(page, 'scene.jpg');
    await page.waitForSelector('#stage button.word');
    const shifts = (await shiftsOn(page)).filter(({ isExcused }) => !isExcused);
    assert.ok(sum(shifts) <= 0.01, JSON.stringify(shifts, null, 1));
  });
}

for (const width of [1280, 360]) {
  test(`hardly anything jumps when fifty photos are dropped at once: ${width} pixels wide`, async () => {
    const page = await fixture.openSightline({
      prepare: async (page) => {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ reducedMotion: 'no-preference' });
        await recordShifts(page);
      },
    });
    await drop(page, fifty, { width: 160, height: 120 });
    await untilCards(page, 50);
    // Nobody touched anything, so that nothing is excused either.
    const shifts = await shiftsOn(page);
    assert.ok(sum(shifts) <= 0.1, JSON.stringify(shifts, null, 1));
  });
}

test('fifty photos stand in the order in which they came, in one window, and few of them for the tab key', async () => {
  const page = await fixture.openSightline({
    prepare: (page) => page.setViewportSize({ width: 1440, height: 900 }),
  });
  await drop(page, fifty, { width: 160, height: 120 });
  await untilCards(page, 50);
  assert.deepEqual(await namesOn(page), fifty);
  const { elements, height } = await page.evaluate(() => ({
    elements: document.querySelectorAll('*').length,
    height: document.documentElement.scrollHeight,
  }));
  assert.ok(elements <= 900, `${elements} elements`);
  assert.equal(height, 900);
  const stops = await tabStops(page);
  assert.ok(stops.length > 5 && stops.length <= 60, stops.join('\n'));
  assert.equal(new Set(stops).size, stops.length);

  // More of them come below, and leave those where they are that somebody reads.
  const places = () =>
    page.evaluate(() => ({
      scrolled: document.querySelector('#rail')?.scrollTop,
      window: scrollY,
      tops: [...document.querySelectorAll('.card')].slice(0, 50).map((row) => row.getBoundingClientRect().top),
    }));
  await page.evaluate(() => document.querySelector('#rail')?.scrollTo(0, 700));
  const before = await places();
  assert.equal(before.scrolled, 700);
  await choose(page, photoNamed('first of two.jpg', 'scene.jpg'), photoNamed('second of two.jpg', 'scene.jpg'));
  assert.deepEqual(await places(), before);
  assert.deepEqual(await namesOn(page), [...fifty, 'first of two.jpg', 'second of two.jpg']);
  // The first of those that came is looked at.
  assert.equal(await page.getAttribute('#stage', 'aria-label'), 'first of two.jpg');
});

test('a telephone shows many photos from the first one on, and again where it was left', async () => {
  const page = await fixture.openSightline({ prepare: (page) => page.setViewportSize({ width: 390, height: 844 }) });
  await drop(page, fifty.slice(0, 20), { width: 160, height: 120 });
  await untilCards(page, 20);
  assert.equal(await page.evaluate(() => scrollY), 0);
  const last = page.locator('.card .open').last();
  await last.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  assert.ok(scrolled > 500, `${scrolled}`);
  await last.click();
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.ok(await page.isVisible('#stage'));
  await page.goBack();
  await page.waitForFunction((scrolled) => scrollY === scrolled, scrolled);
  assert.ok(await page.isHidden('#stage'));
});

test('the photo has nearly a third of a large window, and two fifths of a telephone', async () => {
  const page = await fixture.openSightline({ prepare: (page) => page.setViewportSize({ width: 1440, height: 900 }) });
  await drop(page, ['wide.jpg'], { width: 400, height: 300 });
  await untilCards(page, 1);
  const window = 1440 * 900;
  assert.ok((await areaOf(page, '#stage .photo')) >= 0.3 * window);
  // The list of photos takes some of it.
  await drop(page, ['square.jpg'], { width: 300, height: 300 });
  await untilCards(page, 2);
  assert.ok((await areaOf(page, '#stage .photo')) >= 0.3 * window);
  await page.setViewportSize({ width: 390, height: 844 });
  const telephone = 390 * 844;
  assert.ok((await areaOf(page, '#stage .photo')) >= 0.4 * telephone);
  assert.ok((await areaOf(page, '#stage .picture')) >= 0.4 * telephone);
});

test('no window is too small for the photo and its words, and none scrolls sideways', async () => {
  const page = await fixture.openSightline();
  await drop(page, ['1.jpg', '2.jpg'], { width: 400, height: 300 });
  await untilCards(page, 2);
  for (const [width, height] of [
    [1440, 900],
    [1024, 768],
    [960, 700],
    [959, 700],
    [720, 900],
    [390, 844],
    [320, 640],
  ]) {
    await page.setViewportSize({ width, height });
    for (const tag of ['ar', 'my', 'en']) {
      await page.locator('#language').evaluate((/** @type {HTMLSelectElement} */ select, tag) => {
        select.value = tag;
        select.dispatchEvent(new Event('change'));
      }, tag);
      await page.waitForSelector(`html[lang=${tag}]`);
      const what = `${tag}, ${width} by ${height}`;
      const photo = await page.locator('#stage .photo').boundingBox();
      assert.ok(photo && photo.width >= Math.min(300, width) && photo.x >= 0 && photo.x + photo.width <= width, what);
      assert.ok(await page.locator('#stage .word').first().isVisible(), what);
      const { scrollWidth, clientWidth } = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return { scrollWidth, clientWidth };
      });
      assert.equal(scrollWidth, clientWidth, what);
      const controls = await page.locator('header').evaluate((header) => {
        const shown = [...header.querySelectorAll('button, select')].filter((control) => control.checkVisibility());
        return shown.map((control) => control.getBoundingClientRect().toJSON());
      });
      for (const { left, right } of controls) assert.ok(left >= 0 && right <= width, `${what}: ${left} to ${right}`);
    }
  }
});

/** Keeps what moves by itself from now on. @param {Page} page */
async function recordShifts(page) {
  await page.addInitScript(() => {
    /** @type {object[]} */
    const shifts = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of /** @type {any[]} */ (list.getEntries())) {
        const of = sources.map((/** @type {any} */ { node }) => node?.outerHTML?.slice(0, 60));
        shifts.push({ value, isExcused: hadRecentInput, of });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/** What moved. @param {Page} page @returns {Promise<{ value: number, isExcused: boolean, of: string[] }[]>} */
async function shiftsOn(page) {
  // What happens in a frame is reported with the one after.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
  );
  return page.evaluate('shifts');
}

/** @param {{ value: number }[]} shifts */
function sum(shifts) {
  return shifts.reduce((sum, { value }) => sum + value, 0);
}

/** What the tab key comes to, each as it begins, in one round from the top. @param {Page} page */
async function tabStops(page) {
  await page.evaluate(() => /** @type {HTMLElement | null} */ (document.activeElement)?.blur());
  /** @type {string[]} */
  const stops = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!element || element === document.body || element.hasAttribute('data-seen')) return undefined;
      element.setAttribute('data-seen', '');
      return element.outerHTML.slice(0, 200);
    });
    if (!stop) return stops;
    stops.push(stop);
  }
}

/** @param {Page} page @param {string} selector */
async function areaOf(page, selector) {
  const box = await page.locator(selector).boundingBox();
  return (box?.width ?? 0) * (box?.height ?? 0);
}

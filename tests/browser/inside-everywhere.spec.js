// "Look inside" for everybody: in each language, by day and by night, in forced colours, on a narrow screen, by finger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { assertAccessible, openInside, openTab, tabsOf } from './inside-actions.js';
import { Finger, TELEPHONE } from './touch-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();

/** Least sides of what a finger is to meet; a cell is where it is on the photo, and as large as the photo lets it be. */
const LEAST = { control: 44, cell: 24 };

/** What is wider than its place, of what nobody is to move sideways. @param {Page} page */
function tooWide(page) {
  return page.evaluate(() =>
    ['.inside', '.inside-head', '.inside-body', '.inside-foot'].flatMap((selector) => {
      const { scrollWidth = 0, clientWidth = 0 } = document.querySelector(selector) ?? {};
      if (scrollWidth <= clientWidth) return [];
      const { right } = /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect();
      const beyond = [...document.querySelectorAll(`${selector} *`)].filter(
        (element) => element.getBoundingClientRect().right > right + 1 || element.getBoundingClientRect().left < -1,
      );
      return [`${selector}: ${scrollWidth} of ${clientWidth}; ${beyond.map(({ className }) => className)}`];
    }),
  );
}

for (const tag of ['en', 'ar', 'my']) {
  test(`nobody is shut out of any tab, and nothing is wider than a narrow window: ${tag}`, async () => {
    const page = await openInside(fixture, { query: `&lang=${tag}` });
    for (const tab of await tabsOf(page)) {
      await page.setViewportSize({ width: 320, height: 640 });
      await openTab(page, tab);
      assert.deepEqual(await tooWide(page), [], tab);
      await page.setViewportSize({ width: 360, height: 740 });
      assert.deepEqual(await tooWide(page), [], tab);
      await assertAccessible(page, '.inside', `${tab} by phone`);
      await page.setViewportSize({ width: 1280, height: 800 });
      assert.deepEqual(await tooWide(page), [], tab);
      await assertAccessible(page, '.inside', tab);
    }
  });
}

test('in forced colours each tab is seen, and which one is open', async () => {
  const page = await openInside(fixture, {});
  await page.emulateMedia({ forcedColors: 'active' });
  const tabs = await tabsOf(page);
  for (const open of tabs.slice(0, 3)) {
    await openTab(page, open);
    const looks = await page.locator('.inside-tab').evaluateAll((tabs) =>
      tabs.map((tab) => {
        const { color, backgroundColor, outlineStyle } = getComputedStyle(tab);
        const ground = getComputedStyle(/** @type {Element} */ (tab.closest('.inside'))).backgroundColor;
        return { isSeen: ![backgroundColor, ground].includes(color), outlineStyle, name: tab.dataset.name };
      }),
    );
    assert.ok(looks.every(({ isSeen }) => isSeen));
    assert.deepEqual(
      looks.filter(({ outlineStyle }) => outlineStyle !== 'none').map(({ name }) => name),
      [open],
    );
  }
});

test('a finger meets every control of every tab', async () => {
  const browser = await fixture.launch(TELEPHONE);
  const page = await openInside(fixture, { options: { browser } });
  const finger = await Finger.on(page);
  for (const tab of await tabsOf(page)) {
    await finger.tap(`#inside-tab-${tab}`);
    await openTab(page, tab);
    const { small, count } = await page.evaluate(({ control: ofControl, cell }) => {
      const controls = [
        ...document.querySelectorAll('.inside :is(button, a, input, select, textarea, summary)'),
      ].filter((control) => control.checkVisibility({ visibilityProperty: true, opacityProperty: true }));
      const small = controls.flatMap((control) => {
        // Its label is pressed as well as the box.
        const target = control.matches('[type=checkbox]') ? control.closest('label') : control;
        const { width, height } = (target ?? control).getBoundingClientRect();
        const least = control.role === 'gridcell' ? cell : ofControl;
        const size = `${width.toFixed(1)} x ${height.toFixed(1)}`;
        return width >= least && height >= least ? [] : `${size}: ${control.outerHTML.slice(0, 100)}`;
      });
      return { small, count: controls.length };
    }, LEAST);
    assert.deepEqual(small, [], tab);
    assert.ok(count > 10, `${tab}: ${count} controls`);
  }
});

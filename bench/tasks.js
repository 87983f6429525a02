// `npm run bench -- --tasks`: how long the page keeps its reader waiting at most: the main thread's longest task.

import { say } from '../scripts/run.js';
import { Fixture } from '../tests/browser/fixture.js';
import { openStage, openTab, tabsOf } from '../tests/browser/inside-actions.js';
import { chooseInMenu, drop, savedBy, untilCards } from '../tests/browser/page-actions.js';
import { recordMainThread } from './main-thread-trace.js';

/** @import { BrowserContext } from 'playwright-core' */
/** @import { Options } from './options.js' */
/** @import { Times } from './page/warm.js' */
/** @typedef {(model: string) => ReturnType<typeof recordMainThread>} Measure the tasks of one run */

/**
 * The longest task of each run.
 * @param {Options} options
 */
export async function measureTasks({ models, runs }) {
  const fixture = new Fixture();
  try {
    await fixture.open();
    const browser = await fixture.launch({ reducedMotion: 'no-preference' });
    const measures = tasksOf(fixture, browser);
    /** @type {{ model: string, times: Times, slowest: Record<string, string> }[]} */
    const found = models.map((model) => ({ model, times: {}, slowest: {} }));
    for (let run = 1; run <= runs; run += 1) {
      say(`run ${run} of ${runs}`);
      for (const { model, times, slowest } of found) {
        for (const [name, measure] of Object.entries(measures)) {
          const { tasks } = await measure(model);
          const [longest] = tasks;
          times[name] ??= [];
          if (!times[name].some((earlier) => earlier >= longest.milliseconds)) slowest[name] = longest.what.join('; ');
          times[name].push(longest.milliseconds);
          await fixture.endTest();
        }
      }
    }
    return { versions: { Chromium: browser.browser()?.version() ?? 'of an unknown version' }, found };
  } finally {
    await fixture.close();
  }
}

/** @param {Fixture} fixture @param {BrowserContext} browser @returns {Record<string, Measure>} */
function tasksOf(fixture, browser) {
  /** @param {string} model @param {number} count @param {{ width: number, height: number }} size */
  const dropping = async (model, count, size) => {
    const { page } = await fixture.openPage(`?model=models/${model}/&device=cpu`, { browser });
    await page.waitForSelector('html[data-device]');
    // The example's words stop walking where somebody points at them.
    await page.hover('#example .words');
    const names = Array.from({ length: count }, (_, i) => `${i + 1}.jpg`);
    return recordMainThread(browser, page, async () => {
      await drop(page, names, size);
      await untilCards(page, count);
      // What the last photo brings is drawn in the frame after.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
      await page.evaluate(() => performance.mark('trace-end'));
    });
  };
  return {
    'a photo of 12 megapixels is dropped': (model) => dropping(model, 1, { width: 4000, height: 3000 }),
    'twelve photos are dropped': (model) => dropping(model, 12, { width: 1200, height: 900 }),
    'all of “Look inside” is opened': async (model) => {
      const page = await openStage(fixture, { model: `models/${model}/`, photo: 'skier.jpg', options: { browser } });
      return recordMainThread(browser, page, async () => {
        await page.evaluate(() => performance.mark('trace-begin'));
        await chooseInMenu(page, '.look-inside');
        await page.locator('.inside[open]').waitFor();
        for (const tab of await tabsOf(page)) await openTab(page, tab);
        await openTab(page, 'stem');
        await savedBy(page, () => page.locator('.inside-foot button').last().click());
        await page.evaluate(() => performance.mark('trace-end'));
      });
    },
  };
}

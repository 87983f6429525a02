// The page without jumps and hiccups.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { recordMainThread } from './main-thread-trace.js';
import { cardOf, choose, untilCards } from './page-actions.js';

const fixture = Fixture.forSpec();

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
        await page.addInitScript(() => {
          /** @type {object[]} */
          const shifts = [];
          Object.assign(globalThis, { shifts });
          new PerformanceObserver((list) => {
            for (const entry of /** @type {any[]} */ (list.getEntries())) {
              if (!entry.hadRecentInput) {
                shifts.push({
                  value: entry.value,
                  of: entry.sources.map((/** @type {any} */ { node }) => node?.outerHTML?.slice(0, 60)),
                });
              }
            }
          }).observe({ type: 'layout-shift', buffered: true });
        });
      },
    });
    // As long as captions are; set without opening the settings, which would move things rightly.
    await page.evaluate(() => {
      /** @type {HTMLInputElement} */ (document.querySelector('#max-words')).value = '12';
    });
    // What happens in a frame is reported with the one after.
    const frames = () =>
      page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)))),
      );
    const assertStill = async () => {
      await frames();
      /** @type {{ value: number }[]} */
      const shifts = await page.evaluate('shifts');
      assert.ok(shifts.reduce((sum, { value }) => sum + value, 0) < 0.01, JSON.stringify(shifts, null, 1));
    };
    await choose(page, 'scene.jpg');
    await assertStill();
    // Another photo takes its place above the first; from then on nothing moves.
    await page.setInputFiles('#files', join(photos, 'orientation-6.jpg'));
    await cardOf(page, 'orientation-6.jpg').waitFor();
    await frames();
    await page.evaluate('shifts.length = 0');
    assert.ok(await page.isVisible('.card.working'));
    await untilCards(page, 2);
    await assertStill();
  });
}

test('the page answers at any time: no task of a caption takes it for 50 ms', async () => {
  const page = await fixture.openSightline();
  const { tasks, count } = await recordMainThread(fixture.browser, page, async () => {
    await page.evaluate(async () => {
      // As large as a telephone's.
      const canvas = new OffscreenCanvas(4000, 3000);
      const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
      for (let i = 0; i < 400; i += 1) {
        context.fillStyle = `hsl(${i * 37} 70% 50%)`;
        context.fillRect((i * 733) % 4000, (i * 467) % 3000, 300, 200);
      }
      const files = new DataTransfer();
      files.items.add(
        new File([await canvas.convertToBlob({ type: 'image/jpeg' })], 'large.jpg', { type: 'image/jpeg' }),
      );
      const input = /** @type {HTMLInputElement} */ (document.querySelector('#files'));
      input.files = files.files;
      performance.mark('trace-begin');
      input.dispatchEvent(new Event('change'));
    });
    await untilCards(page, 1);
    await page.waitForSelector('.strip canvas');
    await page.evaluate(() => performance.mark('trace-end'));
  });
  assert.ok((await page.locator('.word').count()) > 0);
  assert.ok(count > 20, `${count} tasks`);
  assert.deepEqual(
    tasks.filter(({ milliseconds }) => milliseconds > 50),
    [],
  );
});

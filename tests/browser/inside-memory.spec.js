// "Look inside" gives back what it takes: opened and closed many times, it holds no more than after the first few.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { openStage, openTab, tabsOf } from './inside-actions.js';
import { chooseInMenu } from './page-actions.js';

/** @import { CDPSession, Page } from 'playwright-core' */

const fixture = Fixture.forSpec();

const ROUNDS = 20;
/** From this one on everything that is kept is there: scripts, style sheets and what browsers make of both. */
const SETTLED = 3;
/**
 * What all rounds since then may add, in bytes. To the heap: machine code and what it learns of its objects' shapes,
 * which a browser makes as long as something runs more often. To the numbers outside of it: nothing but a few of the
 * browser's own, for those of one look are over a megabyte.
 */
const MARGIN = { heap: 1.5e6, numbers: 1e5 };

test('after twenty looks at everything there is no more in memory than after three', async () => {
  const page = await openStage(fixture, {
    options: {
      // What a wasm has for memory is told to nobody but those who make it.
      prepare: async () =>
        fixture.prependToWorker(`
          for (const name of ['instantiate', 'instantiateStreaming']) {
            const make = WebAssembly[name];
            WebAssembly[name] = async (...source) => {
              const made = await make.apply(WebAssembly, source);
              globalThis.wasm = (made.instance ?? made).exports;
              return made;
            };
          }`),
    },
  });
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const taken = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    await chooseInMenu(page, '.look-inside');
    await page.locator('.inside[open]').waitFor();
    for (const tab of await tabsOf(page)) await openTab(page, tab);
    await page.click('.inside-close');
    await page.locator('.inside').waitFor({ state: 'detached' });
    if (round === SETTLED || round === ROUNDS) taken.push(await memoryOf(page, session));
  }
  const [before, after] = taken;
  assert.deepEqual(after.counted, before.counted);
  // The browser has two more now and then; what stays of a look would be one for each round at least.
  const more = after.nodes - before.nodes;
  assert.ok(more < ROUNDS - SETTLED, `${more} nodes more`);
  for (const part of /** @type {const} */ (['heap', 'numbers'])) {
    assert.ok(after[part] - before[part] < MARGIN[part], `${part}: ${after[part]} bytes after ${before[part]}`);
  }
});

/** @param {Page} page @param {CDPSession} session */
async function memoryOf(page, session) {
  // What the first round frees may hold what a second one frees.
  for (let i = 0; i < 2; i += 1) await session.send('HeapProfiler.collectGarbage');
  const { usedSize: heap, backingStorageSize: numbers } = await session.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners: listeners, documents } = await session.send('Memory.getDOMCounters');
  const sheets = await page.evaluate(() => document.adoptedStyleSheets.length);
  const [worker] = page.workers();
  const wasm = await worker.evaluate(() => /** @type {any} */ (globalThis).wasm.memory.buffer.byteLength);
  return { heap, numbers, nodes, counted: { listeners, documents, sheets, wasm } };
}

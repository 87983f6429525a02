// Somebody else's page, with the custom element on it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { Fixture } from './fixture.js' */
/** @import { Site } from './site.js' */
/** @typedef {{ type: string, id: string, detail: any }} PageEvent */

export const MODULE = '<script type="module" src="/www/photo-caption.js"></script>';
let pages = 0;

/**
 * Puts a page beside the models and photos of a site. Returns its address there.
 * @param {Site} site @param {string} markup
 * @param {{ head?: string, root?: string }} [options] what its head has, and attributes of its root element
 */
export function writeHostPage(site, markup, { head = MODULE, root = 'lang="en"' } = {}) {
  pages += 1;
  const name = `host-page-${pages}.html`;
  writeFileSync(
    join(site.folder, name),
    `<!doctype html>
    <html ${root}><head><title>A site</title><link rel="icon" href="data:,">${head}</head><body><main>${markup}</main></body></html>`,
  );
  return `fixture/${name}`;
}

/** Keeps in `heard` what elements tell, as the document hears it. It runs in the page. */
export function hearElements() {
  /** @type {PageEvent[]} */
  const heard = [];
  Object.assign(globalThis, { heard });
  for (const type of ['caption-progress', 'caption-word', 'caption', 'caption-error']) {
    document.addEventListener(type, (event) => {
      const { target, detail } = /** @type {CustomEvent} */ (event);
      const { code, message } = detail;
      heard.push({ type, id: /** @type {Element} */ (target).id, detail: code ? { code, message } : detail });
    });
  }
}

/**
 * A page of `writeHostPage`, under the strict policy of a fixture. What its elements tell is kept.
 * @param {Fixture} fixture @param {string} markup
 * @param {{ head?: string, root?: string, browser?: BrowserContext }} [options]
 */
export async function openHostPage(fixture, markup, { browser = fixture.browser, ...options } = {}) {
  const { page } = await fixture.openPage(writeHostPage(fixture, markup, options), {
    browser,
    prepare: (page) => page.addInitScript(hearElements),
  });
  return page;
}

/** What was told of this kind. @param {Page} page @param {string} type @returns {Promise<PageEvent[]>} */
export function eventsOf(page, type) {
  return page.evaluate((type) => {
    const { heard } = /** @type {{ heard: PageEvent[] }} */ (/** @type {unknown} */ (globalThis));
    return heard.filter((told) => told.type === type);
  }, type);
}

/**
 * Waits until so many captions were written, or failed, in all.
 * @param {Page} page
 * @param {number} [count]
 * @param {RegExp} [type]
 */
export async function untilEvents(page, count = 1, type = /^caption(-error)?$/) {
  await page.waitForFunction(
    ({ source, count }) => {
      const { heard } = /** @type {{ heard: PageEvent[] }} */ (/** @type {unknown} */ (globalThis));
      return heard.filter(({ type }) => new RegExp(source).test(type)).length >= count;
    },
    { source: type.source, count },
    { timeout: 60_000 },
  );
}

/** A part of an element, inside its shadow tree. @param {Page} page @param {string} name @param {string} [element] */
export function part(page, name, element = 'photo-caption') {
  return page.locator(`${element} [part~="${name}"]`);
}

/** The words of an element as its model says them, and not as its sentence has them. @param {Page} page @param {string} [element] */
export function wordsOf(page, element) {
  return part(page, 'word', element).evaluateAll((/** @type {HTMLElement[]} */ words) =>
    words.map(({ dataset }) => dataset.word),
  );
}

/** @param {Page} page @param {number} count */
export async function untilWorkers(page, count) {
  const deadline = Date.now() + 15_000;
  while (page.workers().length !== count) {
    assert.ok(Date.now() < deadline, `${page.workers().length} workers instead of ${count}`);
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  }
}

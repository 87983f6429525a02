// A filter bench on a page of its own, and what is seen on it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../scripts/run.js';
import { convolve } from '../../www/inside/filters.js';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { Filter, Pixels } from '../../www/inside/filters.js' */
/** @import { Fixture } from './fixture.js' */

/**
 * A page with a card on it, in a shadow tree, and a drawn photo.
 * @param {Fixture} fixture
 * @param {object} [options]
 * @param {[number, number]} [options.photo] its sides
 * @param {string} [options.tag] of the language
 * @param {boolean} [options.isInDocument] and in no shadow tree
 * @param {BrowserContext} [options.browser]
 */
export async function openCard(
  fixture,
  { photo = [300, 200], tag = 'en', isInDocument = false, browser = fixture.browser } = {},
) {
  const { page } = await fixture.openPage(undefined, { browser });
  // The page has the cards put together; here one stands alone.
  await page.route('**/source/**', (route) => {
    const path = join(root, new URL(route.request().url()).pathname.replace('/source/', ''));
    return route.fulfill({ path, contentType: 'text/javascript' });
  });
  await page.evaluate(
    async ({ sides: [width, height], tag, isInDocument }) => {
      /** @param {string} path @returns {Promise<any>} */
      const load = (path) => import(path);
      const { FilterCard, STYLE } = await load('/source/www/inside/filter-card.js');
      const { TOKENS } = await load('/www/view/tokens.js');
      const { default: texts } = await load(`/www/inside/text/${tag}.js`);
      const sheet = (/** @type {string} */ css) => {
        const made = new CSSStyleSheet();
        made.replaceSync(css);
        return made;
      };
      Object.assign(document.documentElement, { lang: tag, dir: tag === 'ar' ? 'rtl' : 'ltr' });
      const body = 'margin: 16px; background: var(--ground); font: 1rem / 1.5 system-ui';
      document.adoptedStyleSheets = [sheet(`:root { color-scheme: light dark; ${TOKENS} } body { ${body} }`)];
      const main = document.body.appendChild(document.createElement('main'));
      const root = isInDocument ? document : main.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet(STYLE)];
      const bitmap = Object.assign(document.createElement('canvas'), { width, height });
      const context = /** @type {CanvasRenderingContext2D} */ (bitmap.getContext('2d'));
      for (let x = 0; x < width; x++) {
        for (let y = 0; y < height; y++) {
          context.fillStyle = `rgb(${(x * 7) % 256} ${(y * 5) % 256} ${(x * y) % 256})`;
          context.fillRect(x, y, 1, 1);
        }
      }
      const panel = new AbortController();
      const card = new FilterCard({
        bitmap,
        signal: panel.signal,
        text: (/** @type {string} */ key, /** @type {Record<string, string>} */ values = {}) =>
          texts[key].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => values[name]),
        number: (/** @type {number} */ value, /** @type {Intl.NumberFormatOptions} */ options) =>
          new Intl.NumberFormat(tag, options).format(value),
      });
      (isInDocument ? main : root).append(card.element);
      Object.assign(globalThis, { card, panel });
      card.show();
    },
    { sides: photo, tag, isInDocument },
  );
  await untilComputed(page);
  return page;
}

/** Waits until what was chosen last is seen. @param {Page} page */
export async function untilComputed(page) {
  await page.locator('.filter-card:not([aria-busy])').waitFor();
}

export const figure = (/** @type {Page} */ page, /** @type {number} */ index) =>
  page.locator('.filter-pictures figure').nth(index);
export const button = (/** @type {Page} */ page, /** @type {string} */ name) =>
  page.getByRole('button', { name, exact: true });
export const place = (/** @type {Page} */ page) => page.locator('.filter-place').innerText();
export const caption = (/** @type {Page} */ page, /** @type {number} */ index) =>
  figure(page, index).locator('figcaption').innerText();

/** The pixels of a picture, and how many of them are seen. @param {Page} page @param {number} index */
export async function pixelsOf(page, index) {
  const { width, height, bytes } = await figure(page, index)
    .locator('canvas')
    .evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const context = /** @type {HTMLCanvasElement} */ (canvas).getContext('2d');
      return { width, height, bytes: [...(context?.getImageData(0, 0, width, height).data ?? [])] };
    });
  const data = Uint8ClampedArray.from(bytes.filter((_, at) => at % 4 < 3));
  return {
    pixels: { width, height, channels: 3, data },
    seen: bytes.filter((byte, at) => at % 4 === 3 && byte).length,
  };
}

/** The photo that is filtered, without its padding. @param {Page} page @param {Filter['padding']} padding @returns {Promise<Pixels>} */
export async function photoOf(page, { before, after }) {
  const { pixels } = await pixelsOf(page, 0);
  const [width, height] = [pixels.width - before - after, pixels.height - before - after];
  const rows = Array.from({ length: height }, (_, row) => {
    const start = ((row + before) * pixels.width + before) * 3;
    return [...pixels.data.slice(start, start + width * 3)];
  });
  return { width, height, channels: 3, data: Uint8ClampedArray.from(rows.flat()) };
}

/** Waits until the result is what a filter makes of the photo. @param {Page} page @param {Filter} filter */
export async function assertResult(page, filter) {
  await untilComputed(page);
  const photo = await photoOf(page, filter.padding);
  const expected = convolve(photo, filter);
  const { pixels } = await pixelsOf(page, 1);
  assert.deepEqual([pixels.width, pixels.height], [expected.width, expected.height]);
  assert.deepEqual([...pixels.data], [...expected.data]);
  return expected;
}

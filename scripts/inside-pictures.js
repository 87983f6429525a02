// Takes the pictures of docs/INSIDE.md from the page as it runs: `npm run build && node scripts/inside-pictures.js`. Each
// goes to docs/inside/, and to screenshots/ without loss.

import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { command, fail, root, say } from './run.js';
import { serve } from './serve.js';
import { ensureChromium } from './tools.js';

/** @import { Page } from 'playwright-core' */
/**
 * @typedef {object} Picture
 * @property {string} name
 * @property {string[]} parts selectors of what is on it; the picture is as large as all of them together
 * @property {(page: Page) => Promise<unknown>} [act] what is done before it is taken
 */

/** Wide enough for two pictures side by side, and as high as the longest of the cards. */
const VIEWPORT = { width: 800, height: 2000 };
/** Pixels around what is on a picture; below may be the next row. */
const [MARGIN, BELOW] = [12, 4];
const QUALITY = 62;
/** No picture may be larger, in bytes. */
const MOST = 60_000;

/** The pictures that are taken at each address, one after the other. @type {[string, Picture[]][]} */
const VISITS = [
  [
    'model=flickr8k-lite&sample=skier&inside=filters',
    [
      { name: 'filter', parts: ['.filter-fields', '.filter-pictures figure:nth-child(2)'], act: filter },
      { name: 'sum', parts: ['.filter-sum', '.filter-card > section:last-child'] },
    ],
  ],
  [
    'model=flickr8k-resnet50&sample=surfer&inside=stem',
    [
      { name: 'kernels', parts: ['.kernel-tiles', '.kernel-row'], act: (page) => page.click('[title="Kernel 5"]') },
      {
        name: 'stages',
        parts: ['.inside-way', '.stage-tiles li:nth-child(24)'],
        act: (page) => openTab(page, 'stage2', '.stage-tiles'),
      },
      {
        name: 'layers',
        parts: ['.layer-box thead', '.layer-box tbody:nth-of-type(2) tr:nth-child(13)'],
        act: layers,
      },
    ],
  ],
  [
    'model=flickr8k-lite&sample=taxis&inside=grid',
    [
      { name: 'cell', parts: ['.cell-parts'], act: (page) => page.click('.cell-row:nth-child(7) button:nth-child(5)') },
      { name: 'needed', parts: ['.needed-words', '.needed-scale', '.needed-head >> nth=1'], act: needed },
    ],
  ],
  [
    'models=flickr8k-lite,flickr8k-resnet50&sample=surfer',
    [
      {
        name: 'models',
        parts: ['.model-columns'],
        act: (page) => page.waitForSelector('.model-column:nth-child(2) .model-maps'),
      },
    ],
  ],
];

/** So few pixels that the kernel is seen on them, in steps of two. @param {Page} page */
async function filter(page) {
  await page.getByRole('button', { name: 'Sobel, upright edges' }).click();
  await page.getByLabel('Photo’s longest side').selectOption('56');
  await page.getByLabel('Stride').fill('2');
  // Where the skier is.
  await page
    .locator('.filter-box')
    .first()
    .click({ position: { x: 205, y: 100 } });
}

/** @param {Page} page @param {string} tab @param {string} until what is there when it has opened */
async function openTab(page, tab, until) {
  await page.click(`#inside-tab-${tab}`);
  await page.waitForSelector(until);
}

/** All columns of the table. @param {Page} page */
async function layers(page) {
  await page.setViewportSize({ ...VIEWPORT, width: 1160 });
  await openTab(page, 'layers', '.layer-box');
}

/** @param {Page} page */
async function needed(page) {
  await openTab(page, 'words', '.needed-words button');
  await page.locator('.needed-words').getByRole('button', { name: 'car', exact: true }).click();
  await page.getByRole('button', { name: '2×2 blocks' }).click();
}

/** What is around all of these parts. @param {Page} page @param {string[]} parts */
async function clipOf(page, parts) {
  const boxes = await Promise.all(parts.map((part) => page.locator(part).first().boundingBox()));
  const seen = boxes.filter((box) => box !== null);
  const left = Math.max(0, Math.min(...seen.map(({ x }) => x)) - MARGIN);
  const top = Math.max(0, Math.min(...seen.map(({ y }) => y)) - MARGIN);
  const right = Math.min(
    page.viewportSize()?.width ?? VIEWPORT.width,
    Math.max(...seen.map(({ x, width }) => x + width)) + MARGIN,
  );
  const bottom = Math.min(VIEWPORT.height, Math.max(...seen.map(({ y, height }) => y + height)) + BELOW);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** @param {Page} page @param {Picture} picture */
async function take(page, { name, parts, act }) {
  await act?.(page);
  await Promise.all(parts.map((part) => page.locator(part).first().waitFor()));
  // Whatever is still drawn or fades has come to rest, and nothing is pointed at.
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1000);
  const clip = await clipOf(page, parts);
  await page.screenshot({ clip, path: join(root, 'screenshots', `inside-${name}.png`) });
  const path = join(root, 'docs/inside', `${name}.jpg`);
  await page.screenshot({ clip, path, type: 'jpeg', quality: QUALITY });
  const { size } = statSync(path);
  if (size > MOST) fail(`docs/inside/${name}.jpg has ${size} bytes, and may have ${MOST}: show less on it`);
  say(`docs/inside/${name}.jpg, ${size} bytes`);
}

await command(async () => {
  for (const folder of ['screenshots', 'docs/inside']) mkdirSync(join(root, folder), { recursive: true });
  const server = await serve(0);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  try {
    const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', viewport: VIEWPORT });
    for (const [address, pictures] of VISITS) {
      const page = await context.newPage();
      await page.goto(`${server.url}?device=cpu&${address}`);
      await page.waitForSelector('dialog.inside .inside-card > *', { timeout: 120_000 });
      for (const picture of pictures) await take(page, picture);
      await page.close();
    }
  } finally {
    await browser.close();
    server.close();
  }
});

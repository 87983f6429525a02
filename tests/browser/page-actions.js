// What tests do on the page that ships, and read from it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { photos } from './command-line.js';

/** @import { Locator, Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */
/** @typedef {string | { name: string, mimeType: string, buffer: Buffer }} ChosenFile */

/** The card of a photo, by its name. @param {Page} page @param {string} name */
export function cardOf(page, name) {
  return page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) });
}

/** The cards' names, as they stand on the page. @param {Page} page */
export function namesOn(page) {
  return page.locator('.card .name').allTextContents();
}

/** Waits until nothing is being captioned, and so many cards are there. @param {Page} page @param {number} count */
export async function untilCards(page, count) {
  await page.waitForFunction((count) => document.querySelectorAll('.card:not(.working)').length === count, count);
}

/**
 * Chooses photos, by their names in tests/photos or as they are, and waits for their captions.
 * @param {Page} page
 * @param {...ChosenFile} chosen
 */
export async function choose(page, ...chosen) {
  const before = await page.locator('.card').count();
  const files = chosen.map((file) => (typeof file === 'string' ? photoNamed(file, file) : file));
  await page.setInputFiles('#files', files);
  await untilCards(page, before + files.length);
}

/**
 * A photo of tests/photos under another name.
 * @param {string} name
 * @param {string} photo
 * @returns {Exclude<ChosenFile, string>}
 */
export function photoNamed(name, photo) {
  const mimeType = `image/${photo.split('.').at(-1)?.replace('jpg', 'jpeg')}`;
  return { name, mimeType, buffer: readFileSync(join(photos, photo)) };
}

/**
 * Sets one of the settings.
 * @param {Page} page
 * @param {'method' | 'beams' | 'temperature' | 'max-words'} name
 * @param {string} value
 */
export async function setSetting(page, name, value) {
  await page.locator('#settings').evaluate((details) => details.setAttribute('open', ''));
  const field = page.locator(`#${name}`);
  await (name === 'method' ? field.selectOption(value) : field.fill(value));
}

/**
 * The cell where the map of a card, or of an element, is brightest; or -1 where nothing is drawn.
 * @param {Locator} card
 * @param {Caption} caption
 */
export function brightest(card, { grid }) {
  return card.locator('.overlay').evaluate((/** @type {HTMLCanvasElement} */ canvas, { rows, cols }) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    let best = -1;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > (pixels[best] ?? 0)) best = i;
    const place = best >> 2;
    return best < 0
      ? -1
      : Math.floor((Math.floor(place / width) / height) * rows) * cols + Math.floor(((place % width) / width) * cols);
  }, grid);
}

/** What a button saves. @param {Page} page @param {string} button its selector */
export async function savedBy(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

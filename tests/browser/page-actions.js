// What tests do on the page that ships, and read from it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { photos } from './command-line.js';

/** @import { Locator, Page } from 'playwright-core' */
/** @typedef {string | { name: string, mimeType: string, buffer: Buffer }} ChosenFile */

/** The row of a photo, by its name. @param {Page} page @param {string} name */
export function rowOf(page, name) {
  return page.locator(`.card[data-name=${JSON.stringify(name)}]`);
}

/** The photos' names, as they stand on the page. @param {Page} page */
export function namesOn(page) {
  return page
    .locator('.card')
    .evaluateAll((rows) => rows.map((row) => /** @type {HTMLElement} */ (row).dataset.name ?? ''));
}

/** Waits until nothing is being captioned, and so many photos are there. @param {Page} page @param {number} count */
export async function untilCards(page, count) {
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll('.card:not(.working)').length === count &&
      !document.querySelector('#stage.working, #stage .hollow'),
    count,
  );
}

/** A photo on the stage, by its name. @param {Page} page @param {string} name */
export async function onStage(page, name) {
  const stage = page.locator('#stage');
  // A single photo has no row that is seen.
  await rowOf(page, name)
    .locator('.open')
    .evaluate((button) => /** @type {HTMLElement} */ (button).click());
  await page.waitForFunction(
    (name) =>
      document.querySelector('#stage')?.ariaLabel === name && !document.querySelector('#stage .hollow, #stage.working'),
    name,
  );
  assert.equal(await stage.getAttribute('aria-label'), name);
  return stage;
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
 * Drops drawn photos onto the page, which thinks that nobody touched anything; and marks when.
 * @param {Page} page
 * @param {readonly string[]} names
 * @param {{ width: number, height: number }} size
 */
export async function drop(page, names, size) {
  await page.evaluate(
    async ([names, { width, height }]) => {
      const dataTransfer = new DataTransfer();
      for (const [place, name] of names.entries()) {
        const canvas = new OffscreenCanvas(width, height);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
        for (let i = 0; i < 300; i += 1) {
          context.fillStyle = `hsl(${(i + place) * 37} 70% 50%)`;
          context.fillRect((i * 733) % width, (i * 467) % height, width / 10, height / 10);
        }
        const blob = await canvas.convertToBlob({ type: 'image/jpeg' });
        dataTransfer.items.add(new File([blob], name, { type: blob.type }));
      }
      performance.mark('trace-begin');
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    /** @type {const} */ ([names, size]),
  );
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

/** Opens the settings, or leaves them open. @param {Page} page */
export async function openSettings(page) {
  if (!(await page.locator('#settings').evaluate((dialog) => /** @type {HTMLDialogElement} */ (dialog).open))) {
    await page.click('#open-settings');
  }
}

/** @param {Page} page */
export async function closeSettings(page) {
  await page.click('#settings .close');
}

/**
 * Sets one of the settings.
 * @param {Page} page
 * @param {'method' | 'beams' | 'temperature' | 'max-words'} name
 * @param {string} value
 */
export async function setSetting(page, name, value) {
  await openSettings(page);
  const field = page.locator(`#${name}`);
  await (name === 'method' ? field.selectOption(value) : field.fill(value));
  await closeSettings(page);
}

/** Does something in the menu of the photo on the stage. @param {Page} page @param {string} button its selector */
export async function chooseInMenu(page, button) {
  await page.click('#stage .more > button');
  await page.click(`#stage .more ${button}`);
}

/** What a button saves. @param {Page} page @param {() => Promise<void>} act */
export async function savedBy(page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** What is saved of all photos. @param {Page} page @param {'#save-csv' | '#save-json'} button */
export function savedAll(page, button) {
  // For a single photo the menu is not there to be seen.
  return savedBy(page, () => page.locator(button).evaluate((button) => /** @type {HTMLElement} */ (button).click()));
}

/** What the strip shows of its first word. @param {Locator} stage */
export async function firstTile(stage) {
  const tile = stage.locator('.strip canvas').first();
  await tile.scrollIntoViewIfNeeded();
  return tile.screenshot();
}

/** What is saved as JSON of all photos. @param {Page} page @returns {Promise<any[]>} */
export async function outcomesOf(page) {
  return JSON.parse(String((await savedAll(page, '#save-json')).content));
}

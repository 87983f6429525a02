// A page with everything on it that there can be: captions, a failure, a stopped photo, a notice, all models, an error.

import { join } from 'node:path';
import { HEADERS } from '../../scripts/serve.js';
import { SHIPPED } from '../../www/shipped-models.js';
import { photos } from './command-line.js';
import { choose, onStage, setSetting } from './page-actions.js';

/** @import { Page } from 'playwright-core' */
/** @import { Fixture } from './fixture.js' */

export const LANGUAGES = /** @type {const} */ (['en', 'ar', 'my']);

/** In English, with a word chosen. @param {Fixture} fixture whose test ends with a broken connection */
export async function openFurnished(fixture) {
  await fixture.openSightline();
  fixture.delayWords(30);
  const delayed = fixture.intercept;
  fixture.intercept = (request, response) => {
    if (request.url === '/models/index.json') {
      // Both, whichever are here; one was measured.
      const files = [{ file: 'weights', bytes: 3e7, sha256: '' }];
      const models = SHIPPED.map((name, i) => ({ name, files, scores: i ? {} : { cider_d: 0.5 } }));
      response.writeHead(200, { 'Content-Type': 'application/json', ...HEADERS }).end(JSON.stringify(models));
      return true;
    }
    if (!request.url?.startsWith('/fixture/')) return delayed(request, response);
    response.destroy();
    return true;
  };
  const page = await fixture.openSightline({ query: '&lang=en' });
  await page.waitForSelector('#notices li', { state: 'attached' });
  await setSetting(page, 'max-words', '8');
  await page.setInputFiles('#files', join(photos, 'grey.jpg'));
  await page.click('#stage .stop');
  await page.waitForSelector('.card[data-state="stopped"]', { state: 'attached' });
  await choose(page, 'truncated.jpg', 'scene.jpg');
  await page.setInputFiles('#files', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('none') });
  await page.waitForSelector('#error-bar:not([hidden])');
  await onStage(page, 'scene.jpg');
  await page.locator('#stage .word').nth(1).click();
  return page;
}

/** @typedef {{ open: (page: Page) => Promise<unknown>, close: (page: Page) => Promise<unknown> }} Part */

/** What can be opened on it, and how. @type {Record<string, Part>} */
export const PARTS = {
  'the stage with a chosen word': { open: async () => {}, close: async () => {} },
  'a damaged photo': {
    open: (page) => onStage(page, 'truncated.jpg'),
    close: (page) => onStage(page, 'scene.jpg'),
  },
  'a stopped photo': {
    open: (page) => onStage(page, 'grey.jpg'),
    close: (page) => onStage(page, 'scene.jpg'),
  },
  'the menu of a photo': {
    open: (page) => page.click('#stage .more > button'),
    close: (page) => page.keyboard.press('Escape'),
  },
  'the menu of the page': {
    open: (page) => page.click('#add-menu > button'),
    close: (page) => page.keyboard.press('Escape'),
  },
  'other sentences': {
    open: async (page) => {
      await page.click('#stage .more > button');
      await page.click('#stage .other-sentences');
    },
    close: (page) => page.click('#sentences .close'),
  },
  'a question about a part': {
    open: (page) => page.click('#stage .ask'),
    close: (page) => page.click('#stage .cancel-part'),
  },
  settings: {
    open: async (page) => {
      await page.click('#open-settings');
      await page.waitForSelector('.use:not(:empty)');
    },
    close: (page) => page.click('#settings .close'),
  },
  'the camera': {
    open: async (page) => {
      await page.click('#add-menu > button');
      await page.click('#add-menu .take');
      await page.waitForSelector('#camera .take-photo:enabled');
    },
    close: (page) => page.click('#camera .close'),
  },
  'a link that leads nowhere': {
    open: async (page) => {
      await page.click('#add-menu > button');
      await page.click('#add-menu .link');
      await page.fill('#address', `${new URL(page.url()).origin}/nothing.jpg`);
      await page.keyboard.press('Enter');
      await page.waitForSelector('#link-error:not(:empty)');
    },
    close: (page) => page.click('#link .close'),
  },
  'the whole screen': {
    open: async (page) => {
      await page.keyboard.press('f');
      await page.waitForSelector('#stage.large');
    },
    close: (page) => page.click('#stage .end-large'),
  },
};

/** @param {Page} page @param {string} tag */
export async function speak(page, tag) {
  // It may be behind a dialog, where no click would reach it.
  await page.locator('#language').evaluate((select, tag) => {
    /** @type {HTMLSelectElement} */ (select).value = tag;
    select.dispatchEvent(new Event('change'));
  }, tag);
  await page.waitForSelector(`html[lang="${tag}"]`);
}

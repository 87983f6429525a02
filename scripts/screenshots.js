// Takes pictures of the page as it runs, with the model that ships: `npm run build && node scripts/screenshots.js`. All
// of them go to screenshots/, to be looked at; those of the README to docs/ as well.

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { SAMPLES } from '../www/page/samples.js';
import { command, root, say } from './run.js';
import { serve } from './serve.js';
import { ensureChromium } from './tools.js';

/** @import { BrowserContextOptions, Page } from 'playwright-core' */

const DESK = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** @type {Record<string, BrowserContextOptions>} */
const LOOKS = {
  desk: DESK,
  phone: PHONE,
  dark: { ...DESK, colorScheme: 'dark' },
  'phone-dark': { ...PHONE, colorScheme: 'dark' },
  arabic: { ...DESK, locale: 'ar' },
  'phone-burmese': { ...PHONE, locale: 'my' },
};

/** Those of the README, by the scene and the look. @type {Record<string, string>} */
const README = { 'word-desk': 'page', 'word-phone-dark': 'phone' };

/** The picture that is looked at, and a word of its caption. */
const SUBJECT = { sample: 'skier', word: 'skier' };

/** What is done one after the other, and what it is called. @type {[string, (page: Page) => Promise<unknown>][]} */
const SCENES = [
  ['first', async () => {}],
  [
    'one',
    async (page) => {
      await page.click(`[data-sample="${SUBJECT.sample}"]`);
      await untilDone(page);
    },
  ],
  ['word', (page) => page.click(`#stage .word[data-word="${SUBJECT.word}"]`)],
  [
    'part',
    async (page) => {
      await page.click('.ask');
      await page.click('.ask-part');
      await page.waitForSelector('.part-answer[lang=en]');
    },
  ],
  [
    'twelve',
    async (page) => {
      await page.click('.forget-part');
      await page.setInputFiles('#files', manyPhotos());
      await untilDone(page);
    },
  ],
  ['settings', (page) => page.click('#open-settings')],
  [
    'large',
    async (page) => {
      await page.click('#settings .close');
      await page
        .locator('.open')
        .first()
        .evaluate((row) => /** @type {HTMLElement} */ (row).click());
      await page.waitForSelector('#stage:not(.working) .word');
      await page.keyboard.press('f');
      await page.click(`#stage .word[data-word="${SUBJECT.word}"]`);
    },
  ],
];

/** Eleven pictures besides, some of them good ones. */
function manyPhotos() {
  const samples = SAMPLES.map(({ name }) => join(root, 'www/page/samples', `${name}.jpg`));
  const folder = join(root, 'tests/photos');
  const others = readdirSync(folder)
    .filter((name) => /\.(jpg|png|webp)$/.test(name))
    .map((name) => join(folder, name));
  return [...samples, ...others].slice(0, 11);
}

/** @param {Page} page */
async function untilDone(page) {
  await page.waitForFunction(
    () => !document.querySelector('.card.working, #stage.working, #stage .hollow') && document.querySelector('.card'),
  );
}

await command(async () => {
  const folder = join(root, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const server = await serve(0);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  try {
    for (const [look, options] of Object.entries(LOOKS)) {
      const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      await page.goto(`${server.url}?device=cpu`);
      await page.waitForSelector('html[data-device]');
      for (const [scene, act] of SCENES) {
        await act(page);
        // Whatever glides or fades has come to rest.
        await page.waitForTimeout(500);
        const name = `${scene}-${look}`;
        await page.screenshot({ path: join(folder, `${name}.png`) });
        if (README[name]) {
          await page.screenshot({ path: join(root, 'docs', `${README[name]}.jpg`), type: 'jpeg', quality: 85 });
          say(`docs/${README[name]}.jpg`);
        }
      }
      await context.close();
    }
    say('screenshots/');
  } finally {
    await browser.close();
    server.close();
  }
});

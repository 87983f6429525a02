// Takes the README's pictures of the page as it runs: `npm run build && node scripts/screenshots.js`.

import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { command, root, say } from './run.js';
import { serve } from './serve.js';
import { ensureChromium } from './tools.js';

/** @import { BrowserContextOptions, Page } from 'playwright-core' */

/** @type {{ name: string, look: BrowserContextOptions, sample: string, word: string }[]} */
const PICTURES = [
  {
    name: 'page',
    look: { viewport: { width: 1100, height: 1060 }, colorScheme: 'light' },
    sample: 'meadow',
    word: 'dog',
  },
  {
    name: 'phone',
    sample: 'beach',
    word: 'boy',
    look: { viewport: { width: 360, height: 760 }, colorScheme: 'dark', deviceScaleFactor: 2 },
  },
];

/**
 * Captions a sample, and lays the attention of one word over it.
 * @param {Page} page
 * @param {string} sample
 * @param {string} word
 */
async function caption(page, sample, word) {
  await page.waitForSelector('html[data-device]');
  await page.click(`[data-sample="${sample}"]`);
  await page.waitForSelector('.card:not(.working) .word');
  const words = page.locator('.card .word');
  const wanted = words.filter({ hasText: new RegExp(`^${word}$`, 'i') });
  await ((await wanted.count()) ? wanted : words).first().click();
}

await command(async () => {
  const server = await serve(0);
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  try {
    for (const { name, look, sample, word } of PICTURES) {
      const context = await browser.newContext({ locale: 'en', reducedMotion: 'reduce', ...look });
      const page = await context.newPage();
      await page.goto(`${server.url}?device=cpu`);
      await caption(page, sample, word);
      await page.evaluate(
        (isPhone) => (isPhone ? document.querySelector('.card')?.scrollIntoView() : scrollTo(0, 0)),
        name === 'phone',
      );
      await page.screenshot({ path: join(root, `docs/${name}.jpg`), type: 'jpeg', quality: 85 });
      say(`docs/${name}.jpg`);
      await context.close();
    }
  } finally {
    await browser.close();
    server.close();
  }
});

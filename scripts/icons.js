// Draws the installed page's icons from www/page/icon.svg, for systems that take no SVG: `node scripts/icons.js`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { command, root, say } from './run.js';
import { ensureChromium } from './tools.js';

const page = join(root, 'www/page');
const drawing = readFileSync(join(page, 'icon.svg'), 'utf8');

/** A maskable one reaches into the corners, for the system cuts its own shape out of it. */
const icons = [
  { name: '192.png', size: 192, corners: '' },
  { name: '512.png', size: 512, corners: '' },
  { name: 'maskable.png', size: 512, corners: 'rect { rx: 0 }' },
];

await command(async () => {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  for (const { name, size, corners } of icons) {
    const sheet = await browser.newPage({ viewport: { width: size, height: size } });
    await sheet.setContent(`<style>body { margin: 0 } svg { display: block } ${corners}</style>${drawing}`);
    await sheet.screenshot({ path: join(page, 'icons', name), omitBackground: true });
  }
  await browser.close();
  say(`Drew ${icons.map(({ name }) => name).join(', ')} in www/page/icons/`);
});

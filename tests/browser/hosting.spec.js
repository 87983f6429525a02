// The built folder on a static host, as somebody else puts it there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Stage, assertSays, captionByCommand, choose, photos, settled } from './harness.js';

/** @import { BrowserContext } from 'playwright-core' */

const stage = new Stage();
/** @type {BrowserContext} */
let browser;

before(async () => {
  await stage.open();
  browser = await stage.browser();
});

after(() => stage.close());

test('the page works under any path, and asks for nothing outside it', async () => {
  const { path } = stage.model('additive');
  const somewhere = '/some/where/';
  /** @type {string[]} */
  const outside = [];
  stage.before = (request, response) => {
    const { url = '' } = request;
    if (!url.startsWith(somewhere)) {
      outside.push(url);
      response.writeHead(404).end();
      return true;
    }
    request.url = url.slice(somewhere.length - 1);
    return false;
  };
  const { page } = await stage.page(browser, `${somewhere.slice(1)}?model=stage/additive/`);
  await page.waitForSelector('html[data-device]');
  await choose(page, 'scene.jpg');
  await settled(page, 1);
  await assertSays(page.locator('.card'), captionByCommand(path, join(photos, 'scene.jpg')));
  await stage.settle();
  assert.deepEqual(outside, []);
});

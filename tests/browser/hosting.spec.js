// The built folder on a static host, as somebody else puts it there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { root } from '../../scripts/run.js';
import { filesOf, HEADERS } from '../../scripts/serve.js';
import { assertSays, captionByCommand, choose, photos, Stage, settled } from './harness.js';

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

for (const [how, headers, isIsolated] of /** @type {const} */ ([
  ['isolates it', HEADERS, true],
  ['sends no headers of its own', {}, false],
])) {
  test(`the page works on a host that ${how}`, async () => {
    const { path } = stage.model('additive');
    const files = filesOf(dist, headers);
    stage.before = (request, response) => {
      if (request.url?.startsWith('/stage/')) return false;
      files(request, response, () => void response.writeHead(404).end());
      return true;
    };
    const page = await stage.app(browser);
    assert.equal(await page.evaluate(() => crossOriginIsolated), isIsolated);
    await choose(page, 'scene.jpg');
    await assertSays(page.locator('.card'), captionByCommand(path, join(photos, 'scene.jpg')));
    await stage.settle();
  });
}

test('the page as it is built captions its own samples with the model that ships', async () => {
  const { page } = await stage.page(browser, '?device=cpu');
  await page.waitForSelector('html[data-device]', { timeout: 60_000 });
  for (const name of ['beach', 'meadow', 'street']) {
    await page.click(`[data-sample="${name}"]`);
    await settled(page, 1);
    const expected = captionByCommand(
      join(root, 'models/flickr8k-resnet50'),
      join(root, `www/page/samples/${name}.jpg`),
    );
    await assertSays(page.locator('.card'), expected, name);
    await page.click('#clear');
  }
  await stage.settle();
});

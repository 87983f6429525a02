// The built folder on a static host, as somebody else puts it there.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { root } from '../../scripts/run.js';
import { filesOf, HEADERS } from '../../scripts/serve.js';
import { SAMPLES } from '../../www/page/samples.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, onStage, untilCards } from './page-actions.js';
import { automatic } from './site.js';

const fixture = Fixture.forSpec();
const { additive: model } = fixture.models;

test('the page works under any path, and asks for nothing outside it', async () => {
  const somewhere = '/some/where/';
  /** @type {string[]} */
  const outside = [];
  fixture.intercept = (request, response) => {
    const { url = '' } = request;
    if (!url.startsWith(somewhere)) {
      outside.push(url);
      response.writeHead(404).end();
      return true;
    }
    request.url = url.slice(somewhere.length - 1);
    return false;
  };
  const { page } = await fixture.openPage(`${somewhere.slice(1)}?model=fixture/additive/`);
  await page.waitForSelector('html[data-device]');
  await choose(page, 'scene.jpg');
  await assertCaption(await onStage(page, 'scene.jpg'), captionByCommand(model.path, join(photos, 'scene.jpg')));
  await fixture.endTest();
  assert.deepEqual(outside, []);
});

for (const [how, headers, isIsolated] of /** @type {const} */ ([
  ['isolates it', HEADERS, true],
  ['sends no headers of its own', {}, false],
])) {
  test(`the page works on a host that ${how}`, async () => {
    const files = filesOf(dist, headers);
    fixture.intercept = (request, response) => {
      if (request.url?.startsWith('/fixture/')) return false;
      files(request, response, () => void response.writeHead(404).end());
      return true;
    };
    const page = await fixture.openSightline();
    assert.equal(await page.evaluate(() => crossOriginIsolated), isIsolated);
    await choose(page, 'scene.jpg');
    await assertCaption(await onStage(page, 'scene.jpg'), captionByCommand(model.path, join(photos, 'scene.jpg')));
    await fixture.endTest();
  });
}

test('the page as it is built captions its own samples with the model that ships', async () => {
  const { page } = await fixture.openPage('?device=cpu');
  await page.waitForSelector('html[data-device]', { timeout: 60_000 });
  for (const { name } of SAMPLES) {
    await page.click(`[data-sample="${name}"]`);
    await untilCards(page, 1);
    const expected = captionByCommand(join(root, 'models', automatic), join(root, `www/page/samples/${name}.jpg`));
    await assertCaption(page.locator('#stage'), expected, name);
    await chooseInMenu(page, '.remove');
    await untilCards(page, 0);
  }
  await fixture.endTest();
});

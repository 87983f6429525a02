// Where each megabyte may cost something, nothing of a model is fetched before there is a photo.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelBytes, shippedModels } from '../../scripts/models.js';
import { root } from '../../scripts/run.js';
import { LITE } from '../../www/shipped-models.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, closeSettings, onStage, openSettings } from './page-actions.js';

const fixture = Fixture.forSpec();
const scene = join(photos, 'scene.jpg');
const lite = shippedModels(join(root, 'models')).find(({ name }) => name === LITE);

/** A page on such a network. @param {object} connection @param {string} [path] */
async function openOn(connection, path = '') {
  fixture.requests = [];
  const { page } = await fixture.openPage(path, {
    prepare: (page) =>
      page.addInitScript(
        (connection) => Object.defineProperty(Navigator.prototype, 'connection', { get: () => connection }),
        connection,
      ),
  });
  await page.waitForFunction(() => document.querySelector('#status')?.textContent?.includes('first photo'));
  return page;
}

/** What was fetched of models, and of that which runs them. */
const fetched = () => fixture.requests.filter((url) => /\/models\/[^/]+\/|\/fixture\/|\.wasm|\/worker\.js/.test(url));

for (const connection of [{ saveData: true }, { type: 'cellular' }]) {
  test(`the model waits for the first photo, and tells how large it is: ${JSON.stringify(connection)}`, async () => {
    const page = await openOn(connection);
    assert.ok(lite);
    const megabytes = (modelBytes(lite) / 1e6).toFixed(1);
    assert.equal(
      await page.innerText('#status'),
      `The model (${megabytes} MB, once) is fetched with your first photo.`,
    );
    assert.ok(await page.isHidden('#progress'), 'nothing is on its way');
    await openSettings(page);
    const reason = 'saveData' in connection ? 'the browser asks to save data' : 'only the processor computes here';
    assert.equal(await page.innerText('#choice'), `${LITE} was chosen because ${reason}.`);
    await page.waitForSelector('.use:not(:empty)');
    await closeSettings(page);
    assert.deepEqual(fetched(), []);
    await choose(page, 'scene.jpg');
    await assertCaption(await onStage(page, 'scene.jpg'), captionByCommand(join(root, 'models', LITE), scene));
    assert.equal(await page.innerText('#status'), 'Ready.');
    assert.ok(fetched().length > 0);
  });
}

test('so does the model that the address names, however large it is', async () => {
  const page = await openOn({ saveData: true }, '?model=fixture/additive/');
  assert.equal(await page.innerText('#status'), 'The model is fetched with your first photo.');
  assert.deepEqual(fetched(), []);
  await choose(page, 'scene.jpg');
  await assertCaption(await onStage(page, 'scene.jpg'), captionByCommand(fixture.models.additive.path, scene));
});

test('a network that costs nothing is used at once', async () => {
  fixture.requests = [];
  const page = await fixture.openSightline();
  assert.ok(fetched().some((url) => url.startsWith('/fixture/additive/')));
  assert.equal(await page.innerText('#status'), 'Ready.');
});

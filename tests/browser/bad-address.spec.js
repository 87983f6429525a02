// Addresses under which no model can lie: the page, the element and the API say so, and what to do about it.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { eventsOf, openHostPage, part, untilEvents } from './host-page.js';
import { choose } from './page-actions.js';

const ADDRESSES = ['http://[', 'javascript:alert(1)', 'data:/json,{}', 'blob:https://example.org/1', 'mailto:x'];
const SENTENCE = 'This address is none that can be fetched. Check how it is written.';

const fixture = Fixture.forSpec({ models: {} });

/** Names the address and the way out. @param {string} message @param {string} address */
function assertHelps(message, address) {
  assert.ok(message.includes(address), message);
  assert.match(message, /models\/flickr8k-lite\//);
}

for (const address of ADDRESSES) {
  test(`the page that is to take the model ${address} says what is wrong, and waits for nothing`, async () => {
    const { page } = await fixture.openPage(`?model=${encodeURIComponent(address)}`);
    const status = page.locator('#status[data-code="bad-address"]');
    await status.waitFor();
    assert.equal(await status.innerText(), SENTENCE);
    assertHelps((await status.getAttribute('title')) ?? '', address);
    assert.ok(await page.isHidden('#retry'), 'the next time it is the same address');
    assert.ok(await page.isHidden('#progress'));
    assert.equal(await status.getAttribute('aria-busy'), null);
    await choose(page, 'scene.jpg');
    await page.locator(`#stage .state:text("${SENTENCE}")`).waitFor();
  });
}

test('an element that is to take such a model fails', async () => {
  cpSync(join(photos, 'scene.jpg'), join(fixture.folder, 'photo.jpg'));
  const page = await openHostPage(
    fixture,
    ADDRESSES.map(
      (address, i) =>
        `<photo-caption id="photo-${i}" src="photo.jpg" model="${address}"></photo-caption>
         <photo-caption id="auto-${i}" src="photo.jpg" model="${address}" auto></photo-caption>`,
    ).join(''),
  );
  await untilEvents(page, 2 * ADDRESSES.length);
  for (const { id, detail } of await eventsOf(page, 'caption-error')) {
    assert.equal(detail.code, 'bad-address', id);
    assertHelps(detail.message, ADDRESSES[Number(id.split('-')[1])]);
    assert.equal(await part(page, 'status', `#${id}`).innerText(), SENTENCE);
    assert.ok(await part(page, 'retry', `#${id}`).isHidden());
  }
});

test('the API refuses such addresses of models and of the wasm', async () => {
  const { page } = await fixture.openPage();
  const errors = await page.evaluate(async (addresses) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    /** @type {[string, () => Promise<unknown>][]} */
    const calls = addresses.flatMap((address) => [
      [address, () => Captioner.load({ model: address })],
      [address, () => Captioner.deleteKeptModel(address)],
      [address, () => Captioner.load({ model: '/nowhere/', wasmUrl: address })],
    ]);
    return Promise.all(
      calls.map(async ([address, call]) => {
        const error = await call().then(
          () => new Error('nothing went wrong'),
          (/** @type {Error} */ error) => error,
        );
        const { name, code, message } = /** @type {Error & { code?: string }} */ (error);
        return { address, name, code, message };
      }),
    );
  }, ADDRESSES);
  for (const { address, name, code, message } of errors) {
    assert.deepEqual([name, code], ['CaptionerError', 'bad-address'], message);
    assertHelps(message, address);
  }
});

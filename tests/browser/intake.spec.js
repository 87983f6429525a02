// Every way in which a photo gets onto the page, and what is said of what is no photo.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { cardOf, choose, namesOn, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({
  browser: { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
  permissions: ['clipboard-read', 'clipboard-write'],
});
const model = fixture.models.additive.path;
const samples = join(dist, 'www/page/samples');

/**
 * The page captioned a photo as the command line does.
 * @param {Page} page
 * @param {string} name
 * @param {string} [photo]
 */
async function assertCaptioned(page, name, photo = join(photos, name)) {
  assert.equal(
    await cardOf(page, name).locator('.frame img').getAttribute('alt'),
    captionByCommand(model, photo).hedged,
    name,
  );
}

/**
 * Drags something over the page, and lets it fall there.
 * @param {Page} page @param {{ files?: string[], items?: { mimeType: string, data: string }[] }} load
 */
async function drop(page, { files, items = [] }) {
  const session = await fixture.browser.newCDPSession(page);
  const drag = (/** @type {'dragEnter' | 'dragOver' | 'drop'} */ type) =>
    session.send('Input.dispatchDragEvent', { type, x: 300, y: 400, data: { items, files, dragOperationsMask: 1 } });
  await drag('dragEnter');
  await drag('dragOver');
  await page.waitForSelector('#drop-here.open');
  await drag('drop');
  await page.waitForSelector('#drop-here:not(.open)', { state: 'attached' });
}

/** @param {Page} page @param {RegExp} sentence */
async function assertIntakeError(page, sentence) {
  await page.waitForSelector('#intake-error:not(:empty)');
  assert.match(await page.innerText('#intake-error'), sentence);
}

test('photos are chosen, several at a time, and the same ones again', async () => {
  const page = await fixture.openSightline();
  for (const count of [2, 4]) {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('#choose')]);
    assert.ok(chooser.isMultiple());
    await chooser.setFiles(['scene.jpg', 'grey.jpg'].map((name) => join(photos, name)));
    await untilCards(page, count);
  }
  assert.deepEqual(await namesOn(page), ['grey.jpg', 'scene.jpg', 'grey.jpg', 'scene.jpg']);
  await page.locator('.card').nth(2).locator('.remove').click();
  await page.locator('.card').nth(2).locator('.remove').click();
  for (const name of ['scene.jpg', 'grey.jpg']) await assertCaptioned(page, name);
});

test('photos are dropped anywhere on the page', async () => {
  const page = await fixture.openSightline();
  await drop(page, { files: ['scene.jpg', 'lossy.webp'].map((name) => join(photos, name)) });
  await untilCards(page, 2);
  for (const name of ['scene.jpg', 'lossy.webp']) await assertCaptioned(page, name);
});

test('a dropped folder brings its photos and those of the folders in it, in the order of their names', async () => {
  const page = await fixture.openSightline();
  const folder = join(fixture.folder, 'holiday');
  mkdirSync(join(folder, 'sunday'), { recursive: true });
  for (const name of ['9.jpg', '10.jpg', 'sunday/11.jpg']) copyFileSync(join(photos, 'scene.jpg'), join(folder, name));
  for (const name of ['.DS_Store', 'notes.txt']) writeFileSync(join(folder, name), 'no photo');
  await drop(page, { files: [folder] });
  await untilCards(page, 3);
  assert.deepEqual((await namesOn(page)).reverse(), ['9.jpg', '10.jpg', '11.jpg']);
});

test('a picture dragged from another page is fetched by its address', async () => {
  const page = await fixture.openSightline();
  await drop(page, {
    items: [{ mimeType: 'text/uri-list', data: `# a comment\r\n${fixture.url}www/page/samples/beach.jpg\r\n` }],
  });
  await untilCards(page, 1);
  await assertCaptioned(page, 'beach.jpg', join(samples, 'beach.jpg'));
});

test('a dropped picture that lies on no disk is taken, and text and drags that leave are left alone', async () => {
  const page = await fixture.openSightline();
  const seen = await page.evaluate(
    (bytes) => {
      const picture = new DataTransfer();
      picture.setData('text/uri-list', 'https://elsewhere.invalid/cat.jpg');
      picture.items.add(
        new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], 'cat.jpg', {
          type: 'image/jpeg',
        }),
      );
      const words = new DataTransfer();
      words.setData('text/plain', 'words');
      /** Whether the page shows that it takes it. @param {string} type @param {DataTransfer} dataTransfer */
      const drag = (type, dataTransfer) => {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
        return document.querySelector('#drop-here')?.classList.contains('open');
      };
      return [
        drag('dragover', words),
        drag('dragover', picture),
        drag('dragleave', picture),
        drag('dragover', picture),
        drag('drop', picture),
      ];
    },
    readFileSync(join(photos, 'scene.jpg')).toString('base64'),
  );
  assert.deepEqual(seen, [false, true, false, true, false]);
  await untilCards(page, 1);
  await assertCaptioned(page, 'cat.jpg', join(photos, 'scene.jpg'));
});

test('a picture is pasted', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(
    async (bytes) => {
      const png = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], {
        type: 'image/png',
      });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
    },
    readFileSync(join(photos, 'small.png')).toString('base64'),
  );
  await page.keyboard.press('Control+V');
  await untilCards(page, 1);
  await assertCaptioned(page, 'Pasted photo', join(photos, 'small.png'));
});

test('pasted files keep their names, and pasted words stay words', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(
    (bytes) => {
      const clipboardData = new DataTransfer();
      for (const name of ['one.jpg', 'two.jpg']) {
        clipboardData.items.add(
          new File([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))], name, {
            type: 'image/jpeg',
          }),
        );
      }
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    readFileSync(join(photos, 'scene.jpg')).toString('base64'),
  );
  await untilCards(page, 2);
  assert.deepEqual(await namesOn(page), ['two.jpg', 'one.jpg']);
  await page.evaluate(() => navigator.clipboard.writeText('https://example.org/cat.jpg'));
  await page.focus('#address');
  await page.keyboard.press('Control+V');
  assert.equal(await page.inputValue('#address'), 'https://example.org/cat.jpg');
  await page.click('h1');
  await page.keyboard.press('Control+V');
  assert.deepEqual([await page.innerText('#intake-error'), (await namesOn(page)).length], ['', 2]);
});

test('the camera takes a photo, and is switched off afterwards', async () => {
  const page = await fixture.openSightline({
    prepare: (page) =>
      page.addInitScript(() => {
        const { mediaDevices } = navigator;
        const open = mediaDevices.getUserMedia.bind(mediaDevices);
        mediaDevices.getUserMedia = async (wanted) => Object.assign(globalThis, { stream: await open(wanted) }).stream;
      }),
  });
  const isOff = () =>
    /** @type {any} */ (globalThis).stream
      .getTracks()
      .every((/** @type {MediaStreamTrack} */ track) => track.readyState === 'ended');
  await page.click('#open-camera');
  await page.click('#camera .take-photo:enabled');
  await untilCards(page, 1);
  const card = cardOf(page, 'Photo from the camera');
  assert.match((await card.locator('.frame img').getAttribute('alt')) ?? '', /w\d+.*\.$/i);
  const sides = await card
    .locator('.frame img')
    .evaluate((/** @type {HTMLImageElement} */ image) => [image.naturalWidth, image.naturalHeight]);
  assert.ok(
    sides.every((side) => side >= 240),
    `${sides}`,
  );
  await page.waitForFunction(isOff);
  await page.click('#open-camera');
  await page.waitForSelector('#camera .take-photo:enabled');
  assert.equal(await page.evaluate(isOff), false);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#camera', { state: 'hidden' });
  await page.waitForFunction(isOff);
  assert.equal((await namesOn(page)).length, 1, 'a camera that is closed takes no photo');
});

test('a camera that is refused or missing is explained, and the page goes on', async () => {
  for (const [flags, setting, sentence] of /** @type {const} */ ([
    [['--use-fake-device-for-media-stream'], 'denied', 'was not allowed to use the camera'],
    [[], 'granted', 'No camera was found'],
  ])) {
    const shy = await fixture.launch({ flags: [...flags] });
    const page = await fixture.openSightline({ browser: shy });
    const session = await shy.newCDPSession(page);
    await session.send('Browser.setPermission', {
      permission: { name: 'camera' },
      setting,
      origin: new URL(fixture.url).origin,
    });
    await page.click('#open-camera');
    await page.waitForFunction(
      (sentence) => document.querySelector('#camera [role=status]')?.textContent?.includes(sentence),
      sentence,
    );
    assert.ok(await page.isDisabled('#camera .take-photo'));
    await page.click('#camera .close');
    await choose(page, 'scene.jpg');
    await assertCaptioned(page, 'scene.jpg');
  }
});

test('a photo is fetched from its address, whatever its name', async () => {
  const page = await fixture.openSightline();
  fixture.intercept = (request, response) => {
    if (!request.url?.startsWith('/here/')) return false;
    response.setHeader('Content-Type', 'image/jpeg');
    response.end(readFileSync(join(photos, 'scene.jpg')));
    return true;
  };
  for (const [path, name] of [
    ['caf%C3%A9.jpg', 'café.jpg'],
    ['100%.jpg', '100%.jpg'],
    ['cat.jpg?large', 'cat.jpg'],
  ]) {
    await page.fill('#address', `${fixture.url}here/${path}`);
    await page.keyboard.press('Enter');
    await cardOf(page, name).waitFor();
    await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('#address')).value === '');
  }
  await untilCards(page, 3);
  await assertCaptioned(page, 'cat.jpg', join(photos, 'scene.jpg'));
});

test('an address that gives no photo says so, and stays to be mended', async () => {
  const page = await fixture.openSightline();
  const ready = await page.innerText('#status');
  for (const address of [`${fixture.url}nothing.jpg`, 'https://elsewhere.invalid/cat.jpg']) {
    await page.fill('#address', address);
    await page.click('#link button');
    await assertIntakeError(page, /^This image could not be fetched\. Save it, and drop the file here\.$/);
    assert.equal(await page.inputValue('#address'), address);
    await page.fill('#address', '');
    await page.click('.sample >> nth=0');
    await page.waitForSelector('#intake-error:empty', { state: 'attached' });
  }
  assert.equal(await page.innerText('#status'), ready, 'the model is as ready as before');
  await untilCards(page, 2);
  await fixture.endTest(/404/, /policy/i, /elsewhere\.invalid/);
});

test('each sample is captioned', async () => {
  const page = await fixture.openSightline();
  const buttons = await page.locator('.sample').all();
  for (const button of buttons) await button.click();
  await untilCards(page, buttons.length);
  for (const [name, file] of [
    ['a beach', 'beach.jpg'],
    ['a dog in a meadow', 'meadow.jpg'],
    ['a street', 'street.jpg'],
  ]) {
    await assertCaptioned(page, name, join(samples, file));
  }
});

test('what is no photo is named as such', async () => {
  const page = await fixture.openSightline();
  await page.setInputFiles('#files', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') });
  await assertIntakeError(page, /^There was no photo in it\.$/);
  for (const [name, code, sentence] of [
    ['text.jpg', 'unsupported-image', /^This file is no image that can be read here\./],
    ['photo.heic', 'unsupported-image', /JPEG, PNG, WebP, GIF and BMP can\.$/],
    ['empty.jpg', 'unsupported-image', /^This file is no image/],
    ['truncated.jpg', 'image-corrupt', /^This image file is damaged or incomplete/],
    ['huge.png', 'image-too-large', /^This image is too large/],
  ]) {
    await choose(page, /** @type {string} */ (name));
    const card = cardOf(page, /** @type {string} */ (name));
    assert.equal(await card.locator('.state').getAttribute('data-state'), `error.${code}`, `${name}`);
    assert.match(await card.locator('.state').innerText(), /** @type {RegExp} */ (sentence));
    assert.deepEqual(await card.locator('.tools button:visible').allTextContents(), ['Caption again', 'Remove']);
  }
  assert.equal(await page.innerText('#intake-error'), '', 'the last error is over');
  await choose(page, 'scene.jpg');
  await assertCaptioned(page, 'scene.jpg');
});

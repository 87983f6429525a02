// Every way in which a photo gets onto the page, and what is said of what is no photo.

import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { SAMPLES } from '../../www/page/samples.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, chooseInMenu, namesOn, onStage, rowOf, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({
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
  await assertCaption(await onStage(page, name), captionByCommand(model, photo), name);
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

/** The bar at the foot says so. @param {Page} page @param {string} sentence */
async function assertIntakeError(page, sentence) {
  await page.waitForSelector('#error-bar:not([hidden])');
  assert.equal(await page.innerText('#intake-error'), sentence);
}

test('photos are chosen, several at a time, and the same ones again', async () => {
  const page = await fixture.openSightline();
  for (const count of [2, 4]) {
    // Where nothing is there to be seen yet, and later in the menu.
    if (count > 2) await page.click('#add-menu > button');
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.click('.choose:visible')]);
    assert.ok(chooser.isMultiple());
    await chooser.setFiles(['scene.jpg', 'grey.jpg'].map((name) => join(photos, name)));
    await untilCards(page, count);
  }
  const names = ['scene.jpg', 'grey.jpg', 'scene.jpg', 'grey.jpg'];
  assert.deepEqual(await namesOn(page), names);
  assert.deepEqual(
    await page.locator('.card .line').allTextContents(),
    names.map((name) => captionByCommand(model, join(photos, name)).text),
  );
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
  assert.deepEqual(await namesOn(page), ['9.jpg', '10.jpg', '11.jpg']);
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
  assert.deepEqual(await namesOn(page), ['one.jpg', 'two.jpg']);
  await page.evaluate(() => navigator.clipboard.writeText('https://example.org/cat.jpg'));
  await page.click('#add-menu > button');
  await page.click('#add-menu .link');
  await page.focus('#address');
  await page.keyboard.press('Control+V');
  assert.equal(await page.inputValue('#address'), 'https://example.org/cat.jpg');
  await page.click('#link .close');
  await page.keyboard.press('Control+V');
  assert.ok(await page.isHidden('#error-bar'));
  assert.equal((await namesOn(page)).length, 2);
});

test('each sample is captioned, by the name that its button tells', async () => {
  const page = await fixture.openSightline();
  for (const { name } of SAMPLES) {
    const button = page.locator(`[data-sample="${name}"]`);
    const label = (await button.getAttribute('aria-label')) ?? '';
    await button.click();
    await untilCards(page, 1);
    const [told] = await namesOn(page);
    assert.doesNotMatch(told, /sample/, 'a name, not its key');
    assert.ok(label.startsWith(`Sample: ${told}`), label);
    await assertCaptioned(page, told, join(samples, `${name}.jpg`));
    await chooseInMenu(page, '.remove');
    await untilCards(page, 0);
  }
});

test('a dropped address that gives no photo is told of at the foot, until it is read or the next photo comes', async () => {
  const page = await fixture.openSightline();
  const items = [{ mimeType: 'text/uri-list', data: `${fixture.url}nothing.jpg` }];
  const sentence = 'This image could not be fetched. Save it, and drop the file here.';
  await drop(page, { items });
  await assertIntakeError(page, sentence);
  await page.click('#error-bar button');
  assert.ok(await page.isHidden('#error-bar'));
  await drop(page, { items });
  await assertIntakeError(page, sentence);
  await page.click('.sample >> nth=0');
  await page.waitForSelector('#error-bar', { state: 'hidden' });
  await untilCards(page, 1);
  await fixture.endTest(/404/);
});

test('what is no photo is named as such', async () => {
  const page = await fixture.openSightline();
  await page.setInputFiles('#files', { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no photo') });
  await assertIntakeError(page, 'That is not a photo.');
  assert.equal((await namesOn(page)).length, 0);
  const unreadable = 'Cannot read this file. Use JPEG, PNG, WebP, GIF or BMP.';
  const failures = {
    'text.jpg': unreadable,
    'photo.heic': unreadable,
    'empty.jpg': unreadable,
    'truncated.jpg': 'This photo is damaged or cut off. Try another copy.',
    'huge.png': 'This image is too large. Make it smaller first.',
  };
  await choose(page, ...Object.keys(failures));
  assert.ok(await page.isHidden('#error-bar'), 'the last error is over');
  for (const [name, sentence] of Object.entries(failures)) {
    assert.equal(await rowOf(page, name).locator('.line').innerText(), sentence, name);
    // Half a photo can be looked at; of the others a browser would draw a broken picture.
    await rowOf(page, name)
      .locator('img')
      .waitFor({ state: name === 'truncated.jpg' ? 'visible' : 'hidden' });
    const stage = await onStage(page, name);
    assert.equal(await stage.locator('.state').innerText(), sentence, name);
    assert.notEqual(await stage.locator('.state').getAttribute('title'), '', 'for those who report a fault');
    assert.deepEqual(await stage.locator('button:visible').allTextContents(), [], 'trying again cannot help');
  }
  await choose(page, 'scene.jpg');
  await assertCaptioned(page, 'scene.jpg');
  for (const name of Object.keys(failures)) await rowOf(page, name).locator('.dismiss').click();
  assert.deepEqual(await namesOn(page), ['scene.jpg']);
});

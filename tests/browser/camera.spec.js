// A photo from the camera: the page's own on a laptop, that of the device on a telephone.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, namesOn, onStage, untilCards } from './page-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({
  browser: { flags: ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] },
});
const scene = join(photos, 'scene.jpg');
const expected = () => captionByCommand(fixture.models.additive.path, scene);
const NAME = 'Photo from the camera';

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
  const image = (await onStage(page, NAME)).locator('.photo img');
  assert.match((await image.getAttribute('alt')) ?? '', /w\d+.*\.$/i);
  const sides = await image.evaluate((/** @type {HTMLImageElement} */ image) => [
    image.naturalWidth,
    image.naturalHeight,
  ]);
  assert.ok(
    sides.every((side) => side >= 240),
    `${sides}`,
  );
  await page.waitForFunction(isOff);
  await page.click('#add-menu > button');
  await page.click('#add-menu .take');
  await page.waitForSelector('#camera .take-photo:enabled');
  assert.equal(await page.evaluate(isOff), false);
  await page.keyboard.press('Escape');
  await page.waitForSelector('#camera', { state: 'hidden' });
  await page.waitForFunction(isOff);
  assert.ok(await page.locator('#add-menu > button').evaluate((button) => button === document.activeElement));
  assert.equal((await namesOn(page)).length, 1, 'a camera that is closed takes no photo');
});

test('of several cameras one is chosen', async () => {
  const two = await fixture.launch({
    flags: ['--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream'],
  });
  const page = await fixture.openSightline({ browser: two });
  await page.click('#open-camera');
  await page.waitForSelector('#camera .take-photo:enabled');
  const cameras = page.getByLabel('Which camera');
  assert.equal(await cameras.locator('option').count(), 2);
  const before = await cameras.inputValue();
  await cameras.selectOption({
    index: (await cameras.locator('option').first().getAttribute('value')) === before ? 1 : 0,
  });
  await page.waitForFunction((before) => {
    const { srcObject } = /** @type {HTMLVideoElement} */ (document.querySelector('#camera video'));
    const [track] = /** @type {MediaStream} */ (srcObject).getTracks();
    return track.readyState === 'live' && track.getSettings().deviceId !== before;
  }, before);
  await page.click('#camera .take-photo:enabled');
  await untilCards(page, 1);
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
    assert.ok(await page.isHidden('#camera label'), 'there is none to choose');
    assert.ok(await page.isDisabled('#camera .take-photo'));
    const opacity = await page.locator('#camera .take-photo').evaluate((button) => getComputedStyle(button).opacity);
    assert.ok(Number(opacity) < 1, 'it looks disabled');
    await page.click('#camera .close');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'open-camera', 'where it was opened');
    await choose(page, 'scene.jpg');
    await assertCaption(await onStage(page, 'scene.jpg'), expected());
  }
});

test('a touch screen takes the photo with its own camera, and is told of nothing that it cannot do', async () => {
  const telephone = await fixture.launch({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  for (const [width, button] of /** @type {const} */ ([
    [390, '#phone-intake .take'],
    [1024, '#open-camera'],
  ])) {
    const page = await fixture.openSightline({
      browser: telephone,
      prepare: (page) => page.setViewportSize({ width, height: 844 }),
    });
    assert.doesNotMatch(await page.innerText('main'), /Drop|paste|Folders/);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.tap(button)]);
    const input = chooser.element();
    assert.deepEqual(
      [await input.getAttribute('id'), await input.getAttribute('capture'), await input.getAttribute('accept')],
      ['camera-files', 'environment', 'image/*'],
    );
    assert.ok(await page.isHidden('#camera'));
    await chooser.setFiles(scene);
    await untilCards(page, 1);
    await assertCaption(await onStage(page, NAME), expected());
  }
});

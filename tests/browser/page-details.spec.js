// What once went wrong on the page, each a small thing by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fixture } from './fixture.js';
import { choose, onStage } from './page-actions.js';

const fixture = Fixture.forSpec();

for (const width of [1280, 390]) {
  test(`choosing a word moves nothing: ${width} pixels wide`, async () => {
    const page = await fixture.openSightline({
      prepare: (page) => page.setViewportSize({ width, height: 844 }),
    });
    await choose(page, 'scene.jpg');
    const places = () =>
      page.evaluate(() => {
        const parts = ['.photo', '.words', '.sureness', '.word-panel', '.actions', '.strip', '.ask'];
        return parts.map((part) => {
          const { left, top, width, height } = /** @type {Element} */ (
            document.querySelector(`#stage ${part}`)
          ).getBoundingClientRect();
          return [part, left, top, width, height];
        });
      });
    const before = await places();
    const words = page.locator('#stage .word');
    for (let index = 0; index < (await words.count()); index += 5) {
      await words.nth(index).evaluate((word) => /** @type {HTMLElement} */ (word).click());
      assert.equal(await page.locator('#stage .word[aria-pressed=true]').count(), 1);
      assert.deepEqual(await places(), before);
    }
  });
}

test('what cannot be used is not there, or looks like it', async () => {
  const page = await fixture.openSightline();
  await page.click('#open-settings');
  for (const [method, fields] of /** @type {const} */ ([
    ['beam', ['beams', 'max-words']],
    ['greedy', ['max-words']],
    ['sample', ['temperature', 'max-words']],
  ])) {
    await page.selectOption('#method', method);
    const seen = await page
      .locator('#settings .fields input')
      .evaluateAll((inputs) => inputs.filter((input) => input.checkVisibility()).map(({ id }) => id));
    assert.deepEqual(seen, fields, method);
    const labels = await page
      .locator('#settings .fields label')
      .evaluateAll((labels) =>
        labels.flatMap((label) => (label.checkVisibility() ? [/** @type {HTMLLabelElement} */ (label).htmlFor] : [])),
      );
    assert.deepEqual(labels, ['method', ...fields], method);
  }
  const disabled = page.locator('#camera .take-photo');
  assert.equal(await disabled.isDisabled(), true);
  const { opacity, cursor } = await disabled.evaluate((button) => {
    const { opacity, cursor } = getComputedStyle(button);
    return { opacity, cursor };
  });
  assert.deepEqual({ opacity, cursor }, { opacity: '0.5', cursor: 'not-allowed' });
});

test('a file that cannot be read has its reason and no second try, and no empty picture takes the room', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'text.jpg', 'truncated.jpg', 'scene.jpg');
  for (const [name, reason] of /** @type {const} */ ([
    ['text.jpg', 'Cannot read this file. Use JPEG, PNG, WebP, GIF or BMP.'],
    ['truncated.jpg', 'This photo is damaged or cut off. Try another copy.'],
  ])) {
    const stage = await onStage(page, name);
    assert.equal(await stage.locator('.state').innerText(), reason);
    assert.ok(await stage.locator('.again').isHidden(), name);
    assert.ok(await stage.locator('.actions').isHidden(), name);
  }
  await onStage(page, 'text.jpg');
  const box = await page.locator('#stage .photo').boundingBox();
  assert.ok(box && box.width <= 200 && box.height <= 200, JSON.stringify(box));
  // What is in the row leads to it, and takes it away.
  await page.click('.card[data-name="text.jpg"] .dismiss');
  assert.equal(await page.locator('.card').count(), 2);
});

test('the outline of a part lies within the photo, at its edges too', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  const photo = await page.locator('#stage .photo').boundingBox();
  assert.ok(photo);
  await page.mouse.move(photo.x + 2, photo.y + photo.height / 2);
  await page.mouse.down();
  await page.mouse.move(photo.x + photo.width - 2, photo.y + photo.height - 2, { steps: 5 });
  await page.mouse.up();
  const { box, border, outline, isCut } = await page.locator('#stage .region').evaluate((region) => {
    const style = getComputedStyle(region);
    let isCut = false;
    for (let at = region.parentElement; at && !at.matches('.picture'); at = at.parentElement) {
      isCut ||= getComputedStyle(at).overflow !== 'visible';
    }
    return {
      box: region.getBoundingClientRect().toJSON(),
      border: parseFloat(style.borderBottomWidth),
      outline: parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth),
      isCut,
    };
  });
  const near = (/** @type {number} */ one, /** @type {number} */ other) => Math.abs(one - other) < 1;
  assert.ok(near(box.bottom, photo.y + photo.height) && near(box.right, photo.x + photo.width), JSON.stringify(box));
  assert.ok(near(box.left, photo.x), JSON.stringify(box));
  assert.ok(border >= 2 && outline <= 0 && !isCut, `${border} ${outline} ${isCut}`);
});

test('the tab key comes to the sentence before what can be done with it, and to everything by a name', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg', 'grey.jpg');
  const stage = await onStage(page, 'grey.jpg');
  await page.locator('.open[aria-current=true]').focus();
  /** @type {string[]} */
  const stops = [];
  for (let i = 0; i < 7; i += 1) {
    await page.keyboard.press('Tab');
    const { kind, name } = await page.evaluate(() => {
      const element = /** @type {HTMLElement} */ (document.activeElement);
      return { kind: element.className.split(' ')[0], name: element.ariaLabel || element.innerText };
    });
    assert.ok(name, kind);
    stops.push(kind);
  }
  assert.deepEqual(stops.slice(0, 4), ['word', 'copy', 'play', 'icon']);
  assert.ok(stops.includes('ask') && stops.includes('strip'), stops.join());
  // What is read out begins with the sentence, not with the name of a file.
  const sentence = await stage.locator('.photo img').getAttribute('alt');
  assert.equal(await page.locator('#announcer').innerText(), `${sentence} grey.jpg`);
});

test('the page without photos is as high as its window', async () => {
  const page = await fixture.openSightline();
  for (const [width, height] of [
    [1440, 900],
    [1280, 720],
    [1024, 768],
  ]) {
    await page.setViewportSize({ width, height });
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), height, `${width} by ${height}`);
    const footer = await page.locator('footer').boundingBox();
    assert.ok(footer && Math.abs(footer.y + footer.height - height) < 1, `${width} by ${height}`);
  }
});

test('what browsers draw themselves has the page’s colours', async () => {
  const page = await fixture.openSightline();
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    const { accent, primary } = await page.evaluate(() => ({
      accent: getComputedStyle(document.documentElement).accentColor,
      primary: getComputedStyle(/** @type {Element} */ (document.querySelector('.primary'))).backgroundColor,
    }));
    assert.equal(accent, primary, colorScheme);
  }
  await choose(page, 'scene.jpg');
  await page.click('#open-settings');
  assert.equal(await page.locator('input[type=file]:visible, input[type=range]:visible').count(), 0);
});

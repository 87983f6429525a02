// The custom element with controls="inside": a button opens what looks inside, within the element, and the page around
// notices nothing.

import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { eventsOf, MODULE, openHostPage, part, untilEvents, wordsOf } from './host-page.js';
import { assertAccessible, openTab, tabsOf } from './inside-actions.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec();
cpSync(photos, join(fixture.folder, 'photos'), { recursive: true });

/** @param {string} attributes */
const element = (attributes, photo = 'photos/scene.jpg') =>
  `<photo-caption src="${photo}" model="additive/" device="cpu" auto ${attributes}></photo-caption>`;

/** What a page looks like: how its own parts with the dialog's names are drawn. @param {Page} page */
const looksOf = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('main > :not(photo-caption)')].map((own) => {
      const { color, backgroundColor, display, padding, fontSize, minHeight } = getComputedStyle(own);
      return { color, backgroundColor, display, padding, fontSize, minHeight };
    }),
  );

/** What has the keyboard within the element. @param {Page} page */
const focusIn = (page) => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id);

test('with the value alone there is a button once there is a caption, and it opens within the element', async () => {
  writeFileSync(join(fixture.folder, 'site.css'), '.inside-tab { display: none } button { font-size: 99px }');
  const own = '<div class="inside">Mine</div><p class="inside-head">Mine</p><button class="inside-tab">Mine</button>';
  const page = await openHostPage(fixture, own + element('controls="INSIDE"'), {
    head: `<link rel="stylesheet" href="site.css">${MODULE}`,
  });
  const before = await looksOf(page);
  const button = part(page, 'inside');
  assert.ok(await button.isHidden(), 'not before there is a caption');
  await untilEvents(page);
  await button.waitFor();
  assert.equal(await button.getAttribute('part'), 'button inside');
  assert.equal(await button.innerText(), 'Look inside');
  assert.ok(!fixture.requests.some((url) => /inside/.test(url)), 'nothing of it is fetched yet');
  const sentence = await wordsOf(page);

  for (const close of [() => page.keyboard.press('Escape'), () => page.click('.inside-close')]) {
    await button.click();
    await page.locator('dialog.inside[open]').waitFor();
    assert.ok(
      await page.evaluate(() => document.querySelector('photo-caption')?.shadowRoot?.querySelector('dialog.inside')),
    );
    assert.equal(await focusIn(page), 'inside-tab-input');
    for (const tab of await tabsOf(page)) await openTab(page, tab);
    const box = await page.locator('dialog.inside').boundingBox();
    const { clientWidth: width, clientHeight: height } = await page.evaluate(() => {
      const { clientWidth, clientHeight } = document.documentElement;
      return { clientWidth, clientHeight };
    });
    assert.deepEqual(box, { x: 0, y: 0, width, height }, 'all of the window, and nothing below its scroll bar');
    assert.deepEqual(await looksOf(page), before, 'its style stays inside');
    assert.equal(await page.evaluate(() => document.adoptedStyleSheets.length), 0);
    await close();
    await page.locator('dialog.inside').waitFor({ state: 'detached' });
    assert.ok(
      await button.evaluate((button) => /** @type {ShadowRoot} */ (button.getRootNode()).activeElement === button),
      'the keyboard is where it was',
    );
    const sheets = await page.evaluate(
      () => document.querySelector('photo-caption')?.shadowRoot?.adoptedStyleSheets.length,
    );
    assert.equal(sheets, 1, 'only the element’s own style is left');
  }
  assert.deepEqual(await wordsOf(page), sentence);
});

test('controls alone, or no controls, show no button', async () => {
  const page = await openHostPage(fixture, element('controls') + element('') + element('controls="other"'));
  await untilEvents(page, 3);
  for (const button of await part(page, 'inside').all()) assert.ok(await button.isHidden());
  await page.evaluate(() => document.querySelector('photo-caption')?.setAttribute('controls', 'inside'));
  await part(page, 'inside').first().waitFor();
  assert.equal(await part(page, 'inside').locator('visible=true').count(), 1, 'the value may come later');
});

test('the photo that the element has captioned is the one that is looked into, in the language around', async () => {
  const image = '<img src="photos/grey.jpg">';
  const page = await openHostPage(fixture, element('controls="inside" lang="ar"', '').replace('><', `>${image}<`));
  await untilEvents(page);
  await part(page, 'inside').click();
  await openTab(page, 'input');
  assert.equal(await page.locator('dialog.inside').getAttribute('dir'), 'rtl');
  const told = await page.evaluate(async () => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    const captioner = await Captioner.load({ model: 'additive/', device: 'cpu' });
    const { hedged } = await captioner.caption(new URL('photos/grey.jpg', location.href));
    captioner.dispose();
    return hedged;
  });
  assert.equal(await page.locator('.inside-sentence').innerText(), told);
  await assertAccessible(page, 'photo-caption', 'within an element');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.inside-foot button').first().click(),
  ]);
  assert.match(download.suggestedFilename(), /^grey-input-[a-z]+\.png$/);
});

test('what cannot be fetched says so, and the button opens it the next time', async () => {
  const page = await openHostPage(fixture, element('controls="inside"'));
  await untilEvents(page);
  let refuses = true;
  fixture.intercept = (request, response) => {
    if (!refuses || !request.url?.includes('/inside/panel.js')) return false;
    response.writeHead(503, { 'Cache-Control': 'no-store' }).end();
    return true;
  };
  await part(page, 'inside').click();
  const status = part(page, 'status');
  await status.waitFor();
  assert.match(await status.innerText(), /^What looks inside could not be fetched\./);
  assert.equal(await page.locator('photo-caption [aria-live]').innerText(), await status.innerText());
  assert.deepEqual(await eventsOf(page, 'caption-error'), [], 'its caption is there');
  refuses = false;
  await part(page, 'inside').click();
  assert.ok(await status.isHidden());
  await page.locator('dialog.inside[open]').waitFor();
  await openTab(page, 'input');
  await fixture.endTest(/503/);
});

// Many photos: how they come, wait, and are stopped, and what is taken away from them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import {
  choose,
  chooseInMenu,
  namesOn,
  onStage,
  photoNamed,
  rowOf,
  savedAll,
  savedBy,
  untilCards,
} from './page-actions.js';

const fixture = Fixture.forSpec({ permissions: ['clipboard-read', 'clipboard-write'] });
const { additive } = fixture.models;
const scene = join(photos, 'scene.jpg');

/** A table by RFC 4180. @param {string} text */
function readCsv(text) {
  assert.ok(text.endsWith('\r\n'));
  return text
    .slice(0, -2)
    .split(/\r\n(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
      ),
    );
}

test('many photos are captioned in their order, and a broken one stops none', async () => {
  const page = await fixture.openSightline();
  await page.evaluate(() => {
    /** @type {string[]} */
    const said = [];
    Object.assign(globalThis, { said });
    const announcer = /** @type {Element} */ (document.querySelector('#announcer'));
    new MutationObserver(() => said.push(announcer.textContent ?? '')).observe(announcer, { childList: true });
  });
  const names = ['scene.jpg', 'truncated.jpg', 'grey.jpg', 'lossy.webp', 'rgb16.png'];
  await choose(page, ...names);
  assert.deepEqual(await namesOn(page), names);
  assert.equal(await page.getAttribute('#stage', 'aria-label'), names[0], 'the first is looked at');
  const broken = 'This photo is damaged or cut off. Try another copy.';
  const captions = names.map((name) =>
    name === 'truncated.jpg' ? undefined : captionByCommand(additive.path, join(photos, name)),
  );
  assert.deepEqual(
    await page.evaluate('said'),
    names.map((name, i) => (captions[i] ? `${captions[i].hedged} ${name}` : `No caption. ${broken} ${name}`)),
  );
  assert.deepEqual(
    await page.locator('.card .line').allTextContents(),
    captions.map((caption) => caption?.text ?? broken),
  );
  for (const [i, name] of names.entries()) {
    const stage = await onStage(page, name);
    if (captions[i]) {
      await assertCaption(stage, captions[i], name);
      continue;
    }
    assert.equal(await stage.locator('.state').innerText(), broken);
    assert.equal(await stage.locator('.photo img').getAttribute('alt'), '');
    for (const part of ['.again', '.actions', '.word', '.ask', '.word-panel']) {
      assert.equal(await stage.locator(part).filter({ visible: true }).count(), 0, part);
    }
  }
  await rowOf(page, 'truncated.jpg').locator('.dismiss').click();
  assert.deepEqual(
    await namesOn(page),
    names.filter((name) => name !== 'truncated.jpg'),
  );
});

test('all captions are saved as a table and as JSON, whatever the photos are called', async () => {
  const page = await fixture.openSightline();
  const names = ['one, two.jpg', 'a "quoted", name.jpg', '=HYPERLINK("x").jpg', 'truncated.jpg'];
  for (const [i, name] of names.entries()) {
    assert.equal(await page.isVisible('#save-menu'), i > 1, 'there is nothing to save together before there are two');
    await choose(page, photoNamed(name, name === 'truncated.jpg' ? name : 'scene.jpg'));
  }
  const expected = captionByCommand(additive.path, scene);
  await page.click('#save-menu > button');
  const table = await savedBy(page, () => page.click('#save-csv'));
  assert.equal(table.name, 'captions.csv');
  const rows = readCsv(String(table.content));
  const message = 'the JPEG file ends before the picture does; get a complete copy of it';
  assert.deepEqual(rows[0], ['photo', 'caption', 'log_probability', 'error']);
  assert.deepEqual(
    rows.slice(1).map(([name, text, , error]) => [name, text, error]),
    [...[names[0], names[1], `'${names[2]}`].map((name) => [name, expected.hedged, '']), [names[3], '', message]],
    'and a spreadsheet takes no name for a formula',
  );
  for (const [, , number] of rows.slice(1, 4)) {
    assert.ok(Math.abs(Number(number) - expected.logProbability) < 1e-2, number);
  }
  assert.equal(rows[4][2], '');
  const file = await savedAll(page, '#save-json');
  assert.equal(file.name, 'captions.json');
  const found = JSON.parse(String(file.content));
  assert.deepEqual(
    found.map((/** @type {any} */ { photo }) => photo),
    names,
  );
  assert.deepEqual(found[3], { photo: 'truncated.jpg', error: { code: 'image-corrupt', message } });
  const { photo, ...caption } = found[0];
  assert.deepEqual(
    Object.keys(caption).sort(),
    Object.keys(expected)
      .filter((key) => key !== 'photo')
      .sort(),
  );
  assert.deepEqual(
    found[1].words.map((/** @type {any} */ word) => word.text),
    expected.words.map((/** @type {any} */ word) => word.text),
  );
  assert.equal(found[1].words[0].attention.flat().length, 49);
});

for (const reducedMotion of /** @type {const} */ (['reduce', 'no-preference'])) {
  test(`a caption is stopped while it is written, and written again, with motion: ${reducedMotion}`, async () => {
    fixture.delayWords(50);
    const page = await fixture.openSightline({ prepare: (page) => page.emulateMedia({ reducedMotion }) });
    await page.setInputFiles('#files', scene);
    await page.waitForFunction(() => document.querySelector('#stage.working .words')?.textContent?.includes(' '));
    const stage = page.locator('#stage');
    await stage.locator('.stop').press('Enter');
    await stage.locator('.state:text("Stopped.")').waitFor();
    assert.ok(await stage.evaluate((stage) => stage === document.activeElement), 'the keyboard stays at the photo');
    assert.deepEqual(await stage.locator('.reading button:visible').allTextContents(), ['Try again']);
    assert.equal(await stage.locator('.words').innerText(), '', 'nothing is left of what was written');
    assert.equal(await stage.locator('.photo img').getAttribute('alt'), '');
    await stage.locator('.again').click();
    await page.waitForSelector('#stage .actions');
    await untilCards(page, 1);
    await assertCaption(stage, captionByCommand(additive.path, scene));
  });
}

test('all that wait can be stopped at once, and each tried again', async () => {
  fixture.delayWords(20);
  const page = await fixture.openSightline();
  const names = ['scene.jpg', 'grey.jpg', 'lossy.webp'];
  await page.setInputFiles('#files', join(photos, names[0]));
  await page.waitForSelector('#stage.working .word');
  assert.ok(await page.isHidden('#queue'), 'one photo tells of itself');
  await page.setInputFiles(
    '#files',
    names.slice(1).map((name) => join(photos, name)),
  );
  await rowOf(page, names[0]).and(page.locator('[data-state=done]')).waitFor();
  assert.match(await page.innerText('#queue p'), /^[12] of 3$/);
  await page.click('#stop-all');
  await untilCards(page, 3);
  assert.ok(await page.isHidden('#queue'));
  assert.equal(await rowOf(page, names[2]).getAttribute('data-state'), 'stopped');
  const stage = await onStage(page, names[2]);
  assert.equal(await stage.locator('.state').innerText(), 'Stopped.');
  await stage.locator('.again').click();
  await untilCards(page, 3);
  for (const name of [names[0], names[2]]) {
    await assertCaption(await onStage(page, name), captionByCommand(additive.path, join(photos, name)), name);
  }
});

test('the caption is copied as text, and as an <img> with its alt', async () => {
  const page = await fixture.openSightline();
  await choose(page, photoNamed('a "b" & <c>.jpg', 'scene.jpg'));
  const { hedged: text } = captionByCommand(additive.path, scene);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.clock.install();
  await page.click('#stage .copy');
  await page.waitForSelector('.copy:text("Copied")');
  assert.equal(await copied(), text);
  await page.clock.runFor(2000);
  assert.equal(await page.innerText('#stage .copy'), 'Copy text');
  await chooseInMenu(page, '.copy-html');
  await page.waitForSelector('.copy:text("Copied")');
  const html = await copied();
  assert.equal(html, `<img src="a &quot;b&quot; &amp; &lt;c>.jpg" alt="${text}">`);
  // The page's policy lets nobody parse HTML on it.
  const reader = await fixture.browser.newPage();
  const image = await reader.evaluate((html) => {
    const image = new DOMParser().parseFromString(html, 'text/html').images[0];
    return [image.getAttribute('src'), image.alt];
  }, html);
  await reader.close();
  assert.deepEqual(image, ['a "b" & <c>.jpg', text]);
});

test('where the clipboard is forbidden, the text is offered to be copied by hand', async () => {
  const page = await fixture.openSightline();
  await choose(page, 'scene.jpg');
  await page.evaluate(
    () => (navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))),
  );
  const offered = page
    .waitForEvent('dialog')
    .then(async (dialog) => [dialog.defaultValue(), await dialog.dismiss()][0]);
  await page.click('#stage .copy');
  assert.equal(await offered, captionByCommand(additive.path, scene).hedged);
});

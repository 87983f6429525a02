// The words of the custom element under somebody's hands, its map on the screen, and a page that does not jump meanwhile.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { HEADERS } from '../../scripts/serve.js';
import { isFlat } from '../../www/view/spotlight.js';
import english from '../../www/view/text/en.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { hearElements, MODULE, openHostPage, part, untilEvents, writeHostPage } from './host-page.js';
import { assertSpotlight } from './spotlight-actions.js';

/** @import { Page } from 'playwright-core' */
/** @import { Caption, Word } from '../../www/protocol.js' */

const fixture = Fixture.forSpec({ models: { dot: 'dot' } });
const { dot: model } = fixture.models;
cpSync(photos, join(fixture.folder, 'photos'), { recursive: true });

/** What the command line says about the photo. @returns {Caption} */
function expected() {
  return captionByCommand(model.path, join(photos, 'scene.jpg'));
}

/** The words that are chosen. @param {Page} page */
function chosen(page) {
  return page
    .locator('photo-caption [part=word]')
    .evaluateAll((words) => words.flatMap((word, i) => (word.ariaPressed === 'true' ? [i] : [])));
}

test('a hint says what words are for; a chosen one is let go by Escape, a second click and one elsewhere', async () => {
  const page = await openHostPage(
    fixture,
    '<p>Elsewhere</p><photo-caption src="photos/scene.jpg" model="dot/" auto controls></photo-caption>',
  );
  await untilEvents(page);
  const caption = expected();
  const element = page.locator('photo-caption');
  const word = part(page, 'word').nth(1);
  const isTouched = await page.evaluate(() => matchMedia('(hover: none)').matches);
  const hint = english[isTouched ? 'caption.hint-touch' : 'caption.hint'];
  assert.equal(await part(page, 'detail').innerText(), hint);
  const letGo = async (/** @type {string} */ how) => {
    assert.deepEqual(await chosen(page), [], how);
    assert.equal(await part(page, 'detail').innerText(), hint, how);
    await page.mouse.move(0, 0);
    assert.ok(await part(page, 'overlay').isHidden(), how);
  };
  await word.click();
  assert.deepEqual(await chosen(page), [1]);
  assert.match(await part(page, 'detail').innerText(), new RegExp(`^Why “${caption.words[1].text}”[?]`));
  await assertSpotlight(element, caption, 1);
  await page.locator('photo-caption [aria-current]').click();
  assert.deepEqual(await chosen(page), [1], 'its own row changes nothing');
  await word.click();
  await letGo('a second click');
  await word.press('Enter');
  await page.keyboard.press('ArrowRight');
  assert.deepEqual(await chosen(page), [2]);
  await page.keyboard.press('Escape');
  await letGo('Escape');
  await word.click();
  await page.getByText('Elsewhere').click();
  await letGo('a click elsewhere');
  await word.click();
  await part(page, 'image').click();
  await letGo('a click on the photo');
});

test('words of which the model was not sure are marked, for eyes and for ears', async () => {
  const page = await openHostPage(
    fixture,
    '<photo-caption src="photos/scene.jpg" model="dot/" auto controls></photo-caption>',
  );
  await untilEvents(page);
  const { words } = expected();
  const marked = await part(page, 'word').evaluateAll((words) =>
    words.map((word) => [word.classList.contains('unsure'), word.getAttribute('aria-description')]),
  );
  const probabilities = words.map(({ logProbability }) => Math.exp(logProbability));
  assert.ok(probabilities.some((probability) => probability < 0.45));
  assert.deepEqual(
    marked,
    probabilities.map((probability) =>
      probability < 0.45 ? [true, `${Math.round(100 * probability)}%, unsure`] : [false, null],
    ),
  );
});

test('what was looked at keeps its colours on the screen, and the rest goes dark and grey', async () => {
  // Red all over, so that every difference is the map's.
  writeFileSync(
    join(fixture.folder, 'red.css'),
    'photo-caption img { inline-size: 350px; block-size: 350px; filter: brightness(0) invert(25%) sepia(1) saturate(20); }',
  );
  const page = await openHostPage(
    fixture,
    '<photo-caption model="dot/" auto controls><img src="photos/scene.jpg"></photo-caption>',
    { head: `<link rel="stylesheet" href="red.css">${MODULE}` },
  );
  await untilEvents(page);
  const { words } = expected();
  const index = words.findIndex((word) => word.attention && !isFlat(word) && spread(word.attention) > 0.9);
  assert.ok(index >= 0, 'a word that looked at one place and not at another');
  await part(page, 'word').nth(index).focus();
  const image = page.locator('photo-caption > img');
  const shot = (await image.screenshot()).toString('base64');
  const weights = /** @type {number[][]} */ (words[index].attention).flat();
  const cells = [weights.indexOf(Math.max(...weights)), weights.indexOf(Math.min(...weights))];
  const [most, least] = await page.evaluate(
    async ({ shot, cells }) => {
      const bytes = Uint8Array.from(atob(shot), (character) => character.charCodeAt(0));
      const canvas = new OffscreenCanvas(350, 350);
      const context = canvas.getContext('2d');
      context?.drawImage(await createImageBitmap(new Blob([bytes])), 0, 0, 350, 350);
      return cells.map((cell) => {
        const [x, y] = [(cell % 7) * 50 + 25, Math.floor(cell / 7) * 50 + 25];
        return [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3);
      });
    },
    { shot, cells },
  );
  const colour = (/** @type {number[]} */ pixel) => Math.max(...pixel) - Math.min(...pixel);
  assert.ok(colour(least) < 0.3 * colour(most), `${least} is greyer than ${most}`);
  assert.ok(Math.max(...least) < Math.max(...most), `${least} is darker than ${most}`);
});

/** How far the smallest weight is below the greatest. @param {number[][]} weights */
function spread(weights) {
  return 1 - Math.min(...weights.flat()) / Math.max(...weights.flat());
}

test('a map becomes that of another word by and by, or at once for who wants no motion', async () => {
  const moving = await fixture.launch({ reducedMotion: 'no-preference' });
  const caption = expected();
  for (const browser of [moving, fixture.browser]) {
    const page = await openHostPage(
      fixture,
      '<photo-caption src="photos/scene.jpg" model="dot/" auto controls></photo-caption>',
      { browser },
    );
    await untilEvents(page);
    const paths = await page.evaluate(async () => {
      const root = /** @type {ShadowRoot} */ (document.querySelector('photo-caption')?.shadowRoot);
      const words = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll('[part=word]'));
      const path = () => root.querySelector('.contour path')?.getAttribute('d') ?? '';
      const seen = [];
      words[1].focus();
      seen.push(path());
      words[2].focus();
      seen.push(path());
      // Until it stays as it is for ten frames.
      for (let frames = 0; frames < 10; frames += 1) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (path() === seen.at(-1)) continue;
        seen.push(path());
        frames = 0;
      }
      return seen;
    });
    const isAtOnce = browser === fixture.browser;
    assert.equal(paths[1] === paths.at(-1), isAtOnce);
    assert.equal(paths[1] === paths[0], !isAtOnce);
    await assertSpotlight(page.locator('photo-caption'), caption, 2);
  }
});

test('nothing jumps while photo, model and caption come, where the photo’s size is known', async () => {
  const scene = readFileSync(join(photos, 'scene.jpg'));
  /** Photos that come when the page was painted. @type {(() => void)[]} */
  const waiting = [];
  let isPainted = false;
  fixture.intercept = (request, response) => {
    if (request.url?.endsWith('painted')) {
      isPainted = true;
      response.writeHead(204).end();
    } else if (request.url?.endsWith('late.jpg')) {
      waiting.push(() => response.writeHead(200, { 'Content-Type': 'image/jpeg', ...HEADERS }).end(scene));
    } else {
      return false;
    }
    if (isPainted) for (const answer of waiting.splice(0)) answer();
    return true;
  };
  const address = writeHostPage(
    fixture,
    `<photo-caption src="photos/late.jpg" width="160" height="104" model="dot/" auto controls></photo-caption>
    <p>Below</p>
    <photo-caption model="dot/" auto beams="1"><img src="photos/late.jpg" width="160" height="104"></photo-caption>
    <p>Below that</p>`,
    { head: MODULE.replace('<script', '<script blocking="render"') },
  );
  const { page } = await fixture.openPage(address, {
    prepare: async (page) => {
      await page.addInitScript(hearElements);
      await page.addInitScript(() =>
        new PerformanceObserver(() => fetch('painted')).observe({ type: 'paint', buffered: true }),
      );
    },
  });
  await untilEvents(page, 2);
  const shift = await page.evaluate(async () => {
    for (let frames = 0; frames < 2; frames += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    const end = performance.now();
    return new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.startTime < end) sum += /** @type {any} */ (entry).value;
          else resolve(sum);
        }
      }).observe({ type: 'layout-shift', buffered: true });
      // One more, which tells that those before it were told of.
      document.body.style.paddingBlockStart = '100px';
    });
  });
  assert.ok(shift <= 0.01, `${shift}`);
  assert.deepEqual(
    await page.locator('img[width]').evaluateAll((images) => images.map((image) => image.clientHeight)),
    [104, 104],
  );
});

// The main uses, in a browser that Playwright does not drive: a photo is dropped, its words come with their maps, by mouse
// and by keys, the element does the same elsewhere, and all of it goes on without a network.

import assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dist } from '../../scripts/build.js';
import { root } from '../../scripts/run.js';
import { HEADERS } from '../../scripts/serve.js';
import { isFlat } from '../../www/view/spotlight.js';
import { endPrograms } from './beside.js';
import { captionByCommand, photos } from './command-line.js';
import { hearElements, MODULE, writeHostPage } from './host-page.js';
import { automatic, Site } from './site.js';
import { assertOpacities, opacitiesOf } from './spotlight-actions.js';
import { KEYS } from './web-driver.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Caption } from '../../www/protocol.js' */
/** @import { PageEvent } from './host-page.js' */
/** @import { WebDriver } from './web-driver.js' */

const WATCH = '/fixture/watch.js';
const scene = join(photos, 'scene.jpg');

/** Keeps in `faults` what goes wrong on a page, as no WebDriver does. It runs there, before anything else does. */
function watchFaults() {
  /** @type {string[]} */
  const faults = [];
  Object.assign(window, { faults });
  // Files that do not load tell it to themselves alone.
  const isCapturing = true;
  addEventListener('error', ({ message, target }) => faults.push(message ?? `${target} does not load`), isCapturing);
  addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    faults.push(`against the policy: ${violatedDirective}, ${blockedURI}`),
  );
  const { error } = console;
  console.error = (...said) => {
    faults.push(said.join(' '));
    error(...said);
  };
}

/**
 * Answers with the page as it is but for one script more, in front of all others, and with that script.
 * @param {IncomingMessage} request @param {ServerResponse} response
 */
function serveWatched({ url, headers }, response) {
  const isPage = /^\/(\?|$)/.test(url ?? '') && headers['sec-fetch-mode'] === 'navigate';
  if (isPage) {
    const page = readFileSync(join(dist, 'index.html'), 'utf8').replace(
      '<script',
      `<script src="${WATCH}"></script>$&`,
    );
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/html' }).end(page);
  } else if (url === WATCH) {
    const script = `(${watchFaults})();(${hearElements})();`;
    response.writeHead(200, { ...HEADERS, 'Content-Type': 'text/javascript' }).end(script);
  } else return false;
  return true;
}

/** The stage's words, their sentence, and the text for who does not see the photo. @param {WebDriver} browser */
function shownBy(browser) {
  return browser.evaluateOn('#stage', (stage) => ({
    alt: stage.querySelector('.photo img').alt,
    sentence: stage.querySelector('.words').innerText.replaceAll(/\s+/g, ' ').trim(),
    words: [...stage.querySelectorAll('.word')].map(({ dataset }) => dataset.word),
  }));
}

/** @param {Caption} caption */
function expectedOf({ hedged, text, words }) {
  return { alt: hedged, sentence: text, words: words.map(({ text }) => text) };
}

/** Nothing went wrong on the page. @param {WebDriver} browser */
async function assertFaultless(browser) {
  assert.deepEqual(await browser.evaluate(() => /** @type {any} */ (window).faults), []);
}

/** @param {WebDriver} browser @param {number} count of photos that have their captions */
async function untilCaptioned(browser, count = 1) {
  await browser.until(
    (count) =>
      document.querySelectorAll('.card:not(.working)').length === count &&
      !document.querySelector('#stage.working, #stage .hollow'),
    count,
  );
}

/**
 * The map of a word is over the photo, or nothing where nothing stands out.
 * @param {WebDriver} browser @param {Caption} caption @param {number} index
 */
async function assertMap(browser, { words, grid }, index) {
  const shown = await browser.evaluateOn('#stage .overlay', (overlay) => [overlay.dataset.word, !overlay.hidden]);
  assert.deepEqual(shown, [words[index].text, !isFlat(words[index])]);
  if (isFlat(words[index])) return;
  assertOpacities(await browser.evaluateOn('#stage .dim', opacitiesOf, grid), words[index]);
  const line = await browser.evaluateOn('#stage .contour path:last-of-type', (path) => path.getAttribute('d'));
  assert.match(line ?? '', /^M.*Z$/);
}

/**
 * Tests a browser, or says that it is missing.
 * @param {string} name
 * @param {((folder: string) => Promise<WebDriver>) | undefined} start begins one that was nowhere yet; it may use the folder
 */
export function testMainUses(name, start) {
  if (!start) {
    test(name, { skip: `${name} is missing and cannot be installed here` });
    return;
  }
  const site = new Site();
  const model = site.modelNamed('additive');
  /** @type {WebDriver} */
  let browser;

  before(async () => {
    await site.open();
    site.pack('additive');
    cpSync(photos, join(site.folder, 'photos'), { recursive: true });
    browser = await start(site.folder);
  });
  after(async () => {
    await endPrograms();
    site.close();
  });

  /** Opens the page with the small model, and has it keep nothing for later. */
  async function openSightline() {
    site.intercept = (request, response) => {
      if (request.url !== '/service-worker.js') return serveWatched(request, response);
      response.writeHead(404).end();
      return true;
    };
    await browser.open(`${site.url}?model=fixture/additive/`);
    await browser.until(() => document.documentElement.dataset.device);
  }

  test(`in ${name} a photo that is dropped is captioned word by word`, async () => {
    await openSightline();
    await browser.click('#open-settings');
    await browser.click('#method option[value=greedy]');
    await browser.click('#settings .close');
    await browser.evaluate(async () => {
      /** @type {string[]} */
      const seen = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const words = document.querySelector('#stage.working .words')?.textContent?.trim();
        if (words && words !== seen.at(-1)) seen.push(words);
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
      const photo = await (await fetch('fixture/photos/scene.jpg')).blob();
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([photo], 'scene.jpg', { type: photo.type }));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await untilCaptioned(browser);
    const expected = captionByCommand(model.path, scene, '--beams', '1');
    assert.deepEqual(await shownBy(browser), expectedOf(expected));
    const sentence = expected.text.slice(0, -1).split(' ');
    assert.deepEqual(
      await browser.evaluate(() => /** @type {any} */ (window).seen),
      sentence.map((/** @type {string} */ _, /** @type {number} */ i) => sentence.slice(0, i + 1).join(' ')),
    );
    await assertFaultless(browser);
  });

  test(`in ${name} each word shows where the model looked, by a click and by keys, and unsure ones are dotted`, async () => {
    await openSightline();
    await browser.choose('#files', scene);
    await untilCaptioned(browser);
    const expected = captionByCommand(model.path, scene);
    assert.deepEqual(await shownBy(browser), expectedOf(expected));
    await browser.click('#stage .word');
    for (const index of expected.words.keys()) {
      if (index > 0) await browser.press(KEYS.ArrowRight);
      await assertMap(browser, expected, index);
    }
    await browser.press(KEYS.Escape);
    assert.equal(await browser.evaluateOn('#stage .overlay', (overlay) => overlay.dataset.word), '');
    assert.equal(
      await browser.evaluateOn('.word.unsure', (word) => getComputedStyle(word).textDecorationStyle),
      'dotted',
    );
    await assertFaultless(browser);
  });

  test(`in ${name} the element captions on a page of somebody else, and tells that page`, async () => {
    const markup = '<photo-caption id="it" src="photos/scene.jpg" model="additive/" auto controls></photo-caption>';
    const head = `<script src="${WATCH}"></script>${MODULE}`;
    await browser.open(site.url + writeHostPage(site, markup, { head }));
    await browser.until(() =>
      /** @type {any} */ (window).heard.some((/** @type {PageEvent} */ { type }) => /^caption(-error)?$/.test(type)),
    );
    const { hedged, words } = captionByCommand(model.path, scene);
    const told = await browser.evaluate(() =>
      /** @type {any} */ (window).heard
        .filter((/** @type {PageEvent} */ { type }) => type === 'caption')
        .map((/** @type {PageEvent} */ { id, detail }) => [id, detail.hedged]),
    );
    assert.deepEqual(told, [['it', hedged]]);
    const shown = await browser.evaluateOn('photo-caption', ({ shadowRoot, value }) => ({
      value,
      alt: shadowRoot.querySelector('[part~=image]').alt,
      words: [...shadowRoot.querySelectorAll('[part~=word]')].map(({ dataset }) => dataset.word),
    }));
    const texts = words.map((/** @type {{ text: string }} */ { text }) => text);
    assert.deepEqual(shown, { value: hedged, alt: hedged, words: texts });
    await assertFaultless(browser);
  });

  test(`in ${name} the camera's dialog begins with a button that does something`, async () => {
    await openSightline();
    await browser.click('#open-camera');
    await browser.until(() => document.querySelector('#camera[open]'));
    assert.ok(await browser.evaluateOn('#camera .close', (button) => button === document.activeElement));
    await assertFaultless(browser);
  });

  test(`in ${name} the page that was once visited captions without a network, by the model that ships`, async () => {
    const expected = expectedOf(captionByCommand(join(root, 'models', automatic), scene));
    site.intercept = serveWatched;
    await browser.open(site.url);
    await browser.until(() => document.querySelector('#status')?.textContent === 'Ready. Works offline.');
    await browser.choose('#files', scene);
    await untilCaptioned(browser);
    assert.deepEqual(await shownBy(browser), expected);
    await assertFaultless(browser);
    site.intercept = (request) => {
      request.socket.destroy();
      return true;
    };
    await browser.open(site.url);
    await browser.until(() => document.documentElement.dataset.device);
    await browser.choose('#files', scene);
    await untilCaptioned(browser);
    assert.deepEqual(await shownBy(browser), expected);
  });
}

// What every browser test needs: small models, the built page on a server that can misbehave, and Chromium.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../../scripts/run.js';
import { filesOf, HEADERS, serve } from '../../scripts/serve.js';
import { writeDecoder } from './decoders.js';

/** @import { BrowserContext, Locator, Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */
/** @typedef {string | { name: string, mimeType: string, buffer: Buffer }} Chosen */
/** @import { Before } from '../../scripts/serve.js' */

export const photos = join(root, 'tests/photos');
const program = join(root, 'target/debug/sightline');
const checkpoint = join(root, 'tests/reference/checkpoint.pth');

/** A page with nothing on it, for those who use the API alone. */
const BLANK = '/stage/blank.html';

/** Runs a program to its end, and returns what it prints. @param {string} folder where @param {string} program @param {...string} options */
export function done(folder, program, ...options) {
  // npm is a batch file on Windows.
  const { status, stdout, stderr } = spawnSync(program, options, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  assert.equal(status, 0, `${program} ${options.join(' ')}\n${stdout}${stderr}`);
  return stdout.trim();
}

/** Runs the command line, and returns what it prints. @param {...string} options */
export function sightline(...options) {
  return done(root, program, ...options);
}

/** What the command line says about a photo. @param {string} model @param {string} photo @param {...string} options */
export function captionByCommand(model, photo, ...options) {
  return JSON.parse(sightline('caption', '--json', '--device', 'cpu', '--model', model, ...options, photo));
}

/** The card of a photo, by its name. @param {Page} page @param {string} name */
export function cardOf(page, name) {
  return page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) });
}

/** The cards' names, as they stand on the page. @param {Page} page */
export function namesOn(page) {
  return page.locator('.card .name').allTextContents();
}

/** Waits until nothing is being captioned, and so many cards are there. @param {Page} page @param {number} count */
export async function settled(page, count) {
  await page.waitForFunction((count) => document.querySelectorAll('.card:not(.working)').length === count, count);
}

/** Chooses photos, by their names in tests/photos or as they are, and waits for their captions. @param {Page} page @param {...Chosen} chosen */
export async function choose(page, ...chosen) {
  const before = await page.locator('.card').count();
  const files = chosen.map((file) => (typeof file === 'string' ? named(file, file) : file));
  await page.setInputFiles('#files', files);
  await settled(page, before + files.length);
}

/** A photo of tests/photos under another name. @param {string} name @param {string} photo @returns {Exclude<Chosen, string>} */
export function named(name, photo) {
  const mimeType = `image/${photo.split('.').at(-1)?.replace('jpg', 'jpeg')}`;
  return { name, mimeType, buffer: readFileSync(join(photos, photo)) };
}

/** Sets one of the settings. @param {Page} page @param {'method' | 'beams' | 'temperature' | 'max-words'} name @param {string} value */
export async function set(page, name, value) {
  await page.locator('#model details').evaluate((details) => details.setAttribute('open', ''));
  const field = page.locator(`#${name}`);
  await (name === 'method' ? field.selectOption(value) : field.fill(value));
}

/** The card says what the command line says. @param {Locator} card @param {Caption} expected @param {string} [what] */
export async function assertSays(card, expected, what = '') {
  assert.equal(await card.locator('.frame img').getAttribute('alt'), expected.text, what);
  assert.deepEqual(
    await card.locator('.word').allTextContents(),
    expected.words.map(({ text }) => text),
    what,
  );
}

/** The cell where the map of a card, or of an element, is brightest; or -1 where nothing is drawn. @param {Locator} card @param {Caption} caption */
export function brightest(card, { grid }) {
  return card.locator('.overlay').evaluate((/** @type {HTMLCanvasElement} */ canvas, { rows, cols }) => {
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    let best = -1;
    for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > (pixels[best] ?? 0)) best = i;
    const place = best >> 2;
    return best < 0
      ? -1
      : Math.floor((Math.floor(place / width) / height) * rows) * cols + Math.floor(((place % width) / width) * cols);
  }, grid);
}

/** Whether a cell holds the most of a word's attention, or as good as that. @param {number} cell @param {Caption} caption @param {number} index @param {string} [what] */
export function assertLookedAt(cell, { words }, index, what = '') {
  const weights = words[index].attention?.flat() ?? [];
  assert.ok(
    weights[cell] > Math.max(...weights) - 1e-3,
    `${what} ${words[index].text}: cell ${cell}, and not ${weights.indexOf(Math.max(...weights))}`,
  );
}

/** What a button saves. @param {Page} page @param {string} button its selector */
export async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

/** A temporary folder, models in it, and a server that serves both the page and them. */
export class Stage {
  folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  /** Answers requests before the server does, where a test wants trouble. @type {Before} */
  before = () => false;
  /** What was asked for, until a test empties it. @type {string[]} */
  requests = [];
  /** Everything that went wrong on any page, until a test settles it. @type {string[]} */
  faults = [];
  /** @type {import('../../scripts/serve.js').Server | undefined} */
  #server;
  /** @type {BrowserContext[]} */
  #browsers = [];
  /** @type {Page[]} */
  #pages = [];

  async open() {
    const files = filesOf(this.folder);
    this.#server = await serve(0, {
      before: (request, response) => {
        this.requests.push(request.url ?? '');
        if (this.before(request, response)) return true;
        if (!request.url?.startsWith('/stage/')) return false;
        if (request.url === BLANK) {
          response.writeHead(200, { 'Content-Type': 'text/html', ...HEADERS });
          response.end('<!doctype html><html lang="en"><title>blank</title><link rel="icon" href="data:,">');
          return true;
        }
        request.url = request.url.slice('/stage'.length);
        files(request, response, () => void response.writeHead(404).end());
        return true;
      },
    });
  }

  get url() {
    return this.#server?.url ?? '';
  }

  /**
   * A small model; only that with additive attention was ever near PyTorch, the others' weights are noise.
   * @param {string} name @param {'additive' | 'dot' | 'lstm' | 'rnn' | 'transformer'} [decoder]
   * @param {{ words?: number, dtype?: string }} [options] the one with additive attention has 40 words
   */
  model(name, decoder = 'additive', { words = 40, dtype = 'int8' } = {}) {
    const vocabulary = join(this.folder, `${name}.json`);
    const marks = ['<pad>', '<start>', '<end>', '<unk>'];
    writeFileSync(vocabulary, JSON.stringify([...marks, ...Array.from({ length: words - 4 }, (_, i) => `w${i + 4}`)]));
    const weights =
      decoder === 'additive' ? checkpoint : writeDecoder(join(this.folder, `${name}.safetensors`), decoder, words);
    const path = join(this.folder, name);
    sightline(
      'pack',
      '--encoder',
      checkpoint,
      '--decoder',
      weights,
      '--heads',
      '4',
      '--vocabulary',
      vocabulary,
      '--dtype',
      dtype,
      '--name',
      name,
      '--force',
      path,
    );
    return { path, url: `${this.url}stage/${name}/` };
  }

  /**
   * A Chromium with an empty profile.
   * @param {{ webgpu?: boolean, flags?: string[] } & Parameters<typeof chromium.launchPersistentContext>[1]} [options]
   */
  async browser({ webgpu = false, flags = [], ...options } = {}) {
    const browser = await chromium.launchPersistentContext(mkdtempSync(join(this.folder, 'profile-')), {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      headless: false,
      // So that nothing has to be waited for while it glides along.
      reducedMotion: 'reduce',
      // So that the server sees every request.
      serviceWorkers: 'block',
      args: [
        '--headless=new',
        '--no-sandbox',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(webgpu ? ['--enable-unsafe-webgpu'] : []),
        ...flags,
      ],
      ...options,
    });
    browser.setDefaultTimeout(15_000);
    this.#browsers.push(browser);
    return browser;
  }

  /**
   * A new page at an address of this server. Everything that went wrong on it is in `faults`.
   * @param {BrowserContext} browser @param {string} path
   * @param {(page: Page) => Promise<unknown>} [prepare] before anything is loaded
   */
  async page(browser, path = BLANK.slice(1), prepare) {
    const page = await browser.newPage();
    this.#pages.push(page);
    /** @type {string[]} */
    const faults = [];
    const complain = (/** @type {string} */ fault) => {
      for (const list of [faults, this.faults]) list.push(fault);
    };
    page.on('pageerror', (error) => complain(String(error)));
    page.on('console', (message) => message.type() === 'error' && complain(message.text()));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (!['blob:', 'data:'].includes(protocol) && host !== new URL(this.url).host) {
        complain(`a request to ${request.url()}`);
      }
    });
    await page.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`against the policy: ${violatedDirective}, ${blockedURI}`),
      ),
    );
    await prepare?.(page);
    await page.goto(this.url + path);
    return { page, faults };
  }

  /**
   * The page that ships, with a model of this stage.
   * @param {BrowserContext} browser @param {string} [model] its name @param {string} [query] more of the address
   * @param {(page: Page) => Promise<unknown>} [prepare]
   */
  async app(browser, model = 'additive', query = '', prepare = undefined) {
    const { page } = await this.page(browser, `?model=stage/${model}/${query}`, prepare);
    await page.waitForSelector('html[data-device]');
    return page;
  }

  /** Ends a test: nothing went wrong but what it expected, and the next begins with nothing open. @param {...RegExp} expected */
  async settle(...expected) {
    this.before = () => false;
    for (const page of this.#pages.splice(0)) await page.close();
    const faults = this.faults.splice(0);
    assert.deepEqual(
      faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
      [],
    );
  }

  /** Runs some code in front of the worker's own, the first so many times. @param {string} code @param {number} [times] */
  beforeTheWorker(code, times = Infinity) {
    const worker = readFileSync(join(root, 'dist/www/worker.js'), 'utf8');
    let left = times;
    this.before = (request, response) => {
      if (!request.url?.endsWith('/www/worker.js') || left === 0) return false;
      left -= 1;
      response
        .writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store', ...HEADERS })
        .end(`${code}\n${worker}`);
      return true;
    };
  }

  /** Models take their time over each word from now on, so that things can be done meanwhile. @param {number} milliseconds */
  slowly(milliseconds) {
    this.beforeTheWorker(`
      const send = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (...message) { setTimeout(() => send.apply(this, message), ${milliseconds}); };`);
  }

  async close() {
    for (const browser of this.#browsers) await browser.close();
    this.#server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

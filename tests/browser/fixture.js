// What every browser test needs: small models, the built page on a server that can misbehave, and Chromium.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { chromium } from 'playwright-core';
import { shippedModels } from '../../scripts/models.js';
import { root } from '../../scripts/run.js';
import { filesOf, HEADERS, POLICY, serve } from '../../scripts/serve.js';
import { runProgram, sightline } from './command-line.js';
import { writeClassifier, writeDecoder } from './random-decoders.js';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { Intercept } from '../../scripts/serve.js' */
/** @typedef {'additive' | 'dot' | 'sentinel' | 'lstm' | 'rnn' | 'transformer' | 'classifier'} DecoderKind */
/** @typedef {{ path: string, readonly url: string }} Model where a model is on the disk, and on the server */
/** @typedef {{ webgpu?: boolean, flags?: string[] } & Parameters<typeof chromium.launchPersistentContext>[1]} BrowserOptions */

/** The files of a model's folder that a browser fetches; its card is for people. @param {string} folder */
export const fetchedOf = (folder) => readdirSync(folder).filter((name) => name !== 'MODEL_CARD.md');

const checkpoint = join(root, 'tests/reference/checkpoint.pth');

/** The model that the page takes by itself: there is no GPU, so the last one. */
export const automatic = shippedModels(join(root, 'models')).at(-1)?.name ?? '';

/** Code in front of a worker's, with which the browser is one without relaxed SIMD. */
export const WITHOUT_RELAXED_SIMD = 'WebAssembly.validate = () => false;';

/** A page with nothing on it, for those who use the API alone. */
const BLANK = '/fixture/blank.html';

/** A temporary folder, models in it, and a server that serves both the page and them. */
export class Fixture {
  folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  /** Answers requests before the server does, where a test wants trouble. @type {Intercept} */
  intercept = () => false;
  /** What was asked for, until a test empties it. @type {string[]} */
  requests = [];
  /** Everything that went wrong on any page, until `endTest` looks at it. @type {string[]} */
  faults = [];
  /** Those that the spec asked for. @type {Record<string, Model>} */
  models = {};
  /** @type {BrowserContext | undefined} */
  #browser;
  /** @type {import('../../scripts/serve.js').Server | undefined} */
  #server;
  /** @type {BrowserContext[]} */
  #browsers = [];
  /** @type {Page[]} */
  #pages = [];

  /**
   * One for all tests of a spec: open before the first of them, closed after the last.
   * @param {object} [options]
   * @param {Record<string, DecoderKind>} [options.models] small ones, by name
   * @param {BrowserOptions} [options.browser]
   * @param {string[]} [options.permissions] that the browser gives the page
   * @param {boolean} [options.isStrict] each test ends with `endTest`
   */
  static forSpec({ models = { additive: 'additive' }, browser = {}, permissions = [], isStrict = true } = {}) {
    const fixture = new Fixture();
    for (const name of Object.keys(models)) fixture.models[name] = fixture.#model(name);
    before(async () => {
      await fixture.open();
      for (const [name, decoder] of Object.entries(models)) fixture.pack(name, decoder);
      fixture.#browser = await fixture.launch(browser);
      await fixture.#browser.grantPermissions(permissions);
    });
    if (isStrict) afterEach(() => fixture.endTest());
    after(() => fixture.close());
    return fixture;
  }

  /** The browser of the spec. */
  get browser() {
    assert.ok(this.#browser, 'a browser is open while tests run');
    return this.#browser;
  }

  /** Gives the spec a new browser, which was nowhere yet. */
  async relaunch() {
    await this.#browser?.close();
    this.#browser = await this.launch();
  }

  async open() {
    const files = filesOf(this.folder);
    this.#server = await serve(0, {
      intercept: (request, response) => {
        this.requests.push(request.url ?? '');
        if (this.intercept(request, response)) return true;
        if (!request.url?.startsWith('/fixture/')) return false;
        if (request.url === BLANK) {
          response.writeHead(200, { 'Content-Type': 'text/html', ...HEADERS, 'Content-Security-Policy': POLICY });
          response.end('<!doctype html><html lang="en"><title>blank</title><link rel="icon" href="data:,">');
          return true;
        }
        request.url = request.url.slice('/fixture'.length);
        files(request, response, () => void response.writeHead(404).end());
        return true;
      },
    });
  }

  get url() {
    return this.#server?.url ?? '';
  }

  /**
   * A small model; only that with additive attention was ever near PyTorch, the others' weights are noise. Their words are
   * so near to each other that the last bits of integers would decide, so they are stored, and computed with, in floats.
   * @param {string} name @param {DecoderKind} [decoder]
   * @param {{ words?: number, dtype?: string }} [options] the one with additive attention has 40 words
   * @returns {Model}
   */
  pack(name, decoder = 'additive', { words = 40, dtype = 'f16' } = {}) {
    const model = this.#model(name);
    if (decoder === 'classifier') {
      const classes = join(this.folder, `${name}.txt`);
      const names = Array.from({ length: words }, (_, i) => `class ${i}`);
      writeFileSync(classes, names.join('\n'));
      const weights = writeClassifier(join(this.folder, `${name}.safetensors`), names.length);
      sightline('pack', '--encoder', weights, '--classes', classes, '--dtype', dtype, '--force', model.path);
      return model;
    }
    const vocabulary = join(this.folder, `${name}.json`);
    const specialTokens = ['<pad>', '<start>', '<end>', '<unk>'];
    writeFileSync(
      vocabulary,
      JSON.stringify([...specialTokens, ...Array.from({ length: words - 4 }, (_, i) => `w${i + 4}`)]),
    );
    const weights =
      decoder === 'additive' ? checkpoint : writeDecoder(join(this.folder, `${name}.safetensors`), decoder, words);
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
      model.path,
    );
    return model;
  }

  /**
   * A model with a whole backbone, as training configurations call it, a small decoder, and weights by a formula.
   * @param {string} backbone
   * @param {number} [size] of the photo
   * @returns {Model}
   */
  synthesise(backbone, size) {
    const model = this.#model(size ? `${backbone}-${size}` : backbone);
    runProgram(
      root,
      join(root, 'target/debug/examples/synthetic_model'),
      backbone,
      model.path,
      ...(size ? [`${size}`] : []),
    );
    return model;
  }

  /** @param {string} name @returns {Model} */
  #model(name) {
    const fixture = this;
    return {
      path: join(this.folder, name),
      // Known once the server runs.
      get url() {
        return `${fixture.url}fixture/${name}/`;
      },
    };
  }

  /**
   * A Chromium with an empty profile.
   * @param {BrowserOptions} [options]
   */
  async launch({ webgpu = false, flags = [], ...options } = {}) {
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
   * @param {string} [path]
   * @param {object} [options]
   * @param {BrowserContext} [options.browser]
   * @param {(page: Page) => Promise<unknown>} [options.prepare] before anything is loaded
   */
  async openPage(path = BLANK.slice(1), { browser = this.browser, prepare } = {}) {
    const page = await browser.newPage();
    this.#pages.push(page);
    /** @type {string[]} */
    const faults = [];
    const report = (/** @type {string} */ fault) => {
      for (const list of [faults, this.faults]) list.push(fault);
    };
    page.on('pageerror', (error) => report(String(error)));
    page.on('console', (message) => message.type() === 'error' && report(message.text()));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (!['blob:', 'data:'].includes(protocol) && host !== new URL(this.url).host) {
        report(`a request to ${request.url()}`);
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
   * The page that ships, with a model of this fixture.
   * @param {object} [options]
   * @param {string} [options.model] its name
   * @param {string} [options.query] more of the address
   * @param {BrowserContext} [options.browser]
   * @param {(page: Page) => Promise<unknown>} [options.prepare]
   */
  async openSightline({ model = 'additive', query = '', ...options } = {}) {
    const { page } = await this.openPage(`?model=fixture/${model}/${query}`, options);
    await page.waitForSelector('html[data-device]');
    return page;
  }

  /**
   * Ends a test: nothing went wrong but what it expected, and the next begins with nothing open.
   * @param {...RegExp} expected
   */
  async endTest(...expected) {
    this.intercept = () => false;
    for (const page of this.#pages.splice(0)) await page.close();
    const faults = this.faults.splice(0);
    assert.deepEqual(
      faults.filter((fault) => !expected.some((pattern) => pattern.test(fault))),
      [],
    );
  }

  /**
   * Runs some code in front of the worker's own, the first so many times.
   * @param {string} code
   * @param {number} [times]
   */
  prependToWorker(code, times = Infinity) {
    const worker = readFileSync(join(root, 'dist/www/worker.js'), 'utf8');
    let left = times;
    this.intercept = (request, response) => {
      if (!request.url?.endsWith('/www/worker.js') || left === 0) return false;
      left -= 1;
      response
        .writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-store', ...HEADERS })
        .end(`{${code}}\n${worker}`);
      return true;
    };
  }

  /**
   * Models take their time over each word from now on, so that things can be done meanwhile.
   * @param {number} milliseconds
   */
  delayWords(milliseconds) {
    this.prependToWorker(`
      const send = MessagePort.prototype.postMessage;
      MessagePort.prototype.postMessage = function (...message) { setTimeout(() => send.apply(this, message), ${milliseconds}); };`);
  }

  async close() {
    for (const browser of this.#browsers) await browser.close();
    this.#server?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

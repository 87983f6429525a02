// What every test in Chromium needs: the site, and browsers whose faults end a test.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { chromium } from 'playwright-core';
import { BLANK, Site } from './site.js';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { DecoderKind, Model } from './site.js' */
/** @typedef {{ webgpu?: boolean, flags?: string[] } & Parameters<typeof chromium.launchPersistentContext>[1]} BrowserOptions */

/** Code in front of a worker's, with which the browser is one without relaxed SIMD. */
export const WITHOUT_RELAXED_SIMD = 'WebAssembly.validate = () => false;';

/** A site, and Chromium to visit it with. */
export class Fixture extends Site {
  /** Everything that went wrong on any page, until `endTest` looks at it. @type {string[]} */
  faults = [];
  /** Those that the spec asked for. @type {Record<string, Model>} */
  models = {};
  /** @type {BrowserContext | undefined} */
  #browser;
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
    for (const name of Object.keys(models)) fixture.models[name] = fixture.modelNamed(name);
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

  async close() {
    for (const browser of this.#browsers) await browser.close();
    super.close();
  }
}

// What the tests of the service worker need: a host with one build of the page or another, and visitors who lose their
// network.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { dist } from '../../scripts/build.js';
import { filesOf } from '../../scripts/serve.js';
import { writeServiceWorker } from '../../scripts/service-worker.js';
import { assertCaption, captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { choose, onStage } from './page-actions.js';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { BrowserOptions } from './fixture.js' */
/** @import { Caption } from '../../www/protocol.js' */

const models = join(dist, 'models');

/** Its browser has service workers, and was here never before. */
export class ServiceWorkerFixture extends Fixture {
  /** What the command line says about scene.jpg. @type {Caption | undefined} */
  expected;
  /** @type {BrowserContext | undefined} */
  #visitor;

  /** Opens one for all tests of a spec; each test has a visitor of its own. */
  static forSpec() {
    const fixture = new ServiceWorkerFixture();
    before(async () => {
      await fixture.open();
      fixture.expected = captionByCommand(fixture.pack('additive').path, join(photos, 'scene.jpg'));
    });
    afterEach(async () => {
      await fixture.endTest(/ERR_/);
      await fixture.#visitor?.close();
    });
    after(() => fixture.close());
    return fixture;
  }

  /** @param {BrowserOptions} [options] */
  async newVisitor(options) {
    this.serveBuild();
    const visitor = await this.launch({ serviceWorkers: 'allow', ...options });
    this.#visitor = visitor;
    return visitor;
  }

  /**
   * What the host has from now on: a build of the page under some path, with a small model for those that ship.
   */
  serveBuild(folder = dist, under = '/') {
    const files = filesOf(folder);
    this.intercept = (request, response) => {
      const path = request.url?.startsWith(under) ? request.url.slice(under.length - 1) : '/nowhere';
      request.url = path.replace(/^\/models\/flickr8k-\w+\//, '/fixture/additive/');
      if (request.url.startsWith('/fixture/')) return false;
      files(request, response, () => void response.writeHead(404).end());
      return true;
    };
  }

  /**
   * Another build of the page.
   * @param {string} name which its footer tells
   * @param {string} [code] in front of the worker's
   */
  makeBuild(name, code = '') {
    const folder = join(this.folder, name);
    cpSync(dist, folder, { recursive: true, filter: (path) => !path.startsWith(join(models, 'flickr8k-')) });
    edit(join(folder, 'www/page/text/en.json'), (text) => text.replace(/"footer": ".*"/, `"footer": "${name}"`));
    edit(join(folder, 'www/worker.js'), (worker) => `{${code}}\n${worker}`);
    writeServiceWorker(folder);
    return folder;
  }

  /** Opens the page, and waits until all of it is kept. @param {BrowserContext} browser @param {string} [path] */
  async visit(browser, path = '') {
    const { page } = await this.openPage(path, { browser });
    await untilReady(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    return page;
  }

  /** No request arrives anywhere, whoever makes it. @param {Page} page */
  async goOffline(page) {
    await page.context().setOffline(true);
    this.intercept = (request) => {
      request.socket.destroy();
      return true;
    };
  }

  /** Captions a photo, and sees that nothing is missing. @param {Page} page */
  async assertCaptions(page) {
    await choose(page, 'scene.jpg');
    await this.assertPhoto(page, 'scene.jpg');
  }

  /** @param {Page} page @param {string} name of scene.jpg there */
  async assertPhoto(page, name) {
    await assertCaption(await onStage(page, name), /** @type {Caption} */ (this.expected));
  }
}

/** Waits until the model is there. @param {Page} page */
export async function untilReady(page) {
  await page.waitForSelector('html[data-device]');
}

/**
 * The caches of the page's own files, and the addresses in them.
 * @param {Page} page
 * @returns {Promise<Record<string, string[]>>}
 */
export function cachesOf(page) {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('sightline-page '));
    const entries = names.map(async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => url)]);
    return Object.fromEntries(await Promise.all(entries));
  });
}

/**
 * Waits until a condition holds; `waitForFunction` would take its promise for a yes.
 * @param {Page} page
 * @param {() => Promise<boolean>} condition
 */
export async function until(page, condition) {
  for (const end = Date.now() + 15_000; !(await page.evaluate(condition)); await page.waitForTimeout(20)) {
    assert.ok(Date.now() < end, `${condition} does not come true`);
  }
}

/** Looks for a new version, as browsers do when a page is opened. @param {Page} page */
export async function checkForUpdate(page) {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
}

/** Waits until this version of the page is there. @param {Page} page @param {string} name */
export async function untilFooterSays(page, name) {
  await page.waitForFunction((name) => document.querySelector('footer p')?.textContent === name, name);
}

/** @param {string} path @param {(text: string) => string} change */
export function edit(path, change) {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

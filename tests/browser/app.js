// What the tests of the page as an app need: a host with one build of it or another, and visitors who lose their network.

import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { dist } from '../../scripts/build.js';
import { filesOf } from '../../scripts/serve.js';
import { writeServiceWorker } from '../../scripts/service-worker.js';
import { assertSays, captionByCommand, cardOf, choose, photos, Stage } from './harness.js';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { Caption } from '../../www/protocol.js' */

const models = join(dist, 'models');

/** Its browser has service workers, and was here never before. */
export class AppStage extends Stage {
  /** What the command line says about scene.jpg. @type {Caption | undefined} */
  expected;
  /** @type {BrowserContext | undefined} */
  #visitor;

  /** Opens one for all tests of a spec; each test has a visitor of its own. */
  static forSpec() {
    const stage = new AppStage();
    before(async () => {
      await stage.open();
      stage.expected = captionByCommand(stage.model('additive').path, join(photos, 'scene.jpg'));
    });
    afterEach(async () => {
      await stage.settle(/ERR_/);
      await stage.#visitor?.close();
    });
    after(() => stage.close());
    return stage;
  }

  /** @param {Parameters<Stage['browser']>[0]} [options] */
  async newcomer(options) {
    this.host();
    const visitor = await this.browser({ serviceWorkers: 'allow', ...options });
    this.#visitor = visitor;
    return visitor;
  }

  /** What the host has from now on: a build of the page under some path, with the model that the page loads by itself. */
  host(folder = dist, under = '/') {
    const files = filesOf(folder);
    this.before = (request, response) => {
      const path = request.url?.startsWith(under) ? request.url.slice(under.length - 1) : '/nowhere';
      request.url = path.replace('/models/flickr8k-resnet50/', '/stage/additive/');
      if (request.url.startsWith('/stage/')) return false;
      files(request, response, () => void response.writeHead(404).end());
      return true;
    };
  }

  /** Another build of the page. @param {string} name which its footer tells @param {string} [code] in front of the worker's */
  build(name, code = '') {
    const folder = join(this.folder, name);
    cpSync(dist, folder, { recursive: true, filter: (path) => path !== models });
    edit(join(folder, 'www/page/text/en.json'), (text) => text.replace(/"footer": ".*"/, `"footer": "${name}"`));
    edit(join(folder, 'www/worker.js'), (worker) => code + worker);
    writeServiceWorker(folder);
    return folder;
  }

  /** Opens the page, and waits until all of it is kept. @param {BrowserContext} browser @param {string} [path] */
  async visit(browser, path = '') {
    const { page } = await this.page(browser, path);
    await ready(page);
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated');
    return page;
  }

  /** No request arrives anywhere, whoever makes it. @param {Page} page */
  async cut(page) {
    await page.context().setOffline(true);
    this.before = (request) => {
      request.socket.destroy();
      return true;
    };
  }

  /** Captions a photo, and sees that nothing is missing. @param {Page} page */
  async assertCaptions(page) {
    await choose(page, 'scene.jpg');
    await this.assertTells(page, 'scene.jpg');
  }

  /** @param {Page} page @param {string} name of a card with the same photo */
  async assertTells(page, name) {
    await assertSays(cardOf(page, name).first(), /** @type {Caption} */ (this.expected));
  }
}

/** Waits until the model is there. @param {Page} page */
export async function ready(page) {
  await page.waitForSelector('html[data-device]');
}

/** The caches of the page's own files, and the addresses in them. @param {Page} page @returns {Promise<Record<string, string[]>>} */
export function cachesOf(page) {
  return page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('sightline-page '));
    const entries = names.map(async (name) => [name, (await (await caches.open(name)).keys()).map(({ url }) => url)]);
    return Object.fromEntries(await Promise.all(entries));
  });
}

/** Waits until a condition holds; `waitForFunction` would take its promise for a yes. @param {Page} page @param {() => Promise<boolean>} condition */
export async function until(page, condition) {
  for (const end = Date.now() + 15_000; !(await page.evaluate(condition)); await page.waitForTimeout(20)) {
    assert.ok(Date.now() < end, `${condition} does not come true`);
  }
}

/** Looks for a new version, as browsers do when a page is opened. @param {Page} page */
export async function look(page) {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
}

/** Waits until this version of the page is there. @param {Page} page @param {string} name */
export async function becomes(page, name) {
  await page.waitForFunction((name) => document.querySelector('footer p')?.textContent === name, name);
}

/** @param {string} path @param {(text: string) => string} change */
function edit(path, change) {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

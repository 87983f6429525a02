// One Chromium with the built page, the models as ONNX and onnxruntime-web on a server beside it.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sirv from 'sirv';
import { dist } from '../scripts/build.js';
import { fail, root } from '../scripts/run.js';
import { HEADERS, serve } from '../scripts/serve.js';
import { ensureChromium } from '../scripts/tools.js';
import { onnxModels, onnxRuntime } from './preparation.js';

/** @import { BrowserContext, Page } from 'playwright-core' */

/** Where the photo is, on the server. */
export const PHOTO = '/bench/photo';
const BLANK = '/bench/blank.html';

/** Which files answer for which addresses; the page's own answer for the rest. @type {[string, string][]} */
const FOLDERS = [
  ['/bench/', join(root, 'bench')],
  ['/onnx/', onnxModels],
  ['/onnxruntime-web/', join(onnxRuntime, 'dist')],
  ['/', dist],
];

/** What a static host sends: a browser keeps what it compiled for files that it may keep. */
const KEPT = { maxAge: 3600, etag: true };

/** @typedef {Awaited<ReturnType<typeof openBrowser>>} Browser */

/** @param {string} photo @param {boolean} hasWebGpu */
export async function openBrowser(photo, hasWebGpu) {
  /** Files that were asked for, where they are on the disk. @type {Set<string>} */
  const fetched = new Set();
  const headers = new Map(Object.entries(HEADERS));
  const setHeaders = (/** @type {import('node:http').ServerResponse} */ response) => void response.setHeaders(headers);
  const served = FOLDERS.map(([prefix, folder]) => ({ prefix, folder, files: sirv(folder, { ...KEPT, setHeaders }) }));
  const server = await serve(0, {
    intercept: (request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      if (path === PHOTO || path === BLANK) {
        setHeaders(response);
        response.setHeader('Content-Type', path === BLANK ? 'text/html' : 'application/octet-stream');
        response.end(path === BLANK ? '<!doctype html><title>Benchmark</title>' : readFileSync(photo));
        return true;
      }
      const found = served.find(({ prefix }) => path.startsWith(prefix));
      if (!found) return false;
      const name = path.slice(found.prefix.length);
      fetched.add(join(found.folder, name));
      request.url = `/${name}`;
      found.files(request, response, () => void response.writeHead(404).end());
      return true;
    },
  });
  const profile = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  const context = await launch(profile, hasWebGpu).catch((error) => {
    server.close();
    throw error;
  });
  return {
    version: context.browser()?.version() ?? 'of an unknown version',
    fetched,
    /** A fresh page, for as long as something takes. @template T @param {(page: Page) => Promise<T>} act */
    async onPage(act) {
      const page = await context.newPage();
      page.on('pageerror', (error) => console.error(`on the page: ${error.message}`));
      try {
        await page.goto(new URL(BLANK, server.url).href);
        return await act(page);
      } catch (error) {
        return fail(firstLine(error));
      } finally {
        await page.close();
      }
    },
    async close() {
      await context.close();
      server.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** With a profile on the disk, so that what is kept for the next visit is kept as it is for readers. @param {string} profile @param {boolean} hasWebGpu @returns {Promise<BrowserContext>} */
function launch(profile, hasWebGpu) {
  const webgpu = hasWebGpu ? ['--enable-unsafe-webgpu', '--enable-features=Vulkan'] : [];
  return chromium.launchPersistentContext(profile, {
    executablePath: ensureChromium(),
    args: ['--no-sandbox', ...webgpu],
  });
}

/** What went wrong on the page, without where in the page's code. @param {unknown} error */
function firstLine(error) {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^page\.\w+: (Error: )?/, '');
}

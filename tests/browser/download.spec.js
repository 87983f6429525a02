// A model of many megabytes on its way to the browser: progress, going on after a break, and what is kept for the next
// visit. What else can happen to it stands in network-faults.spec.js.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { sightline } from './command-line.js';
import { Fixture } from './fixture.js';
import { fetchedOf } from './site.js';

/** @import { Page } from 'playwright-core' */

const fixture = Fixture.forSpec({ models: {}, isStrict: false });
/** Cut into several shards. @type {string} */
let folder;
/** @type {string[]} */
let shards;

before(async () => {
  folder = large();
  shards = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
  assert.ok(shards.length >= 3, `${shards.length} shards`);
});

beforeEach(async () => {
  fixture.intercept = () => false;
  await fixture.relaunch();
});

/** So many words that they take several shards. */
function large() {
  return fixture.pack('large', 'dot', { words: 150_000, dtype: 'f32' }).path;
}

/**
 * Loads the model on a new page of its own.
 * @param {Page} page
 * @returns {Promise<{ progress: { loaded: number, total: number }[], notices: string[], code?: string, message?: string, device?: string }>}
 */
function load(page) {
  return page.evaluate(async (model) => {
    const api = await import(/** @type {any} */ ('/www/captioner.js'));
    /** @type {{ loaded: number, total: number }[]} */
    const progress = [];
    /** @type {string[]} */
    const notices = [];
    try {
      const captioner = await api.Captioner.load({
        model,
        device: 'cpu',
        onProgress: (/** @type {any} */ now) => {
          progress.push(now);
          /** @type {any} */ (globalThis).tellLoaded?.(now.loaded);
        },
        onNotice: (/** @type {string} */ code) => notices.push(code),
      });
      await captioner.caption(new ImageData(8, 8));
      captioner.dispose();
      return { progress, notices, device: captioner.device };
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      return { progress, notices, code, message };
    }
  }, `${fixture.url}fixture/large/`);
}

/** Told how many bytes the page has. */
let onLoaded = (/** @type {number} */ _loaded) => {};

/** Loads the model in a fresh page. */
async function visit() {
  fixture.requests = [];
  const { page } = await fixture.openPage();
  await page.exposeFunction('tellLoaded', (/** @type {number} */ loaded) => onLoaded(loaded));
  const result = await load(page);
  await page.close();
  const fetched = shards.map((shard) => fixture.requests.filter((url) => url.endsWith(shard)).length);
  return { ...result, fetched };
}

const once = () => shards.map(() => 1);
const never = () => shards.map(() => 0);

const totalBytes = () => shards.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

/**
 * Answers the next requests for a shard with a part of it, and breaks the connection once the page has that and all other
 * shards: of what a page has not read by then, browsers lose as much as they like.
 * @param {string} shard
 * @param {number} times
 */
function breakOff(shard, times) {
  const whole = readFileSync(join(folder, shard));
  /** @type {(string | undefined)[]} */
  const ranges = [];
  let left = times;
  fixture.intercept = (request, response) => {
    if (!request.url?.endsWith(shard)) return false;
    ranges.push(request.headers.range);
    if (left === 0) return false;
    left -= 1;
    const begin = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const some = whole.subarray(begin, begin + Math.ceil(whole.length / 4));
    response.writeHead(begin ? 206 : 200, {
      'Content-Length': whole.length - begin,
      'Content-Range': `bytes ${begin}-${whole.length - 1}/${whole.length}`,
    });
    const arrived = totalBytes() - whole.length + begin + some.length;
    onLoaded = (loaded) => loaded === arrived && response.destroy();
    response.write(some);
    return true;
  };
  return ranges;
}

test('one honest figure over all shards, and no shard twice, on this visit or the next', async () => {
  const first = await visit();
  const total = totalBytes();
  assert.deepEqual(first.progress[0], { loaded: 0, total });
  assert.deepEqual(first.progress.at(-1), { loaded: total, total });
  for (const [i, { loaded }] of first.progress.entries()) {
    assert.ok(i === 0 || loaded >= first.progress[i - 1].loaded, 'it never goes back');
  }
  assert.deepEqual([first.fetched, first.notices, first.device], [once(), [], 'cpu']);
  const second = await visit();
  assert.deepEqual([second.fetched, second.notices, second.progress.at(-1)], [never(), [], { loaded: total, total }]);
});

test('a broken connection goes on where it broke', async () => {
  const ranges = breakOff(shards[1], 2);
  const { code, fetched } = await visit();
  assert.equal(code, undefined);
  assert.equal(ranges[0], undefined);
  const size = statSync(join(folder, shards[1])).size;
  assert.deepEqual(
    ranges.slice(1),
    [1, 2].map((part) => `bytes=${part * Math.ceil(size / 4)}-`),
    'only what is missing is asked for',
  );
  assert.deepEqual(
    fetched,
    once().map((count, i) => (i === 1 ? 3 : count)),
  );
});

test('a download that was given up is resumed by the next visit', async () => {
  fixture.intercept = (request, response) => {
    if (!request.url?.endsWith(shards.at(-1) ?? '')) return false;
    response.destroy();
    return true;
  };
  const first = await visit();
  assert.equal(first.code, 'model-unreachable');
  assert.match(first.message ?? '', /what has arrived is kept/);
  fixture.intercept = () => false;
  const second = await visit();
  assert.equal(second.code, undefined);
  assert.deepEqual(
    second.fetched,
    shards.map((_, i) => (i === shards.length - 1 ? 1 : 0)),
  );
});

test('what the disk has spoilt is fetched again', async () => {
  await visit();
  const { page } = await fixture.openPage();
  await page.evaluate(async (shard) => {
    const cache = await caches.open('sightline-models');
    const request = (await cache.keys()).find(({ url }) => url.includes(shard));
    if (request) await cache.put(request, new Response('spoilt'));
  }, shards[0]);
  const { fetched, code } = await visit();
  assert.deepEqual([fetched, code], [shards.map((_, i) => (i === 0 ? 1 : 0)), undefined]);
});

test('without a network the model of the last visit works', async () => {
  await visit();
  fixture.intercept = (request, response) => {
    if (!request.url?.startsWith('/fixture/large')) return false;
    response.destroy();
    return true;
  };
  const { code, notices, fetched } = await visit();
  assert.deepEqual([code, notices, fetched], [undefined, ['offline'], never()]);
});

test('a new version leaves nothing of the old one behind', async () => {
  await visit();
  const { page } = await fixture.openPage();
  const kept = () =>
    page.evaluate(async () => (await (await caches.open('sightline-models')).keys()).map(({ url }) => url));
  const before = await kept();
  assert.equal(before.length, shards.length + 1);
  sightline('pack', '--model', folder, '--dtype', 'int8', '--force', folder);
  try {
    const { page } = await fixture.openPage();
    assert.equal((await load(page)).code, undefined);
    const after = await kept();
    assert.equal(after.length, fetchedOf(folder).length);
    assert.equal(after.filter((url) => before.includes(url)).length, 1, 'model.json alone has the old address');
  } finally {
    large();
  }
});

// Whatever happens to the files of a model on their way: there is a model in the end, or an error that names the file.
// Nothing bad is kept, and the next visit to a server in good health has the model.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';
import { untilWorkers } from './host-page.js';
import { splitModel } from './sharded-model.js';

/** @import { ServerResponse } from 'node:http' */
/** @import { Page } from 'playwright-core' */
/** @import { Shard } from './sharded-model.js' */
/** @typedef {(response: ServerResponse, whole: Buffer, from: number) => void} Answer given all of a file, and what was asked for */
/** @typedef {{ answer: Answer, file: string, times?: number }} Fault */
/** @typedef {{ text?: string, code?: string, message?: string, notices: string[] }} Outcome */

const fixture = Fixture.forSpec({ models: {}, isStrict: false });
/** @type {string} */
let folder;
const photo = join(photos, 'scene.jpg');
const SHARD = 'weights-2.safetensors';
/** @type {Shard[]} */
let shards;
let expected = '';
/** Each test has the model at an address of its own, so that nothing of it is kept yet. */
let tests = 0;

before(() => {
  folder = fixture.pack('additive').path;
  expected = captionByCommand(folder, photo).text;
  shards = splitModel(folder, 3);
});

/**
 * In front of a worker's, waits for nothing: what is to happen soon happens at once, and long waits are over when a page
 * says so.
 */
const OWN_TIME = `
  const { setTimeout: wait, clearTimeout: forget } = globalThis;
  const long = new Map();
  globalThis.setTimeout = (act, delay) => {
    const timer = wait(act, delay < 10_000 ? 0 : delay);
    if (delay >= 10_000) long.set(timer, act);
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    long.delete(timer);
    forget(timer);
  };
  new BroadcastChannel('time').onmessage = () => {
    for (const [timer, act] of long) {
      clearTimeout(timer);
      act();
    }
  };`;

/** A server with this fault, and the model's address there. @param {Fault} [fault] @param {string} [code] in front of the worker's */
function serveWith(fault, code = '') {
  tests += 1;
  const path = `/faulty-${tests}/`;
  let left = fault?.times ?? Infinity;
  fixture.prependToWorker(OWN_TIME + code);
  const there = fixture.intercept;
  fixture.intercept = (request, response) => {
    const { url = '', headers } = request;
    if (!url.startsWith(path)) return there(request, response);
    const file = url.slice(path.length);
    request.url = `/fixture/additive/${file}`;
    if (file !== fault?.file || left === 0) return false;
    left -= 1;
    const from = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0);
    fault.answer(response, readFileSync(join(folder, file)), from);
    return true;
  };
  return {
    model: new URL(path, fixture.url).href,
    heal: () => {
      left = 0;
    },
  };
}

/** Loads a model, and captions a photo. @param {Page} page @param {string} model @returns {Promise<Outcome>} */
function load(page, model) {
  return page.evaluate(
    async ([model, photo]) => {
      const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
      /** @type {string[]} */
      const notices = [];
      const controller = new AbortController();
      Object.assign(globalThis, { controller, loaded: 0 });
      try {
        const captioner = await Captioner.load({
          model,
          device: 'cpu',
          signal: controller.signal,
          onProgress: (/** @type {{ loaded: number }} */ { loaded }) => Object.assign(globalThis, { loaded }),
          onNotice: (/** @type {string} */ code) => notices.push(code),
        });
        const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
        const { text } = await captioner.caption(new Blob([bytes]));
        captioner.dispose();
        return { text, notices };
      } catch (error) {
        const { code, message } = /** @type {any} */ (error);
        return { code, message, notices };
      }
    },
    [model, readFileSync(photo).toString('base64')],
  );
}

/** Waits until so many bytes have arrived. @param {Page} page @param {number} least */
async function untilLoaded(page, least) {
  await page.waitForFunction((least) => /** @type {any} */ (globalThis).loaded >= least, least);
}

/** What is kept of a model is what its manifest says; how much that is. @param {Page} page @param {string} model */
async function assertKeptIsGood(page, model) {
  /** @type {[string, number[]][]} */
  const kept = await page.evaluate(async (model) => {
    if (!globalThis.caches) return [];
    const cache = await caches.open('sightline-models');
    const requests = (await cache.keys()).filter(({ url }) => url.startsWith(model));
    return Promise.all(
      requests.map(async (request) => [
        request.url,
        [...new Uint8Array((await (await cache.match(request))?.arrayBuffer()) ?? new ArrayBuffer())],
      ]),
    );
  }, model);
  for (const [url, bytes] of kept) {
    const name = new URL(url).pathname.split('/').at(-1);
    const { sha256 } = shards.find(({ file }) => file === name) ?? {
      sha256: createHash('sha256')
        .update(readFileSync(join(folder, 'model.json')))
        .digest('hex'),
    };
    assert.equal(
      createHash('sha256').update(Buffer.from(bytes)).digest('hex'),
      sha256,
      `${name} is kept as it should be`,
    );
  }
  return kept.length;
}

/** Sends as much of what was asked for as comes before this byte of the file, and breaks the connection. @param {number} end @returns {Answer} */
const cutAt = (end) => (response, whole, from) => {
  response.writeHead(from ? 206 : 200, {
    'Content-Length': whole.length - from,
    'Content-Range': `bytes ${from}-${whole.length - 1}/${whole.length}`,
  });
  response.flushHeaders();
  response.write(whole.subarray(from, Math.max(from, end)), () => response.destroy());
};

/** @param {number} status @returns {Answer} */
const refuseWith = (status) => (response) => void response.writeHead(status).end('<p>No.');

/** @type {Answer} */
const page = (response) =>
  void response
    .writeHead(200, { 'Content-Type': 'text/html' })
    .end(`<!doctype html>${'<p>Log in first.'.repeat(9000)}`);

/** @param {(whole: Buffer) => Buffer} change @returns {Answer} */
const changed = (change) => (response, whole) => void response.end(change(whole));

/** @param {number} more than there is, or less @returns {Answer} */
const announcing = (more) => (response, whole, from) => {
  if (from >= whole.length) {
    response.writeHead(416, { 'Content-Range': `bytes */${whole.length}` }).end();
    return;
  }
  const length = whole.length - from + more;
  response.writeHead(from ? 206 : 200, { 'Content-Length': length });
  // Politely, so that what was sent arrives before the end does.
  response.write(whole.subarray(from, from + Math.min(length, whole.length - from)), () => response.socket?.end());
};

/** @type {Answer} */
const gzipThatIsNone = (response, whole) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(whole);

/** @type {Answer} */
const otherRange = (response, whole) => {
  const half = whole.length / 2;
  response
    .writeHead(206, { 'Content-Range': `bytes ${half}-${whole.length - 1}/${whole.length}` })
    .end(whole.subarray(half));
};

/** @type {Answer} */
const cutThenOtherRange = (response, whole, from) => (from ? otherRange : cutAt(30_000))(response, whole, from);

/**
 * Sends this much of a file, and nothing more.
 * @param {number} end
 */
function stallAt(end) {
  /** @type {ServerResponse[]} */
  const stalled = [];
  /** @type {((response: ServerResponse) => void)[]} */
  const waiting = [];
  return {
    /** @type {Answer} */
    answer: (response, whole, from) => {
      response.writeHead(from ? 206 : 200, { 'Content-Length': whole.length - from });
      response.flushHeaders();
      if (end > from) response.write(whole.subarray(from, end));
      const told = waiting.shift();
      if (told) told(response);
      else stalled.push(response);
    },
    /** The next answer that stalls. @returns {Promise<ServerResponse>} */
    next: () =>
      new Promise((resolve) =>
        stalled.length ? resolve(/** @type {any} */ (stalled.shift())) : waiting.push(resolve),
      ),
  };
}

/** @param {Page} page */
const endLongWaits = (page) => page.evaluate(() => new BroadcastChannel('time').postMessage('over'));

const damaged = changed((whole) => {
  whole[whole.length - 1] ^= 1;
  return whole;
});

/** What is borne: there is a model in spite of it. @type {Record<string, Fault>} */
const BORNE = {
  'a cut within the length of a header': { answer: cutAt(4), file: SHARD, times: 2 },
  'a cut within a header': { answer: cutAt(100), file: SHARD, times: 2 },
  'a cut within a shard': { answer: cutAt(30_000), file: SHARD, times: 2 },
  'a cut before the last byte of a shard': { answer: cutAt(61_215), file: SHARD, times: 2 },
  'a cut between shards': { answer: cutAt(0), file: SHARD, times: 2 },
  'a server that is out of breath': { answer: refuseWith(503), file: SHARD, times: 2 },
  'one part in place of another': { answer: cutThenOtherRange, file: SHARD, times: 2 },
  'one part in place of all': { answer: otherRange, file: SHARD, times: 1 },
  'one damaged shard': { answer: damaged, file: SHARD, times: 1 },
  'one page in place of a shard': { answer: page, file: SHARD, times: 1 },
};

/** What is not, and the code of its error. @type {Record<string, Fault & { code: string }>} */
const FATAL = {
  'a cut within model.json': { answer: cutAt(10), file: 'model.json', code: 'model-unreachable' },
  'no connection for model.json': {
    answer: (response) => response.destroy(),
    file: 'model.json',
    code: 'model-unreachable',
  },
  'a shard that is cut again and again': { answer: cutAt(100), file: SHARD, code: 'model-unreachable' },
  'a shard that never begins': { answer: (response) => response.destroy(), file: SHARD, code: 'model-unreachable' },
  'no model.json': { answer: refuseWith(404), file: 'model.json', code: 'model-unreachable' },
  'a missing shard': { answer: refuseWith(404), file: SHARD, code: 'model-unreachable' },
  'a server with a fault, asked for model.json': {
    answer: refuseWith(500),
    file: 'model.json',
    code: 'model-unreachable',
  },
  'a server with a fault, asked for a shard': { answer: refuseWith(500), file: SHARD, code: 'model-unreachable' },
  'a page in place of model.json': { answer: page, file: 'model.json', code: 'model-corrupt' },
  'a page in place of a shard': { answer: page, file: SHARD, code: 'model-corrupt' },
  'a part in place of all': { answer: otherRange, file: SHARD, code: 'model-corrupt' },
  'too short a Content-Length': { answer: announcing(-10), file: SHARD, code: 'model-corrupt' },
  'a shard that is too long': {
    answer: changed((whole) => Buffer.concat([whole, Buffer.from('more')])),
    file: SHARD,
    code: 'model-corrupt',
  },
  'a shard that is too short': {
    answer: changed((whole) => whole.subarray(0, -4)),
    file: SHARD,
    code: 'model-corrupt',
  },
  'a damaged shard': { answer: damaged, file: SHARD, code: 'model-corrupt' },
  'gzip that is none, for model.json': { answer: gzipThatIsNone, file: 'model.json', code: 'model-unreachable' },
  'gzip that is none, for a shard': { answer: gzipThatIsNone, file: SHARD, code: 'model-unreachable' },
};

for (const [what, fault] of Object.entries(BORNE)) {
  test(`${what} is borne`, async () => {
    const { model, heal } = serveWith(fault);
    const { page } = await fixture.openPage();
    assert.deepEqual(await load(page, model), { text: expected, notices: [] });
    await assertKeptIsGood(page, model);
    heal();
    assert.deepEqual(await load(page, model), { text: expected, notices: [] });
    await fixture.endTest(/ERR_|503/);
  });
}

test('too long a Content-Length ends in the model, or in an error that names the file', async () => {
  const { model, heal } = serveWith({ answer: announcing(10), file: SHARD });
  const { page } = await fixture.openPage();
  const { text, code, message } = await load(page, model);
  // A browser may throw away what has arrived where the rest does not, as often as it is asked.
  if (code) assert.ok(code === 'model-unreachable' && message?.includes(SHARD), `${code}: ${message}`);
  else assert.equal(text, expected);
  await assertKeptIsGood(page, model);
  heal();
  assert.deepEqual(await load(page, model), { text: expected, notices: [] });
  await fixture.endTest(/ERR_/);
});

for (const [what, fault] of Object.entries(FATAL)) {
  test(`${what} is an error that names the file`, async () => {
    const { model, heal } = serveWith(fault);
    const { page } = await fixture.openPage();
    const { code, message, notices } = await load(page, model);
    assert.deepEqual([code, notices], [fault.code, []], message);
    assert.ok(message?.includes(fault.file), message);
    await assertKeptIsGood(page, model);
    heal();
    assert.deepEqual(await load(page, model), { text: expected, notices: [] });
    await fixture.endTest(/ERR_|404|500/);
  });
}

for (const [file, from] of /** @type {[string, number][]} */ ([
  ['model.json', 10],
  [SHARD, 0],
  [SHARD, 30_000],
])) {
  test(`a stall after ${from} bytes of ${file} counts as a broken connection`, async () => {
    const stalls = stallAt(from);
    const { model, heal } = serveWith({ ...stalls, file });
    const { page } = await fixture.openPage();
    const loading = load(page, model);
    const isOver = loading.then(() => undefined);
    // Only this file is waited for by then.
    if (file === SHARD)
      await untilLoaded(
        page,
        shards.reduce((sum, { file, bytes }) => sum + (file === SHARD ? from : bytes), 0),
      );
    while (await Promise.race([stalls.next(), isOver])) await endLongWaits(page);
    const { code, message } = await loading;
    assert.equal(code, 'model-unreachable');
    assert.match(message ?? '', new RegExp(`${file} could not be fetched \\(nothing arrives for 30 seconds\\)`));
    heal();
    assert.equal((await load(page, model)).text, expected);
    await fixture.endTest();
  });

  test(`a load is given up in the middle of a stall after ${from} bytes of ${file}`, async () => {
    const stalls = stallAt(from);
    const { model, heal } = serveWith({ ...stalls, file });
    const { page } = await fixture.openPage();
    const loading = load(page, model);
    const response = await stalls.next();
    const closed = once(response, 'close');
    await page.evaluate(() => /** @type {any} */ (globalThis).controller.abort());
    assert.equal((await loading).code, 'aborted');
    await closed;
    await untilWorkers(page, 0);
    heal();
    assert.equal((await load(page, model)).text, expected);
    await fixture.endTest();
  });
}

for (const [what, code] of Object.entries({
  'does not exist': "Object.defineProperty(globalThis, 'caches', { value: undefined });",
  'may not be touched':
    "Object.defineProperty(globalThis, 'caches', { get() { throw new DOMException('no', 'SecurityError'); } });",
  'cannot be opened': "CacheStorage.prototype.open = async () => { throw new DOMException('no', 'SecurityError'); };",
  'takes nothing': "Cache.prototype.put = async () => { throw new DOMException('no', 'UnknownError'); };",
})) {
  test(`storage that ${what} keeps nothing and stops nothing, on this visit or the next`, async () => {
    const { model } = serveWith(undefined, code);
    const { page } = await fixture.openPage();
    for (let visit = 0; visit < 2; visit += 1) {
      assert.deepEqual(await load(page, model), { text: expected, notices: ['not-stored'] });
    }
    await fixture.endTest();
  });
}

for (const [room, least] of [
  [1000, 0],
  [70_000, 1],
]) {
  test(`storage that is full after ${room} bytes stops nothing, and what it has is good`, async () => {
    const { model } = serveWith();
    const { page } = await fixture.openPage();
    const session = await fixture.browser.newCDPSession(page);
    const origin = new URL(fixture.url).origin;
    const { usage } = await session.send('Storage.getUsageAndQuota', { origin });
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + room });
    assert.deepEqual(await load(page, model), { text: expected, notices: ['not-stored'] });
    const kept = await assertKeptIsGood(page, model);
    assert.ok(kept >= least && kept < 4, `${kept} of 4 files are kept`);
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    assert.deepEqual(await load(page, model), { text: expected, notices: [] });
    assert.equal(await assertKeptIsGood(page, model), 4);
    await fixture.endTest();
  });
}

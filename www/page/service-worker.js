// Opens the page without a network, and keeps what other apps share with it. The build moves this file to the root of
// dist/, because a service worker answers for what is below it. It answers for the page's own files only; the model is
// cached by model-cache.js. It is no module: not every browser that has service workers lets them be modules.

/**
 * Each file's address from the root, and its hash; the wasms by their folders. The build fills them in.
 * @type {{ version: string, page: string[][], wasms: Record<string, string[][]>, relaxedSimd: number[] }}
 */
const FILES = { version: '', page: [], wasms: {}, relaxedSimd: [] };

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { scope } = worker.registration;
/** One cache for each version. Several pages on one host have several scopes. */
const CACHE_PREFIX = `sightline-page ${scope} `;
const CACHE = CACHE_PREFIX + FILES.version;
/** Where shared-photos.js looks. */
const SHARED = 'sightline-shared';

const { cpu, 'cpu-relaxed': relaxed, gpu } = FILES.wasms;
/** As start-wasm.js does: the better one where it is there and this browser has what it takes. */
const forProcessor = relaxed.length && WebAssembly.validate(new Uint8Array(FILES.relaxedSimd)) ? relaxed : cpu;
/** What is kept again, while it is. @type {Promise<void> | undefined} */
let keeping;
const cached = new Set([...FILES.page, ...forProcessor, ...gpu].map(([path]) => scope + path));

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(removeOldVersions()));
worker.addEventListener('fetch', (event) => {
  const answer = answerTo(event);
  if (answer) event.respondWith(answer);
});
worker.addEventListener('message', (event) => {
  if (event.data === 'take over') event.waitUntil(worker.skipWaiting());
  if (event.data === 'keep for the GPU') event.waitUntil(cacheFiles(gpu));
});

/** All of a version or nothing: where a file cannot be had, the version before goes on. */
async function install() {
  await cacheFiles([...FILES.page, ...forProcessor]);
  // The version before had them because this device uses them. A page may be without.
  const [first] = gpu;
  if (first && (await caches.match(scope + first[0]))) await cacheFiles(gpu);
}

/** @param {string[][]} files */
async function cacheFiles(files) {
  const cache = await caches.open(CACHE);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = files.filter(([path]) => !there.has(scope + path));
  // A host in the middle of an update may still have old ones; the hashes tell.
  await cache.addAll(missing.map(([path, integrity]) => new Request(scope + path, { integrity, cache: 'no-cache' })));
}

/** Nothing runs on an earlier version any more. */
async function removeOldVersions() {
  const old = (await caches.keys()).filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Nothing, where the browser is to do as it would without this. @param {FetchEvent} event */
function answerTo(event) {
  const { request } = event;
  const { method, mode, url, headers } = request;
  const [path] = url.split(/[?#]/);
  if (method === 'POST' && path === `${scope}share`) return stashSharedPhotos(request);
  if (method !== 'GET' || headers.has('Range')) return undefined;
  // Which model and which device stands in the find; the page is the same.
  const isPage = mode === 'navigate' && [scope, `${scope}index.html`].includes(path);
  const address = isPage ? scope : url;
  return cached.has(address) ? fromCache(address, event) : undefined;
}

/** @param {string} address @param {FetchEvent} event */
async function fromCache(address, event) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address, { ignoreVary: true });
  if (!kept) event.waitUntil(keepAgain());
  return kept ?? fetch(event.request);
}

/** Browsers may delete what is kept, and leave the service worker. One turn is enough for all that was asked for. */
function keepAgain() {
  keeping ??= install()
    // There is no network, or the host has another version, which installs itself.
    .catch(() => {})
    .finally(() => {
      keeping = undefined;
    });
  return keeping;
}

/** Puts what was shared where the page finds it, and opens the page. @param {Request} request */
async function stashSharedPhotos(request) {
  try {
    const cache = await caches.open(SHARED);
    const headers = { 'Content-Type': request.headers.get('Content-Type') ?? '' };
    await cache.put(`${scope}share/${crypto.randomUUID()}`, new Response(await request.blob(), { headers }));
    return Response.redirect(scope, 303);
  } catch {
    // Storage is full.
    return Response.redirect(`${scope}#share-lost`, 303);
  }
}

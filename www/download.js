// A model folder on a server, streamed shard by shard: verified before it is kept, resumed where the connection broke.

/** @import { DownloadListener, ModelLoader, Shard } from './model-files.js' */

import { CaptionerError } from './errors.js';
import { ModelCache, shardKey } from './model-cache.js';

/** Shards on their way at a time. More would not be faster, and each takes up to 8 MiB. */
const PARALLEL_DOWNLOADS = 2;
/** Waiting times after a connection broke, in milliseconds. Bytes that arrive start them anew. */
const RETRY_DELAYS = [250, 1000, 3000];
/** Milliseconds without a byte after which a connection counts as broken. */
const STALL_TIMEOUT = 30_000;

/**
 * Fetches a model and gives it to what `createLoader` makes of its manifest.
 * @template {ModelLoader} T
 * @param {string} folder its address, ending in a slash
 * @param {(manifest: Uint8Array<ArrayBuffer>) => T} createLoader
 * @param {DownloadListener} listener
 * @returns {Promise<T>}
 */
export async function downloadModel(folder, createLoader, listener) {
  const cache = await ModelCache.open(() => listener.onNotice('not-stored'));
  const manifestAddress = new URL('model.json', folder).href;
  const manifest = await fetchManifest(manifestAddress, cache, listener);
  const loader = createLoader(manifest);
  const shards = loader.shards();
  const progress = new DownloadProgress(shards, listener);
  const queue = shards.values();
  const fetchShards = async () => {
    // The lanes take turns at one iterator, so each shard is fetched once.
    for (const shard of queue) await fetchShard(folder, shard, loader, cache, progress);
  };
  await Promise.all(Array.from({ length: PARALLEL_DOWNLOADS }, fetchShards));
  await cache.put(manifestAddress, manifest);
  await cache.deleteUnused(folder, new Set([manifestAddress, ...shards.map((shard) => shardKey(folder, shard))]));
  return loader;
}

/**
 * How much a download would fetch: the shards that are not kept from an earlier visit. Of the model itself only the
 * manifest is read.
 * @param {string} folder its address, ending in a slash
 */
export async function bytesToFetch(folder) {
  const cache = await ModelCache.open(() => {});
  const address = new URL('model.json', folder).href;
  const manifest = await fetchManifest(address, cache, { onProgress() {}, onNotice() {} });
  const shards = shardsOf(manifest);
  if (!shards) throw new CaptionerError('model-unsupported', `${address} is not the model.json of a model.`);
  return missingBytes(folder, shards, cache);
}

/**
 * How many bytes of these shards are not kept. Nothing is fetched to know that.
 * @param {string} folder its address, ending in a slash @param {Shard[]} shards @param {ModelCache} [cache]
 */
export async function missingBytes(folder, shards, cache) {
  const kept = cache ?? (await ModelCache.open(() => {}));
  const isKept = await Promise.all(shards.map((shard) => kept.match(shardKey(folder, shard))));
  return shards.reduce((sum, { bytes }, i) => sum + (isKept[i] ? 0 : bytes), 0);
}

/**
 * The files that a manifest lists, if it is one; strictly it is read by what takes the model in.
 * @param {Uint8Array} manifest
 * @returns {Shard[] | undefined}
 */
export function shardsOf(manifest) {
  try {
    const { shards, consensus } = JSON.parse(new TextDecoder().decode(manifest));
    if (!Array.isArray(shards)) return undefined;
    const files = consensus ? [...shards, consensus] : shards;
    const areFiles = files.every((shard) => typeof shard?.file === 'string' && Number.isInteger(shard.bytes));
    return areFiles ? files : undefined;
  } catch {
    return undefined;
  }
}

/** One honest figure over all shards. */
class DownloadProgress {
  #total;
  /** @type {Map<string, number>} */
  #arrived = new Map();
  #listener;

  /** @param {Shard[]} shards @param {DownloadListener} listener */
  constructor(shards, listener) {
    this.#total = shards.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#listener = listener;
    listener.onProgress({ loaded: 0, total: this.#total });
  }

  /** @param {Shard} shard @param {number} bytes */
  set({ file }, bytes) {
    this.#arrived.set(file, bytes);
    const loaded = [...this.#arrived.values()].reduce((sum, bytes) => sum + bytes, 0);
    this.#listener.onProgress({ loaded, total: this.#total });
  }
}

/**
 * The newest manifest, or that of the last visit where there is no network.
 * @param {string} address @param {ModelCache} cache @param {DownloadListener} listener
 */
async function fetchManifest(address, cache, listener) {
  try {
    const parts = [];
    for await (const chunk of request(address, { cache: 'no-cache' })) parts.push(chunk);
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch (error) {
    const kept = await cache.get(address);
    if (!kept) throw unreachable(address, error);
    listener.onNotice('offline');
    return kept;
  }
}

/**
 * @param {string} folder
 * @param {Shard} shard
 * @param {ModelLoader} loader
 * @param {ModelCache} cache
 * @param {DownloadProgress} progress
 */
async function fetchShard(folder, shard, loader, cache, progress) {
  const address = shardKey(folder, shard);
  /** Other bytes may be better. @param {unknown} error */
  const isSpoilt = (error) => isCorrupt(error) && !loader.isVerified(shard.file);
  const kept = await cache.get(address);
  if (kept) {
    try {
      loader.add(shard.file, kept, await sha256(kept));
      progress.set(shard, shard.bytes);
      return;
    } catch (error) {
      if (!isSpoilt(error)) throw error;
      // The disk has spoilt it.
      await cache.delete(address);
    }
  }
  /** @param {RequestCache} httpCache */
  const take = async (httpCache) => {
    const bytes = await downloadShard(folder, shard, progress, httpCache);
    loader.add(shard.file, bytes, await sha256(bytes));
    return bytes;
  };
  const bytes = await take('default').catch((error) => {
    if (!isSpoilt(error)) throw error;
    // An HTTP cache between here and the server may have spoilt it; the second answer counts.
    return take('reload');
  });
  await cache.put(address, bytes);
}

/**
 * By the browser, which has the processor's own instructions for it, beside whatever else is done. Nothing where a page is
 * not served safely, as over http: what wants to know it has to compute it then.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function sha256(bytes) {
  return crypto.subtle && new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/** Whether other bytes may be better. @param {unknown} error */
const isCorrupt = (error) => CaptionerError.from(error).code === 'model-corrupt';

/**
 * All bytes of a shard. After a break only those are asked for that are missing.
 * @param {string} folder @param {Shard} shard @param {DownloadProgress} progress @param {RequestCache} httpCache
 */
async function downloadShard(folder, shard, progress, httpCache) {
  const address = new URL(shard.file, folder).href;
  const bytes = new Uint8Array(shard.bytes);
  let received = 0;
  let most = 0;
  let failures = 0;
  for (;;) {
    try {
      /** @type {Record<string, string>} */
      const headers = received ? { Range: `bytes=${received}-` } : {};
      // A server that knows no ranges sends everything again.
      const begin = () => (received = 0);
      for await (const chunk of request(address, { cache: httpCache, headers }, begin)) {
        if (received + chunk.length > bytes.length) {
          throw new CaptionerError('model-corrupt', `${address} is longer than the model says (${shard.bytes} bytes).`);
        }
        bytes.set(chunk, received);
        received += chunk.length;
        progress.set(shard, received);
      }
      // A file that is too short is for the verification to refuse.
      return bytes.subarray(0, received);
    } catch (error) {
      if (error instanceof CaptionerError) throw error;
      // A server may announce more than there is.
      if (received === bytes.length) return bytes;
      if (received > most) failures = 0;
      most = Math.max(most, received);
      if (failures >= RETRY_DELAYS.length) throw unreachable(address, error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS[failures]));
      failures += 1;
    }
  }
}

/**
 * What arrives, as it arrives, until nothing does for too long.
 * @param {string} address @param {RequestInit} options @param {() => void} [onWhole] told where it is not what a range asked for
 */
async function* request(address, options, onWhole) {
  const controller = new AbortController();
  /** @type {<T>(arrival: Promise<T>) => Promise<T>} */
  const inTime = (arrival) => {
    const giveUp = () => controller.abort(new Error(`nothing arrives for ${STALL_TIMEOUT / 1000} seconds`));
    const timer = setTimeout(giveUp, STALL_TIMEOUT);
    return arrival.finally(() => clearTimeout(timer));
  };
  try {
    const { ok, status, body } = await inTime(fetch(address, { ...options, signal: controller.signal }));
    // A server that is out of breath may answer the next time.
    if (status >= 500 || status === 429) throw new Error(`the server answers ${status}`);
    if (!ok) {
      const reason = `${address}: the server answers ${status}. Check the model's address.`;
      throw new CaptionerError('model-unreachable', reason);
    }
    if (status !== 206) onWhole?.();
    const reader = body?.getReader();
    const read = () => reader && inTime(reader.read());
    for (let next = await read(); next && !next.done; next = await read()) yield next.value;
  } finally {
    // What is left of it nobody wants.
    controller.abort();
  }
}

/** @param {string} address @param {unknown} error */
function unreachable(address, error) {
  if (error instanceof CaptionerError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CaptionerError(
    'model-unreachable',
    `${address} could not be fetched (${reason}). Check the network and try again; what has arrived is kept.`,
  );
}

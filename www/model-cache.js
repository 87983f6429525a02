// Verified shards, kept in the browser's Cache API for the next visit. Works on, without keeping anything, where
// storage is full or forbidden.

/** @import { Shard } from './model-files.js' */

const CACHE_NAME = 'sightline-models';

export class ModelCache {
  /** @type {Cache | undefined} */
  #cache;
  #onForbidden;

  /** @param {Cache | undefined} cache @param {() => void} onForbidden */
  constructor(cache, onForbidden) {
    this.#cache = cache;
    this.#onForbidden = onForbidden;
    if (!cache) onForbidden();
  }

  /** @param {() => void} onForbidden Told once that nothing is kept. */
  static async open(onForbidden) {
    try {
      // There is none on pages that came by plain http.
      return new ModelCache(await globalThis.caches?.open(CACHE_NAME), onForbidden);
    } catch {
      // Private windows.
      return new ModelCache(undefined, onForbidden);
    }
  }

  /** The addresses of all that is kept. @returns {Promise<string[]>} */
  async keys() {
    return ((await this.#cache?.keys().catch(() => [])) ?? []).map(({ url }) => url);
  }

  /** What is kept, before it is read. @param {string} address */
  async match(address) {
    return this.#cache?.match(address).catch(() => undefined);
  }

  /** @param {string} address @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} */
  async get(address) {
    try {
      const response = await this.match(address);
      return response && new Uint8Array(await response.arrayBuffer());
    } catch {
      return undefined;
    }
  }

  /** @param {string} address @param {Uint8Array<ArrayBuffer>} bytes */
  async put(address, bytes) {
    try {
      const headers = { Date: new Date().toUTCString(), 'Content-Length': `${bytes.length}` };
      await this.#cache?.put(address, new Response(bytes, { headers }));
    } catch {
      // Most likely the quota. What was stored before stays good.
      if (!this.#cache) return;
      this.#cache = undefined;
      this.#onForbidden();
    }
  }

  /** @param {string} address */
  async delete(address) {
    await this.#cache?.delete(address).catch(() => false);
  }

  /**
   * Forgets what earlier versions of a model left, or all of a model. Tells whether there was something.
   * @param {string} folder
   * @param {Set<string>} [wanted]
   */
  async deleteUnused(folder, wanted) {
    const old = (await this.keys()).filter((url) => folderOf(url) === folder && !wanted?.has(url));
    await Promise.all(old.map((url) => this.delete(url)));
    return old.length > 0;
  }
}

/** The model that something belongs to. @param {string} address */
export function folderOf(address) {
  return new URL('.', address).href;
}

/**
 * Where a shard is kept: by its content, so that a new version of a model never meets shards of an old one.
 * @param {string} folder @param {Shard} shard
 */
export function shardKey(folder, { file, sha256 }) {
  return `${new URL(file, folder).href}?sha256=${sha256}`;
}

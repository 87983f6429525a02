// The models that the browser keeps for the next visit: which there are, deleting one, and asking that they stay.

import { shardsOf } from './download.js';
import { folderOf, ModelCache, shardKey } from './model-cache.js';
import { folderUrl } from './urls.js';

/** @import { KeptModel } from './model-files.js' */

/** @returns {Promise<KeptModel[]>} */
export async function keptModels() {
  const cache = await openCache();
  const persisted = await isPersisted();
  const folders = Map.groupBy(await cache.keys(), folderOf);
  return Promise.all([...folders].map(([url, files]) => describe(cache, url, files, persisted)));
}

/** @param {string | URL} model */
export async function deleteKeptModel(model) {
  return (await openCache()).deleteUnused(folderUrl(model));
}

export async function persistKeptModels() {
  try {
    // There is no such thing on pages that came by plain http.
    return (await navigator.storage?.persist()) ?? false;
  } catch {
    return false;
  }
}

async function isPersisted() {
  try {
    return (await navigator.storage?.persisted()) ?? false;
  } catch {
    return false;
  }
}

function openCache() {
  // Where nothing can be kept, nothing is.
  return ModelCache.open(() => {});
}

/**
 * @param {ModelCache} cache @param {string} url @param {string[]} files @param {boolean} persisted
 * @returns {Promise<KeptModel>}
 */
async function describe(cache, url, files, persisted) {
  const manifestAddress = new URL('model.json', url).href;
  const manifest = (await cache.get(manifestAddress)) ?? new Uint8Array();
  const { name, license } = readNames(manifest);
  const shards = shardsOf(manifest);
  const kept = await Promise.all(files.map((file) => describeFile(cache, file)));
  // The manifest is as old as the last visit.
  const times = kept.flatMap(({ time }, i) => (files[i] === manifestAddress || Number.isNaN(time) ? [] : [time]));
  return {
    url,
    name: name ?? (new URL(url).pathname.split('/').at(-2) || new URL(url).host),
    license: license ?? null,
    bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    complete: shards?.every((shard) => files.includes(shardKey(url, shard))) ?? false,
    date: times.length ? new Date(Math.max(...times)) : null,
    persisted,
  };
}

/** @param {ModelCache} cache @param {string} file */
async function describeFile(cache, file) {
  const response = await cache.match(file);
  const bytes = response?.headers.get('Content-Length');
  return {
    // What earlier versions kept says neither.
    bytes: bytes ? Number(bytes) : ((await response?.blob().catch(() => undefined))?.size ?? 0),
    time: Date.parse(response?.headers.get('Date') ?? ''),
  };
}

/** What a manifest calls the model and its licence; it may be any file. @param {Uint8Array} manifest */
function readNames(manifest) {
  try {
    const { name, license } = JSON.parse(new TextDecoder().decode(manifest));
    /** @param {unknown} value */
    const words = (value) => (typeof value === 'string' && value ? value : undefined);
    return { name: words(name), license: words(license) };
  } catch {
    return {};
  }
}

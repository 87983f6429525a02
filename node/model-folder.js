// The folder in which the model of an address is kept; what is missing of it is fetched, by a worker, for the program waits.

import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { newLine, waitFor } from './line.js';

/** @typedef {{ folder: string } | { reason: string }} Fetched */

/** Where users' programs keep what they can fetch again. */
function cacheFolder() {
  const { SIGHTLINE_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (SIGHTLINE_CACHE) return SIGHTLINE_CACHE;
  const ofSystem = {
    darwin: join(homedir(), 'Library/Caches'),
    win32: LOCALAPPDATA || join(homedir(), 'AppData/Local'),
  };
  const folder = ofSystem[/** @type {'darwin' | 'win32'} */ (process.platform)];
  return join(folder ?? (XDG_CACHE_HOME || join(homedir(), '.cache')), 'sightline');
}

/** Named for people, and another for every address. @param {string} address of a folder, ending in a slash */
function folderOf(address) {
  const name =
    new URL(address).pathname
      .split('/')
      .filter(Boolean)
      .at(-1)
      ?.replace(/[^\w.-]/g, '-') ?? 'model';
  return join(cacheFolder(), `${name}-${createHash('sha256').update(address).digest('hex').slice(0, 12)}`);
}

/** @param {string} named @returns {Fetched} */
function fetchModel(named) {
  if (!URL.canParse(named)) return { reason: `${named} is no address` };
  const address = new URL(named);
  // Both models/one and models/one/model.json mean the folder.
  address.pathname = address.pathname.replace(/\/?(model\.json)?$/, '/');
  const folder = folderOf(address.href);
  const [line, workers] = newLine();
  const worker = new Worker(fileURLToPath(new URL('fetch-model.js', import.meta.url)), {
    workerData: { address: address.href, folder, line: workers },
    transferList: [workers.port],
  });
  worker.unref();
  const fetched = waitFor(line);
  line.port.close();
  return fetched;
}

/**
 * What the program calls, and waits for: it gives an address and a place for the answer, and gets the answer's length,
 * negative where it is a reason.
 * @param {WebAssembly.Memory} memory
 */
export function modelFetcher(memory) {
  /** @param {number} address @param {number} length @param {number} answer @param {number} capacity */
  return (address, length, answer, capacity) => {
    // Copied, for no text is read from memory that others may write to.
    const named = new TextDecoder().decode(new Uint8Array(memory.buffer, address, length).slice());
    const fetched = fetchModel(named);
    const isThere = 'folder' in fetched;
    const bytes = new TextEncoder().encode(isThere ? fetched.folder : fetched.reason).subarray(0, capacity);
    new Uint8Array(memory.buffer, answer, bytes.length).set(bytes);
    return isThere ? bytes.length : -bytes.length;
  };
}

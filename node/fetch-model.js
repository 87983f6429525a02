// Fetches into a folder what is missing of a model, in a worker, for the program waits: shard by shard, verified before it
// is kept, as in the browser. The manifest is kept last, so a folder that has one has a whole model.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { workerData } from 'node:worker_threads';
import { downloadModel, shardsOf } from '../www/download.js';
import { CaptionerError } from '../www/errors.js';
import { ring } from './line.js';

/** @import { DownloadListener, ModelLoader, Shard } from '../www/model-files.js' */
/** @import { Line } from './line.js' */
/** @import { Fetched } from './model-folder.js' */

const MANIFEST = 'model.json';
const STDERR = 2;

/** @type {{ address: string, folder: string, line: Line }} */
const { address, folder, line } = workerData;

/** @returns {Promise<Fetched>} */
async function fetchModel() {
  try {
    const kept = contents(MANIFEST);
    if (kept && new FolderLoader(kept).shards().length === 0) return { folder };
    mkdirSync(folder, { recursive: true });
    const { manifest } = await downloadModel(address, (manifest) => new FolderLoader(manifest), progressOnTerminal());
    keep(MANIFEST, manifest);
    return { folder };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Takes a model into the folder. @implements {ModelLoader} */
class FolderLoader {
  /** @type {Shard[]} */
  #files;

  /** @param {Uint8Array} manifest */
  constructor(manifest) {
    this.manifest = manifest;
    this.#files = shardsOf(manifest) ?? [];
    // A manifest may name nothing outside of its folder.
    if (!this.#files.length || !this.#files.every(({ file }) => /^[\w-][\w.-]*$/.test(file))) {
      throw new CaptionerError('model-unsupported', `${address}${MANIFEST} is not the ${MANIFEST} of a model.`);
    }
  }

  /** Those that are not there yet, or were spoilt. */
  shards() {
    return this.#files.filter((shard) => {
      const bytes = contents(shard.file);
      return !bytes || !isIntact(shard, bytes);
    });
  }

  /** @param {string} file @param {Uint8Array} bytes */
  add(file, bytes) {
    const shard = this.#files.find((shard) => shard.file === file);
    if (!shard || !isIntact(shard, bytes)) {
      throw new CaptionerError('model-corrupt', `${address}${file} is not the file that ${MANIFEST} tells of.`);
    }
    keep(file, bytes);
  }

  /** What is verified is kept, and nothing else can be wrong. */
  isVerified() {
    return false;
  }
}

/** @param {Shard} shard @param {Uint8Array} bytes */
function isIntact(shard, bytes) {
  return bytes.length === shard.bytes && createHash('sha256').update(bytes).digest('hex') === shard.sha256;
}

/** @param {string} file */
function contents(file) {
  try {
    return readFileSync(join(folder, file));
  } catch {
    return undefined;
  }
}

/** Renamed into place, for two programs may fetch the same. @param {string} file @param {Uint8Array} bytes */
function keep(file, bytes) {
  const partial = join(folder, `${file}.${process.pid}.partial`);
  writeFileSync(partial, bytes);
  renameSync(partial, join(folder, file));
}

/** @returns {DownloadListener} */
function progressOnTerminal() {
  let shown = -1;
  return {
    onNotice() {},
    onProgress({ loaded, total }) {
      const percent = Math.floor((100 * loaded) / Math.max(total, 1));
      if (percent === shown || !isatty(STDERR)) return;
      shown = percent;
      const end = loaded < total ? '' : '\n';
      // At once: what goes through a stream waits for the main thread, which waits for this one.
      writeSync(STDERR, `\rFetching ${address}: ${percent}% of ${(total / 1e6).toFixed(1)} MB${end}`);
    },
  };
}

ring(line, await fetchModel());

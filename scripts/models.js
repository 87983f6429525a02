// The models that ship: which are here, and what the page knows of them before it fetches one.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from '../www/shipped-models.js';

/** @import { ShippedModel } from '../www/page/models.js' */

/**
 * What the manifests in a folder of models say, in the order in which the page lists them. A model that is not there is
 * left out, and one without scores has none.
 * @param {string} folder
 * @returns {ShippedModel[]}
 */
export function shippedModels(folder) {
  return SHIPPED.filter((name) => existsSync(join(folder, name, 'model.json'))).map((name) => {
    const { shards, consensus, scores = {} } = JSON.parse(readFileSync(join(folder, name, 'model.json'), 'utf8'));
    /** @type {ShippedModel['files']} */
    const files = consensus ? [...shards, consensus] : shards;
    return { name, files: files.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })), scores };
  });
}

/** Writes `index.json` into a folder of models. @param {string} folder */
export function writeModelIndex(folder) {
  writeFileSync(join(folder, 'index.json'), JSON.stringify(shippedModels(folder)));
}

/** @param {ShippedModel} model */
export function modelBytes({ files }) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

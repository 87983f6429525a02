// A small model in several shards, as only large ones have them.

import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ file: string, bytes: number, sha256: string }} Shard */
/** @typedef {{ dtype: string, shape: number[], data_offsets: [number, number] }} Entry */

/**
 * Deals the tensors of a model's only shard out to so many.
 * @param {string} folder @param {number} count @returns {Shard[]}
 */
export function splitModel(folder, count) {
  const path = join(folder, 'model.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const [{ file: whole }] = manifest.shards;
  const bytes = readFileSync(join(folder, whole));
  const start = 8 + Number(bytes.readBigUInt64LE());
  /** @type {[string, Entry][]} */
  const tensors = Object.entries(JSON.parse(bytes.toString('utf8', 8, start))).filter(([, { shape }]) => shape);
  rmSync(join(folder, whole));
  const most = Math.ceil(tensors.length / count);
  manifest.shards = Array.from({ length: count }, (_, i) => {
    const file = `weights-${i + 1}.safetensors`;
    const shard = shardOf(tensors.slice(i * most, (i + 1) * most), bytes.subarray(start));
    writeFileSync(join(folder, file), shard);
    return { file, bytes: shard.length, sha256: createHash('sha256').update(shard).digest('hex') };
  });
  writeFileSync(path, JSON.stringify(manifest));
  return manifest.shards;
}

/** @param {[string, Entry][]} tensors @param {Buffer} data that of all tensors */
function shardOf(tensors, data) {
  let end = 0;
  const moved = tensors.map(([name, { dtype, shape, data_offsets }]) => {
    const begin = end;
    end += data_offsets[1] - data_offsets[0];
    return [name, { dtype, shape, data_offsets: [begin, end] }];
  });
  const json = JSON.stringify(Object.fromEntries(moved));
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, ...tensors.map(([, { data_offsets }]) => data.subarray(...data_offsets))]);
}

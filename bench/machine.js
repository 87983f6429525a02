// What the figures were measured on and with.

import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { output } from '../scripts/run.js';

/**
 * One line for each thing that a figure hangs on.
 * @param {Record<string, string>} [versions]
 */
export function machine(versions = {}) {
  const [{ model }] = cpus();
  const commit = output('git', ['describe', '--always', '--dirty']) ?? 'unknown';
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${model.trim() || arch()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()} ${arch()}, load ${loadavg()[0].toFixed(2)} at the beginning`,
    /** @type {Record<string, string>} */
    versions: { Sightline: commit, Node: process.version.slice(1), ...versions },
  };
}

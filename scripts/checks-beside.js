// Checks that a process of its own makes beside others. What it prints is shown when it is over.

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBeside, say } from './run.js';

/** @import { Result } from './run-checks.js' */

/** Where such a process is told to write its results. */
const RESULTS = 'SIGHTLINE_CHECK_RESULTS';

/**
 * Begins a script that ends with `tellResults`.
 * @param {string} name of what it does
 * @param {...string} script with its options
 * @returns {() => Promise<Result[]>} waits for it; none are its results where it broke off
 */
export function beginChecks(name, ...script) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-checks-'));
  const [log, list] = ['log.txt', 'results.json'].map((file) => join(folder, file));
  const output = openSync(log, 'w');
  say(`${name}, beside what follows`);
  process.env[RESULTS] = list;
  const ended = runBeside(process.execPath, script, output);
  delete process.env[RESULTS];
  return async () => {
    await ended;
    closeSync(output);
    say(`${name}: what was done beside`);
    process.stdout.write(readFileSync(log));
    try {
      return JSON.parse(readFileSync(list, 'utf8'));
    } catch {
      return [];
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

/** Whether it is another process that reports what this one has found. @param {Result[]} results */
export function tellResults(results) {
  const list = process.env[RESULTS];
  if (!list) return false;
  writeFileSync(list, JSON.stringify(results));
  return true;
}

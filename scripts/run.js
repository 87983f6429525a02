// Running other programs, and saying what is being done.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A step that somebody waits for. @param {string} what */
export function say(what) {
  console.log(`\n▸ ${what}`);
}

/**
 * Runs a program in the repository's root and ends this one where it fails.
 * @param {string} program
 * @param {string[]} options
 * @param {Record<string, string>} [environment]
 */
export function run(program, options, environment = {}) {
  const { status, error } = spawnSync(program, options, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
    // npm is a batch file there.
    shell: process.platform === 'win32',
  });
  if (error) fail(`${program}: ${error.message}`);
  if (status !== 0) fail(`${program} ${options.join(' ')} failed`, status ?? 1);
}

/**
 * What a program prints, or nothing where it is not there or fails.
 * @param {string} program
 * @param {string[]} options
 */
export function output(program, options) {
  const { status, stdout } = spawnSync(program, options, { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** @param {string} message @param {number} [status] @returns {never} */
export function fail(message, status = 1) {
  console.error(`\n✗ ${message}`);
  process.exit(status);
}

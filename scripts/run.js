// Running other programs, saying what is being done, and ending with a sentence where it fails.

import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** A step that somebody waits for. @param {string} what */
export function say(what) {
  console.log(`\n▸ ${what}`);
}

/** What ends a script with a sentence, in place of a stack trace. */
export class Failure extends Error {}

/** @param {string} message @returns {never} */
export function fail(message) {
  throw new Failure(message);
}

/**
 * Does what a script is for. Where it fails, the exit code says so.
 * @param {() => unknown} act
 */
export async function command(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`\n✗ ${error.message}`);
    process.exitCode = 1;
  }
}

/** Whether a module is the script that was started, and not imported by it. @param {string} url its own */
export function isMain(url) {
  return url === pathToFileURL(process.argv[1] ?? '').href;
}

/**
 * Runs a program in the repository's root, and fails where it does.
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
  if (status !== 0) fail(`${program} ${options.join(' ')} failed`);
}

/**
 * Begins a program that is to run beside this one. Whatever ends this one ends that too, and all that it began.
 * @param {string} program
 * @param {string[]} options
 * @param {'inherit' | number} [output] a file that is open, for all that it prints
 * @returns {Promise<void>} resolves when it is over, however it went
 */
export function runBeside(program, options, output = 'inherit') {
  const isWindows = process.platform === 'win32';
  // In a group of its own, so that it can be ended as a whole.
  const child = spawn(program, options, { cwd: root, stdio: ['ignore', output, output], detached: !isWindows });
  let isRunning = true;
  const ended = new Promise((resolve) => {
    child.on('exit', () => {
      isRunning = false;
      resolve(undefined);
    });
  });
  const end = () => {
    if (!isRunning || !child.pid) return;
    if (isWindows) spawnSync('taskkill', ['/pid', `${child.pid}`, '/t', '/f']);
    else process.kill(-child.pid);
  };
  process.on('exit', end);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      end();
      process.kill(process.pid, signal);
    });
  }
  return ended;
}

/**
 * What a program prints, or nothing where it is not there or fails.
 * @param {string} program
 * @param {string[]} options
 */
export function output(program, options) {
  const { status, stdout } = spawnSync(program, options, { cwd: root, encoding: 'utf8', maxBuffer: Infinity });
  return status === 0 ? stdout.trim() : undefined;
}

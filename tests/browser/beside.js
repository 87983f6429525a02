// Programs that run beside a test, and end with it whatever happens.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What ends each that runs. @type {Set<() => Promise<unknown>>} */
const running = new Set();

process.once('exit', () => void endPrograms());

/** @param {string} program @param {string[]} options @param {Record<string, string>} [environment] */
export function startBeside(program, options, environment) {
  const child = spawn(program, options, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...environment },
  });
  const ended = once(child, 'exit');
  const end = () => {
    child.kill();
    return ended;
  };
  running.add(end);
  ended.then(
    () => running.delete(end),
    () => running.delete(end),
  );
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return {
    /** What a pattern finds in what the program prints, once it does. @param {RegExp} pattern @returns {Promise<string>} */
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(said);
        if (found) return found[1];
        const hasEnded = await Promise.race([once(child.stdout, 'data').then(() => false), ended.then(() => true)]);
        if (hasEnded) throw new Error(`${program} ended, and said ${said}`);
      }
    },
  };
}

/** Ends all that run, and waits until they have. */
export async function endPrograms() {
  await Promise.all([...running].map((end) => end()));
}

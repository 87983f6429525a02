// Measures `npm start` on a machine that has Rust and Node and nothing else: a new clone, no crate and no package fetched.
// `node scripts/measure-start.js` ends when the page is served, with `all` when all that it can use is built as well.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { command, fail, root, run, say } from './run.js';

const SERVED = /Sightline is at (\S+)/;
const COMPLETE = /is built; who reloads/;

/** @param {string} folder an empty one @param {RegExp} last line to wait for */
async function measure(folder, last) {
  const clone = join(folder, 'sightline');
  run('git', ['clone', '--quiet', root, clone]);
  const { CARGO_TARGET_DIR, ...environment } = process.env;
  const begin = performance.now();
  const start = spawn(process.execPath, ['scripts/start.js'], {
    cwd: clone,
    env: { ...environment, CARGO_HOME: join(folder, 'cargo'), npm_config_cache: join(folder, 'npm'), PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  /** @type {string[]} */
  const times = [];
  for await (const line of createInterface(start.stdout)) {
    console.log(line);
    if (!line.startsWith('▸')) continue;
    times.push(`${((performance.now() - begin) / 1000).toFixed(0).padStart(5)} s  ${line.slice(2)}`);
    const url = SERVED.exec(line)?.[1];
    if (url && !(await fetch(url)).ok) fail(`${url} answers, but not with the page`);
    if (last.test(line)) break;
  }
  if (start.exitCode !== null) fail('npm start ended by itself');
  start.kill();
  await once(start, 'exit');
  return times;
}

await command(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-start-'));
  try {
    const times = await measure(folder, process.argv[2] === 'all' ? COMPLETE : SERVED);
    say(`On ${cpus().length} cores (${cpus()[0]?.model.trim()})`);
    console.log(times.join('\n'));
  } finally {
    // What is still writing there is being ended.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});

// What runs beside a script ends with it, and with all that it began.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { root } from '../scripts/run.js';

/** Begins another that would go on for a minute, and tells the id of both. */
const BESIDE = `
  const { spawn } = require('node:child_process');
  const { pid } = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'inherit' });
  console.log(process.pid, pid);`;

const SCRIPT = `
  import { runBeside } from './scripts/run.js';
  runBeside(process.execPath, ['-e', process.env.BESIDE]);
  process.stdin.once('data', () => process.exit(3));`;

/** Begins a script with a program beside it. */
async function begin() {
  const script = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    cwd: root,
    env: { ...process.env, BESIDE },
  });
  const ended = new Promise((resolve) => script.once('exit', (code, signal) => resolve(signal ?? code)));
  /** All that hold the output are gone when it ends. */
  const closed = new Promise((resolve) => script.stdout.once('end', resolve));
  const line = await new Promise((resolve) => script.stdout.once('data', resolve));
  const ids = String(line).trim().split(' ').map(Number);
  assert.equal(ids.length, 2);
  return { script, ended, closed, ids };
}

/** @param {number} id of a program */
function isRunning(id) {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  test(`${signal} ends a script, what runs beside it, and what that began`, { timeout: 20_000 }, async () => {
    const { script, ended, closed, ids } = await begin();
    assert.deepEqual(ids.map(isRunning), [true, true]);
    script.kill(signal);
    assert.equal(await ended, signal);
    await closed;
  });
}

test('a script that ends by itself leaves nothing behind', { timeout: 20_000 }, async () => {
  const { script, ended, closed } = await begin();
  script.stdin.write('end\n');
  assert.equal(await ended, 3);
  await closed;
});

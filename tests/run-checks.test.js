// What a run of checks tells: everything that failed, and what was skipped because of it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Failure, root } from '../scripts/run.js';
import { Excuse, report, runChecks } from '../scripts/run-checks.js';

const passes = () => {};
const fails = () => {
  throw new Failure('it is broken');
};

test('a run goes on to its end, and skips only what needs something that failed', async () => {
  /** @type {string[]} */
  const ran = [];
  const results = await runChecks([
    { name: 'build', run: fails },
    { name: 'sizes', run: () => void ran.push('sizes'), needs: ['build'] },
    { name: 'page', run: () => void ran.push('page'), needs: ['sizes'] },
    { name: 'late', run: () => Promise.reject(new Failure('later')) },
    { name: 'types', run: passes, needs: ['another part’s'] },
  ]);
  const told = results.map(({ name, outcome, reason }) => [name, outcome, reason]);
  assert.deepEqual(told, [
    ['build', 'failed', 'it is broken'],
    ['sizes', 'skipped', '“build” failed'],
    ['page', 'skipped', '“sizes” was skipped'],
    ['late', 'failed', 'later'],
    ['types', 'passed', ''],
  ]);
  assert.deepEqual(ran, []);
  assert.throws(() => report(results), /^Error: Of 5 checks 2 failed and 2 were skipped$/);
});

test('a run passes where every check does', async () => {
  report(await runChecks([{ name: 'one', run: passes }]));
});

test('a check that cannot be made here is told with its reason, and fails nothing', async () => {
  const excused = () => {
    throw new Excuse('the list is out of reach');
  };
  const results = await runChecks([
    { name: 'faults', run: excused },
    { name: 'types', run: passes },
  ]);
  assert.deepEqual(
    results.map(({ outcome, reason }) => [outcome, reason]),
    [
      ['excused', 'the list is out of reach'],
      ['passed', ''],
    ],
  );
  report(results);
  const withAFailure = await runChecks([
    { name: 'faults', run: excused },
    { name: 'types', run: fails },
  ]);
  assert.throws(() => report(withAFailure), /^Error: Of 2 checks 1 failed and 0 were skipped$/);
});

test('an unknown part is an error that names the parts', () => {
  const { status, stderr } = spawnSync('node', ['scripts/test.js', 'lint', 'rusty'], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /^\n✗ There is no part rusty; there are programs, lint, rust, build, browser\n$/);
});

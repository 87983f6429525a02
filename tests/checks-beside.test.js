// Checks in a process of their own tell what they found, and where it breaks off they have found nothing.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { root } from '../scripts/run.js';

/** What a process prints that begins others. @param {string} check code of one */
function printed(check) {
  const script = `
    import { beginChecks } from './scripts/checks-beside.js';
    const end = beginChecks('Some', '--input-type=module', '--eval', process.env.CHECK);
    console.log('meanwhile');
    console.log(JSON.stringify(await end()));`;
  const options = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, options, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CHECK: check },
  });
  assert.equal(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

test('what was found beside is told when it is over, with all that was printed', () => {
  const found = [{ name: 'one', outcome: 'passed', seconds: 1, reason: '' }];
  const lines = printed(`
    import { tellResults } from './scripts/checks-beside.js';
    console.log('said beside');
    console.error('complained beside');
    console.log(tellResults(${JSON.stringify(found)}));`);
  const beside = ['said beside', 'complained beside', 'true'];
  assert.deepEqual(lines, [
    '▸ Some, beside what follows',
    'meanwhile',
    '▸ Some: what was done beside',
    ...beside,
    JSON.stringify(found),
  ]);
});

test('where the process breaks off nothing was found, and what it said is seen', () => {
  const lines = printed("console.log('so far'); process.exit(1);");
  assert.deepEqual(lines.slice(-2), ['so far', '[]']);
});

test('a process that nobody began beside itself reports by itself', async () => {
  const { tellResults } = await import('../scripts/checks-beside.js');
  assert.equal(tellResults([]), false);
});

// What `action.yml` runs in somebody's workflow, with a package in the place of ours that tells how it was called.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../scripts/run.js';

const action = readFileSync(join(root, 'action.yml'), 'utf8');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is run in bash: the last block of the file. */
const script = action.slice(action.indexOf('run: |\n') + 'run: |\n'.length).replace(/^ {8}/gm, '');

const folder = mkdtempSync(join(tmpdir(), 'sightline-action-'));
after(() => rmSync(folder, { recursive: true }));
const installed = join(folder, 'node_modules/sightline');
mkdirSync(installed, { recursive: true });
writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { sightline: version } }));
writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'sightline', version, bin: 'arguments.js' }));
writeFileSync(
  join(installed, 'arguments.js'),
  '#!/usr/bin/env node\nconsole.log(JSON.stringify(process.argv.slice(2)));\nprocess.exitCode = 1;\n',
  { mode: 0o755 },
);
mkdirSync(join(folder, 'node_modules/.bin'));
writeFileSync(join(folder, 'node_modules/.bin/sightline'), readFileSync(join(installed, 'arguments.js')), {
  mode: 0o755,
});

/** How GitHub runs a step in bash. @param {Record<string, string>} inputs */
function step(inputs) {
  const defaults = { SITE: '.', REPORT: 'github', OUTPUT: '', RULES: '', VERSION: '' };
  const env = { ...process.env, GITHUB_ACTION_PATH: root, npm_config_offline: 'true', ...defaults, ...inputs };
  const options = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script];
  return spawnSync('bash', options, { cwd: folder, encoding: 'utf8', env });
}

test('the pages of the repository are checked, and what the command finds fails the step', () => {
  const { status, stdout, stderr } = step({});
  assert.equal(status, 1, stderr);
  assert.deepEqual(JSON.parse(stdout), ['alt', '--check', '--report', 'github', '--', '.']);
});

test('inputs reach the command as they are, a page a line', () => {
  const { stdout } = step({
    SITE: 'docs/*.md\n\n-a b.html\n$(touch ran)`touch ran`";touch ran\n',
    REPORT: 'sarif',
    RULES: 'alt-missing,alt-empty',
    VERSION: version,
  });
  assert.deepEqual(JSON.parse(stdout), [
    ...['alt', '--check', '--report', 'sarif', '--rules', 'alt-missing,alt-empty', '--'],
    ...['docs/*.md', '-a b.html', '$(touch ran)`touch ran`";touch ran'],
  ]);
  assert.equal(existsSync(join(folder, 'ran')), false);
});

test('a report goes to a file', () => {
  const { status, stdout } = step({ OUTPUT: 'a report.json', REPORT: 'json' });
  assert.deepEqual([status, stdout], [1, '']);
  assert.equal(JSON.parse(readFileSync(join(folder, 'a report.json'), 'utf8'))[3], 'json');
});

test('every input is read, and nowhere but in the environment', () => {
  const inputs = [...action.slice(0, action.indexOf('runs:')).matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name);
  const read = [...action.matchAll(/\$\{\{ inputs\.(\w+) \}\}/g)].map(([, name]) => name);
  assert.deepEqual(read, inputs);
  assert.equal(script.includes('${{'), false);
});

// The recipes of docs/COLLECTIONS.md, run as they stand there. What gives them their numbers is GNU parallel itself,
// and for Slurm and Kubernetes the variables that they set.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fail, root } from '../scripts/run.js';
import { hasParallel } from '../scripts/tools.js';

const PHOTOS = ['scene.jpg', 'small.png', 'large.jpg', 'lossy.webp'];
const document = readFileSync(join(root, 'docs/COLLECTIONS.md'), 'utf8');

/** Where the recipe runs. */
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  mkdirSync(join(folder, 'photos'));
  for (const photo of PHOTOS) cpSync(join(root, 'tests/photos', photo), join(folder, 'photos', `${photo}.jpg`));
  run(recipe('# Captioning', 'sh').split('\n')[0]);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The first piece of code in a language behind a heading. @param {string} heading @param {string} language */
function recipe(heading, language) {
  const begin = document.indexOf(heading);
  assert.ok(begin >= 0, `docs/COLLECTIONS.md has no ${heading}`);
  const [, code] = document.slice(begin).split(`\`\`\`${language}\n`);
  return code.slice(0, code.indexOf('```'));
}

/**
 * Runs a script among the photos. Returns what it said on stderr.
 * @param {string} script
 * @param {Record<string, string>} [variables]
 * @param {string} [shell]
 */
function run(script, variables = {}, shell = 'bash') {
  const { status, stderr } = spawnSync(shell, ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: [join(root, 'target/debug'), process.env.PATH].join(delimiter),
      SIGHTLINE_MODELS: join(root, 'models'),
      ...variables,
    },
  });
  assert.equal(status, 0, stderr);
  return stderr;
}

/**
 * Runs a script as each of 16 tasks, and again: each photo is captioned by one of them, and by none the second time.
 * @param {string} script
 * @param {(task: number) => Record<string, string>} variables of a task from 1 on
 * @param {string} [shell]
 */
function runTasks(script, variables, shell) {
  const tasks = Array.from({ length: 16 }, (_, i) => i + 1);
  const sums = [0, 0].map(() => {
    const said = tasks.map((task) => run(script, variables(task), shell));
    const counts = said.map(
      (text) => /^(\d+) photos in .*; 0 failed, (\d+) were done before$/m.exec(text) ?? fail(text),
    );
    return [1, 2].map((column) => counts.reduce((sum, count) => sum + Number(count[column]), 0));
  });
  assert.deepEqual(sums, [
    [PHOTOS.length, 0],
    [0, PHOTOS.length],
  ]);
}

test('GNU parallel', { skip: hasParallel() ? false : 'GNU parallel is missing and cannot be installed here' }, () => {
  const photos = PHOTOS.map((photo) => `photos/${photo}.jpg`).sort();
  const script = recipe('### Several machines', 'sh');
  // The second time nothing is left to do, and nothing is done twice.
  for (let time = 0; time < 2; time++) {
    run(script);
    const lines = readFileSync(join(folder, 'captions.jsonl'), 'utf8').trim().split('\n');
    const captions = lines.map((line) => JSON.parse(line));
    assert.deepEqual(captions.map(({ photo }) => photo).sort(), photos);
    assert.ok(captions.every(({ caption }) => caption));
  }
});

test('Slurm', () => {
  const script = recipe('### Slurm', 'bash');
  assert.match(script, /^#SBATCH --array=1-16$/m);
  runTasks(script, (task) => ({ SLURM_ARRAY_TASK_ID: `${task}`, SLURM_CPUS_PER_TASK: '1' }));
});

test('Kubernetes', () => {
  const manifest = recipe('### Kubernetes', 'yaml');
  assert.match(manifest, /^ {2}completions: 16$/m);
  // YAML folds the lines of such a text into one.
  const [, folded] = /- >-\n((?: {14}.*\n)+)/.exec(manifest) ?? fail('the manifest has no command');
  const script = folded.trim().replaceAll(/\s*\n\s*/g, ' ');
  runTasks(script, (task) => ({ JOB_COMPLETION_INDEX: `${task - 1}` }), 'sh');
});

// Builds a wasm twice, from nothing and in two folders, and fails unless both are the same to the byte.

import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command, fail, output, root, run, say } from './run.js';
import { wasms } from './wasms.js';

/** What builds a wasm, and the folder with what comes of it. @type {Record<string, { build: string[], folder: string }>} */
const BUILDS = {
  ...Object.fromEntries(
    wasms.map(({ name }) => [name, { build: ['scripts/wasms.js', name], folder: join('www/wasm', name) }]),
  ),
  node: { build: ['scripts/node-program.js'], folder: 'node' },
};

/** Unlike each other in length and depth. */
const FOLDERS = ['one', 'another/and a longer one'];

/**
 * Copies what git knows of, as it is now, builds there, and tells the hash of each file that was made.
 * @param {string} name
 * @param {string} folder
 */
function buildIn(name, folder) {
  const files = output('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  if (!files) fail('Only a checkout of git can be built twice');
  for (const file of files.split('\0').filter(Boolean)) cpSync(join(root, file), join(folder, file));
  const { build, folder: built } = BUILDS[name];
  const [script, ...options] = build;
  say(`Building ${name} in ${folder} (minutes)`);
  run('node', [join(folder, script), ...options]);
  const path = join(folder, built);
  return readdirSync(path).map((file) => {
    const hash = createHash('sha256').update(readFileSync(join(path, file)));
    return `${hash.digest('hex')}  ${file}`;
  });
}

await command(() => {
  const [name = 'cpu'] = process.argv.slice(2);
  if (!Object.hasOwn(BUILDS, name)) fail(`There is no wasm ${name}; there are ${Object.keys(BUILDS).join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  const [one, other] = FOLDERS.map((part) => buildIn(name, join(folder, part)).join('\n'));
  if (one !== other) fail(`Two builds of ${name} differ, in ${folder}:\n${one}\n\n${other}`);
  rmSync(folder, { recursive: true });
  say(`Two builds of ${name} are the same:\n${one}`);
});

// Packs the npm package, and installs it in the examples as a site would.

import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { makePackageFiles } from './package-files.js';
import { command, isMain, root, run, say } from './run.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = join(root, 'target/package');

export const tarball = join(folder, `sightline-${version}.tgz`);

/** Examples with packages of their own. */
const EXAMPLES = ['bundlers', 'frameworks', 'site-builds', 'vite'].map((name) => join(root, 'examples', name));

/** Needs the wasms, which `npm run build` makes. */
export function pack() {
  makePackageFiles();
  mkdirSync(folder, { recursive: true });
  run('npm', ['pack', '--loglevel', 'error', '--pack-destination', folder]);
  for (const example of EXAMPLES) {
    say(`Installing the npm packages of ${relative(root, example)}`);
    // The tarball in place of the copy of this checkout that the example itself asks for. Not `npm ci`, which wants
    // every system's binaries in the lock file; registries do not have all of them.
    run('npm', ['install', '--prefix', example, '--no-save', '--no-audit', '--no-fund', tarball]);
  }
}

if (isMain(import.meta.url)) {
  await command(() => {
    pack();
    say(`Packed ${tarball}`);
  });
}

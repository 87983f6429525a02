// Packs the npm package, and installs it in the examples as a site would.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, say } from './run.js';
import { ensurePackages } from './tools.js';

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const folder = join(root, 'target/package');

export const tarball = join(folder, `sightline-${version}.tgz`);

/** Examples with packages of their own. */
const EXAMPLES = ['examples/bundlers', 'examples/vite'].map((example) => join(root, example));

/** Needs the wasm, which `build` makes. */
export function pack() {
  mkdirSync(folder, { recursive: true });
  run('npm', ['pack', '--loglevel', 'error', '--pack-destination', folder]);
  for (const example of EXAMPLES) {
    ensurePackages(example);
    // In place of the copy of this checkout that the example itself asks for, and that has grown old.
    run('npm', ['install', '--prefix', example, '--no-save', '--no-audit', '--no-fund', tarball]);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  pack();
  say(`Packed ${tarball}`);
}

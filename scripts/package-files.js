// Makes what the npm package holds besides sources and wasms: the types of the JSDoc, the licences of what others wrote, and
// the list of what is in it. Not in a script of npm's, for .npmrc lets none run by itself.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { nodeProgram } from './node-program.js';
import { fail, root, run } from './run.js';
import { writeBom } from './sbom.js';
import { writeThirdParty } from './third-party.js';
import { wasms } from './wasms.js';

/** Needs the wasms: nothing is packed without them. */
export function makePackageFiles() {
  const files = [nodeProgram, ...wasms.map(({ name }) => join(root, 'www/wasm', name, 'sightline_bg.wasm'))];
  for (const file of files) {
    if (!existsSync(file)) fail(`${relative(root, file)} is missing; build it with npm run build`);
  }
  writeTypes(join(root, 'types'));
  writeThirdParty(root);
  writeBom(root);
}

/** @param {string} types a folder, made anew */
function writeTypes(types) {
  rmSync(types, { recursive: true, force: true });
  run('npx', ['tsc', '--project', 'scripts/types.json']);
  // Some are written by hand, and tsc copies no such files.
  for (const folder of ['node', 'www', 'www/element', 'www/frameworks']) {
    const written = readdirSync(join(root, folder)).filter((name) => name.endsWith('.d.ts'));
    mkdirSync(join(types, folder), { recursive: true });
    for (const name of written) copyFileSync(join(root, folder, name), join(types, folder, name));
  }
}

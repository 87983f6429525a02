// Builds the command `sightline` for Node, which the npm package runs: node/sightline.wasm.

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOptions } from './crates.js';
import { checkPrivatePaths, withoutPrivatePaths } from './private-paths.js';
import { command, isMain, root, run, say } from './run.js';
import { ensureRust, ensureTarget, WASI } from './tools.js';

/** @import { Build } from './crates.js' */

const PROFILE = 'web';

/** What Node loads. */
export const nodeProgram = join(root, 'node/sightline.wasm');

/** @type {Build} */
export const nodeBuild = { package: 'sightline-cli', target: WASI, features: ['--no-default-features'] };

/** @param {...string} options of rustc */
export function buildNodeProgram(...options) {
  ensureRust();
  ensureTarget(WASI);
  say('Building the command for Node (minutes)');
  run('cargo', [
    'rustc',
    ...buildOptions(nodeBuild),
    '--bin=sightline',
    `--profile=${PROFILE}`,
    ...withoutPrivatePaths(WASI),
    '--',
    // All that a wasm can have, as node/program.js gives it; a large photo takes more than the linker's own limit.
    '-Clink-arg=--max-memory=4294967296',
    ...options,
  ]);
  const built = join(root, 'target', WASI, PROFILE, 'sightline.wasm');
  checkPrivatePaths(built);
  copyFileSync(built, nodeProgram);
}

if (isMain(import.meta.url)) await command(() => buildNodeProgram());

// Keeps this machine's paths out of what is built. Panics name source files, most of them below somebody's home, and two
// builds in two folders would differ.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fail, root } from './run.js';

/**
 * Options of cargo that have a target's programs name other folders in place of this machine's.
 * @param {string} target
 */
export function withoutPrivatePaths(target) {
  const cargo = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  const flags = [`--remap-path-prefix=${root}=/sightline/`, `--remap-path-prefix=${cargo}=/cargo`];
  // In a file, for what stands in a command line is read by a shell on some systems. Cargo adds the flags to those of
  // .cargo/config.toml; RUSTFLAGS would replace them.
  const file = join(root, 'target', `private-paths-${target}.toml`);
  mkdirSync(join(root, 'target'), { recursive: true });
  writeFileSync(file, `[target.${target}]\nrustflags = ${JSON.stringify(flags)}\n`);
  return ['--config', file];
}

/** Fails where a file names a folder of this machine. @param {string} file */
export function checkPrivatePaths(file) {
  const content = readFileSync(file);
  for (const folder of [root, `${homedir()}${sep}`]) {
    const place = content.indexOf(folder);
    if (place < 0) continue;
    const found = content
      .subarray(place, place + 120)
      .toString('latin1')
      .replace(/[^ -~].*/s, '');
    fail(`${relative(root, file)} names a folder of this machine (${found}); scripts/private-paths.js is to hide it`);
  }
}

// What is built names no folder of the machine that built it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkPrivatePaths } from '../scripts/private-paths.js';
import { root } from '../scripts/run.js';

const folder = mkdtempSync(join(tmpdir(), 'sightline-paths-'));
after(() => rmSync(folder, { recursive: true }));

for (const [whose, path] of [
  ['a home', join(homedir(), '.cargo/registry/src/a.rs')],
  ['the checkout', join(root, 'src/lib.rs')],
]) {
  test(`a file that names a path below ${whose} is refused with that path`, () => {
    const file = join(folder, 'built.wasm');
    writeFileSync(file, `\0asm panicked at \0${path}\0 and more`);
    assert.throws(
      () => checkPrivatePaths(file),
      (error) => error instanceof Error && error.message.includes(`names a folder of this machine (${path})`),
    );
  });
}

test('a file that names other folders is not', () => {
  const file = join(folder, 'built.wasm');
  writeFileSync(file, '\0asm\0/cargo/registry/src/burn-0.22.1/src/lib.rs\0/rustc/0123/library/core/src/num.rs');
  checkPrivatePaths(file);
});

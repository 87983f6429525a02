// A build beside the server that fails says so, and leaves what is served as it is.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { dist } from '../scripts/build.js';
import { root } from '../scripts/run.js';

const folder = mkdtempSync(join(tmpdir(), 'sightline-'));
after(() => rmSync(folder, { recursive: true }));

const served = () => (existsSync(dist) ? readdirSync(dist, { recursive: true }).sort() : []);

test('a wasm that cannot be built is an error, and the page goes on', () => {
  writeFileSync(join(folder, 'cargo'), '#!/bin/sh\n[ "$1" = --version ] && echo cargo\n', { mode: 0o755 });
  const before = served();
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build-later.js'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` },
  });
  assert.equal(status, 1);
  assert.match(stderr, /^\n✗ cargo rustc .*--features=web,relaxed-simd .*failed; the page goes on without it\n$/);
  assert.deepEqual(served(), before);
});

// Builds dist/: a folder that any static host serves as it is, under any path.

import { cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, run, say } from './run.js';
import { ensureRust, ensureWasmBindgen, ensureWasmTarget } from './tools.js';

export const dist = join(root, 'dist');

export function build() {
  ensureRust();
  ensureWasmTarget();
  const wasmBindgen = ensureWasmBindgen();
  say('Building the wasm (minutes the first time, a moment when nothing has changed)');
  run('cargo', [
    'rustc', '--lib', '--crate-type', 'cdylib', '--profile', 'web', '--target', 'wasm32-unknown-unknown',
    '--no-default-features', '--features', 'web,flex', '--locked',
  ]);
  const wasm = join(root, 'target/wasm32-unknown-unknown/web/sightline.wasm');
  const bound = join(root, 'www/wasm');
  const boundFile = join(bound, 'sightline_bg.wasm');
  if (!existsSync(boundFile) || statSync(boundFile).mtimeMs < statSync(wasm).mtimeMs) {
    run(wasmBindgen, [wasm, '--target', 'web', '--out-dir', bound]);
  }
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(root, 'index.html'), join(dist, 'index.html'));
  cpSync(join(root, 'www'), join(dist, 'www'), { recursive: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  build();
  say('Built dist/');
}

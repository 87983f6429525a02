// esbuild follows imports and no addresses: the worker is bundled beside the site, and the wasm's folder put beside the
// worker.

import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

await build({
  entryPoints: { site: 'site.js', worker: 'sightline/worker' },
  outdir: 'dist/esbuild',
  bundle: true,
  format: 'esm',
  external: ['./wasm/*'],
});
const www = dirname(fileURLToPath(import.meta.resolve('sightline/worker')));
cpSync(join(www, 'wasm'), 'dist/esbuild/wasm', { recursive: true });

// Builds dist/: a folder that any static host serves as it is, under any path.

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from '../www/shipped-models.js';
import { TOKENS } from '../www/view/tokens.js';
import { WORDS_STYLE } from '../www/view/words-style.js';
import { bundle, minify } from './minify.js';
import { writeModelIndex } from './models.js';
import { command, isMain, root, run, say } from './run.js';
import { writeServiceWorker } from './service-worker.js';
import { ensurePackages, ensureRust, ensureWasmBindgen, ensureWasmTarget } from './tools.js';

export const dist = join(root, 'dist');

/** A page downloads the one that it will use; that for WebGPU has the processor's part in it. */
const wasms = {
  cpu: { profile: 'web', features: 'web' },
  gpu: { profile: 'web-gpu', features: 'web,wgpu' },
};

/** Of the page, in the order of their rules. */
const STYLES = ['page.css', 'stage.css', 'fonts.css'];

export function build() {
  ensureRust();
  ensureWasmTarget();
  const wasmBindgen = ensureWasmBindgen();
  for (const [device, { profile, features }] of Object.entries(wasms)) {
    say(`Building the wasm for ${device === 'cpu' ? 'the processor' : 'WebGPU'} (minutes)`);
    run('cargo', [
      'rustc',
      '--package=sightline',
      '--lib',
      '--crate-type=cdylib',
      `--profile=${profile}`,
      '--target=wasm32-unknown-unknown',
      `--features=${features}`,
      '--locked',
    ]);
    const wasm = join(root, 'target/wasm32-unknown-unknown', profile, 'sightline.wasm');
    const bound = join(root, 'www/wasm', device);
    const boundFile = join(bound, 'sightline_bg.wasm');
    if (!existsSync(boundFile) || statSync(boundFile).mtimeMs < statSync(wasm).mtimeMs) {
      // Nobody but wasm-bindgen reads the names of functions, and a page would download them.
      run(wasmBindgen, [wasm, '--target', 'web', '--remove-name-section', '--out-dir', bound]);
    }
  }
  assemble();
}

/** Puts together what is there already. */
export function assemble() {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  cpSync(join(root, 'index.html'), join(dist, 'index.html'));
  cpSync(join(root, 'www'), join(dist, 'www'), { recursive: true });
  writeStyles(join(dist, 'www/page'));
  minify(join(dist, 'www'));
  bundle(join(dist, 'www/inside'), 'panel.js');
  const models = join(dist, 'models');
  mkdirSync(models);
  for (const name of SHIPPED) {
    const source = join(root, 'models', name);
    if (existsSync(source)) cpSync(source, join(models, name), { recursive: true });
    else say(`models/${name} is not there; the page goes without it`);
  }
  writeModelIndex(models);
  writeServiceWorker(dist);
}

/** One style sheet, for each would delay the first paint: what the page has in common with the element, and its own. @param {string} folder */
function writeStyles(folder) {
  const own = STYLES.map((name) => {
    const path = join(folder, name);
    const style = readFileSync(path, 'utf8');
    rmSync(path);
    return style;
  });
  writeFileSync(join(folder, 'page.css'), [`:root {${TOKENS}}`, WORDS_STYLE, ...own].join('\n'));
}

if (isMain(import.meta.url)) {
  await command(() => {
    ensurePackages();
    build();
    say('Built dist/');
  });
}

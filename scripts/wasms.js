// The wasms of the page: which there are, and how each is built.

import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { buildOptions } from './crates.js';
import { checkPrivatePaths, withoutPrivatePaths } from './private-paths.js';
import { command, fail, isMain, root, run } from './run.js';
import { buildBindgen, ensureRust, ensureTarget, WASM } from './tools.js';

/** @import { Build } from './crates.js' */

/**
 * @typedef {object} Wasm
 * @property {string} name of its folder in www/wasm/
 * @property {string} device that it computes on
 * @property {string} features of the library, separated by commas
 * @property {boolean} isAwaited whether the page needs it; the others are built while it is served
 */

/**
 * A page downloads the one that it will use; that for WebGPU has the processor's part in it. They are built in this
 * order. `www/start-wasm.js` chooses between them.
 * @type {Wasm[]}
 */
export const wasms = [
  { name: 'cpu', device: 'the processor', features: 'web', isAwaited: true },
  { name: 'cpu-relaxed', device: 'the processor with relaxed SIMD', features: 'web,relaxed-simd', isAwaited: false },
  { name: 'gpu', device: 'WebGPU', features: 'web,wgpu', isAwaited: false },
];

const PROFILE = 'web';

/** Without it all wasms of the library have one name in cargo's folder, and each build begins with the library anew. */
const NAMES_OF_THEIR_OWN = { __CARGO_DEFAULT_LIB_METADATA: 'wasm' };

/** What all wasms are made of, from the root. */
const SOURCES = ['gpu-kernels', 'kernels', 'src', 'Cargo.toml', 'Cargo.lock', '.cargo/config.toml'];

/** @param {Wasm} wasm @returns {Build} */
export const buildOf = ({ features }) => ({ package: 'sightline', target: WASM, features: [`--features=${features}`] });

/** What a page loads. @param {Wasm} wasm */
const boundFile = ({ name }) => join(root, 'www/wasm', name, 'sightline_bg.wasm');

/**
 * @param {Wasm} wasm
 * @param {...string} options of cargo
 * @returns {boolean} whether it is another than before
 */
export function buildWasm(wasm, ...options) {
  ensureRust();
  ensureTarget(WASM);
  run(
    'cargo',
    [
      'rustc',
      ...buildOptions(buildOf(wasm)),
      '--lib',
      '--crate-type=cdylib',
      `--profile=${PROFILE}`,
      ...withoutPrivatePaths(WASM),
      ...options,
    ],
    NAMES_OF_THEIR_OWN,
  );
  const built = join(root, 'target', WASM, PROFILE, 'sightline.wasm');
  const bound = boundFile(wasm);
  if (existsSync(bound) && changed(bound) === changed(built)) return false;
  run(buildBindgen(...options), [built, join(root, 'www/wasm', wasm.name)]);
  checkPrivatePaths(bound);
  // So that the next build knows which one it was.
  const time = new Date(changed(built));
  utimesSync(bound, time, time);
  return true;
}

/** Whether it is there and younger than all that it is made of, as far as their times tell. @param {Wasm} wasm */
export function isCurrent(wasm) {
  const bound = boundFile(wasm);
  return existsSync(bound) && SOURCES.every((path) => newest(join(root, path)) < changed(bound));
}

/** The last change of a file or of any file below a folder. @param {string} path */
function newest(path) {
  if (!statSync(path).isDirectory()) return changed(path);
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  return Math.max(...names.map((name) => changed(join(path, name))));
}

/** In whole milliseconds, which is what a time can be set to. @param {string} path */
function changed(path) {
  return Math.trunc(statSync(path).mtimeMs);
}

if (isMain(import.meta.url)) {
  await command(() => {
    const [name] = process.argv.slice(2);
    const wasm = wasms.find((wasm) => wasm.name === name);
    if (!wasm) fail(`Which wasm? Use: node scripts/wasms.js ${wasms.map(({ name }) => name).join('|')}`);
    buildWasm(wasm);
  });
}

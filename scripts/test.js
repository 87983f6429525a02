// `npm test`: every check there is. Exits with an error at the first that fails.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, say } from './run.js';
import { ensureNextest, ensurePackages, ensureRust, ensureWasmTarget } from './tools.js';

const TESTED = ['--no-default-features', '--features', 'train,flex'];

/** @param {string} what @param {() => void} step */
function check(what, step) {
  say(what);
  const begin = Date.now();
  step();
  times.push([what, (Date.now() - begin) / 1000]);
}

/** @type {[string, number][]} */
const times = [];

ensureRust();
ensurePackages();
ensureNextest();
ensureWasmTarget();

check('Format', () => run('cargo', ['fmt', '--check']));
check('Rust lints, all that users build', () =>
  run('cargo', ['clippy', '--all-targets', '--locked', '--', '-D', 'warnings']),
);
for (const features of ['web,flex', 'web,flex,wgpu']) {
  check(`Rust lints, what the browser runs (${features})`, () =>
    run('cargo', [
      'clippy',
      '--lib',
      '--locked',
      '--target',
      'wasm32-unknown-unknown',
      '--no-default-features',
      '--features',
      features,
      '--',
      '-D',
      'warnings',
    ]),
  );
}
check('Rust tests, on the CPU', () => run('cargo', ['nextest', 'run', '--locked', ...TESTED]));
check('Rust documentation', () => run('cargo', ['doc', '--no-deps', '--locked'], { RUSTDOCFLAGS: '-D warnings' }));

const { build } = await import('./build.js');
check('The page', build);
const { checkSizes } = await import('./sizes.js');
check('What a first visit downloads', checkSizes);
const { pack } = await import('./package.js');
check('The npm package, installed in the examples', pack);
check('Types of the JavaScript', () => run('npx', ['tsc', '--project', 'jsconfig.json']));
const { ensureChromium } = await import('./tools.js');
const chromium = ensureChromium();
const browser = join(root, 'tests/browser');
const specs = readdirSync(browser)
  .filter((name) => name.endsWith('.spec.js'))
  .map((name) => join(browser, name));
check('Browser tests', () => run('node', ['--test', ...specs], { CHROMIUM: chromium }));

say('All checks passed');
for (const [what, seconds] of times) console.log(`${seconds.toFixed(0).padStart(5)} s  ${what}`);

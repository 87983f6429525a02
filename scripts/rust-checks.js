// The Rust commands of `npm test`, in the order in which they run.

import { WASM } from './tools.js';

/**
 * @typedef {object} RustCheck
 * @property {string} name
 * @property {string[]} options of cargo
 * @property {Record<string, string>} [environment]
 */

/** What is tested needs no GPU, and nothing that only builds the page. */
const TESTED = ['--locked', '--no-default-features'];

/** What clippy says of a package as a browser runs it. @param {string} name @param {string} features @returns {RustCheck} */
const webLints = (name, features) => ({
  name: `Rust lints, what the browser runs (${features})`,
  options: [
    'clippy',
    `--package=${name}`,
    '--lib',
    '--locked',
    `--target=${WASM}`,
    `--features=${features}`,
    '--',
    '-Dwarnings',
  ],
});

/**
 * A package of its own, so that the others are built without support for GPUs.
 * @type {RustCheck}
 */
export const GPU_TESTS = {
  name: 'Rust tests, on a GPU in software',
  options: ['nextest', 'run', '--locked', '--package=sightline-gpu-kernels'],
};

/** @type {RustCheck} */
export const RUST_FORMAT = { name: 'Format of the Rust code', options: ['fmt', '--all', '--check'] };

/** What deny.toml says; the list of known faults, which is on the network, is looked up by itself. @type {RustCheck} */
export const CRATES = {
  name: 'Licences, sources and doubles of the crates',
  options: ['deny', 'check', '-D', 'warnings', 'bans', 'licenses', 'sources'],
};

/** @type {RustCheck[]} */
export const RUST_CHECKS = [
  {
    name: 'Rust lints, all that users build',
    options: ['clippy', '--workspace', '--all-targets', '--locked', '--', '-Dwarnings'],
  },
  // The wasm for the processor has nothing else in it than that for WebGPU, and other kernels where there is relaxed SIMD.
  webLints('sightline', 'web,wgpu'),
  webLints('sightline-kernels', 'relaxed-simd'),
  { name: 'Rust tests, on the CPU', options: ['nextest', 'run', ...TESTED] },
  { name: 'The code in the Rust documentation and in the README', options: ['test', '--doc', ...TESTED] },
  {
    name: 'Rust documentation',
    // All packages, so that what they need was checked with the lints.
    options: ['doc', '--workspace', '--no-deps', '--locked'],
    environment: { RUSTDOCFLAGS: '-D warnings' },
  },
];

/**
 * What the browser tests compare the page with, and what makes their models; built as the Rust tests build it, so that it
 * is built once.
 * @type {RustCheck}
 */
export const COMMAND_LINE = {
  name: 'The command line',
  options: ['build', '--bins', '--example=synthetic_model', ...TESTED],
};

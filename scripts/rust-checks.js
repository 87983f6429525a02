// The Rust commands of `npm test`, in the order in which they run.

/**
 * @typedef {object} RustCheck
 * @property {string} name
 * @property {string[]} options of cargo
 * @property {Record<string, string>} [environment]
 */

/** What is tested needs no GPU. */
const TESTED = ['--no-default-features', '--features', 'train,flex'];

/** What clippy says of the library as a browser runs it. @param {string} features @returns {RustCheck} */
const webLints = (features) => ({
  name: `Rust lints, what the browser runs (${features})`,
  options: [
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
  ],
});

/** @type {RustCheck} */
export const RUST_FORMAT = { name: 'Format of the Rust code', options: ['fmt', '--check'] };

/** @type {RustCheck[]} */
export const RUST_CHECKS = [
  {
    name: 'Rust lints, all that users build',
    options: ['clippy', '--all-targets', '--locked', '--', '-D', 'warnings'],
  },
  webLints('web,flex'),
  webLints('web,flex,wgpu'),
  { name: 'Rust tests, on the CPU', options: ['nextest', 'run', '--locked', ...TESTED] },
  {
    name: 'Rust documentation',
    options: ['doc', '--no-deps', '--locked'],
    environment: { RUSTDOCFLAGS: '-D warnings' },
  },
];

/** What the browser tests compare the page with; built as the Rust tests build it, so that it is built once. @type {RustCheck} */
export const COMMAND_LINE = { name: 'The command line', options: ['build', '--bins', '--locked', ...TESTED] };

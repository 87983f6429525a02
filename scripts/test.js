// `npm test`: every check there is; `npm test -- lint`, `rust`, `build` or `browser`: those of a part.

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkCrates, checkNpmPackages } from './advisories.js';
import { build } from './build.js';
import { beginChecks, tellResults } from './checks-beside.js';
import { checkManifest } from './manifest.js';
import { buildNodeProgram } from './node-program.js';
import { pack } from './package.js';
import { command, fail, root, run } from './run.js';
import { report, runChecks } from './run-checks.js';
import { COMMAND_LINE, CRATES, GPU_TESTS, RUST_CHECKS, RUST_FORMAT } from './rust-checks.js';
import { checkSizes } from './sizes.js';
import { checkStructure } from './structure.js';
import {
  ensureChromium,
  ensureDeny,
  ensureFirefox,
  ensureNextest,
  ensurePackages,
  ensureParallel,
  ensureRust,
  ensureSoftwareGpu,
  ensureTarget,
  ensureWebKit,
  WASI,
  WASM,
} from './tools.js';

/** @import { Check, Result } from './run-checks.js' */
/** @import { RustCheck } from './rust-checks.js' */

const PACKAGES = 'The npm packages';
const RUST = 'Rust';
const DENY = 'The tool that reads licences';
const RUST_TOOLS = 'The tools of the Rust checks';
const PAGE = 'The page';
const NODE_PROGRAM = 'The command for Node';
const PACKAGE = 'The npm package, installed in the examples';
const PROGRAMS = 'Programs of the system';

/** @type {Check} */
const packages = { name: PACKAGES, run: ensurePackages };

/** @type {Check} */
const rust = { name: RUST, run: ensureRust };

/** @type {Check} */
const rustTools = {
  name: RUST_TOOLS,
  run: () => {
    ensureNextest();
    for (const target of [WASM, WASI]) ensureTarget(target);
  },
  needs: [RUST],
};

/** @param {RustCheck} check @param {string} needs @returns {Check} */
const cargo = ({ name, options, environment }, needs) => ({
  name,
  run: () => run('cargo', options, environment),
  needs: [needs],
});

/** @type {Check} */
const gpuTests = {
  name: GPU_TESTS.name,
  run: () => run('cargo', GPU_TESTS.options, ensureSoftwareGpu(ensureChromium())),
  needs: [RUST_TOOLS, PROGRAMS],
};

/** A program of the npm packages. @param {string} name @param {string} program @param {...string} options @returns {Check} */
const npx = (name, program, ...options) => ({ name, run: () => run('npx', [program, ...options]), needs: [PACKAGES] });

/** The files of a folder that end so, of which there has to be one. @param {string} folder @param {string} ending */
function filesIn(folder, ending) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending));
  if (!files.length) fail(`${folder} holds no ${ending}`);
  return files.map((name) => join(root, folder, name));
}

/** All that is installed with apt-get, which runs once at a time. @type {Check} */
const programs = {
  name: PROGRAMS,
  run: () => {
    ensureSoftwareGpu(ensureChromium());
    ensureFirefox();
    ensureWebKit();
    ensureParallel();
  },
  needs: [PACKAGES],
};

/** @type {Check[]} */
const BUILD = [
  packages,
  rust,
  rustTools,
  { name: PAGE, run: build, needs: [RUST_TOOLS] },
  { name: 'What a first visit downloads', run: checkSizes, needs: [PAGE] },
  // With the compiler's lints; clippy would check all that it is made of once more, for a few lines that only Node runs.
  { name: NODE_PROGRAM, run: () => buildNodeProgram('-Dwarnings'), needs: [RUST_TOOLS] },
  { name: PACKAGE, run: pack, needs: [PACKAGES, PAGE, NODE_PROGRAM] },
];

/** Checks that several parts have in common stand in each, and run once. @type {Record<string, Check[]>} */
const PARTS = {
  programs: [packages, programs],
  lint: [
    packages,
    rust,
    cargo(RUST_FORMAT, RUST),
    npx('Format and lints of JavaScript, CSS and HTML', 'biome', 'check', '--error-on-warnings'),
    npx('Types of the JavaScript', 'tsc', '--project', 'jsconfig.json'),
    { name: DENY, run: ensureDeny, needs: [RUST] },
    cargo(CRATES, DENY),
    { name: 'Known faults of the crates', run: checkCrates, needs: [DENY] },
    { name: 'Known faults of the npm packages', run: checkNpmPackages },
    { name: 'Imports that run one way', run: checkStructure },
    { name: 'What editors are told of the element', run: checkManifest, needs: [PACKAGES] },
    { name: 'Tests of the scripts', run: () => run('node', ['--test', ...filesIn('tests', '.test.js')]) },
  ],
  rust: [
    packages,
    rust,
    rustTools,
    programs,
    ...RUST_CHECKS.map((check) => cargo(check, RUST_TOOLS)),
    gpuTests,
    cargo(COMMAND_LINE, RUST),
    {
      name: 'The recipes for large collections',
      run: () => run('node', ['--test', join(root, 'tests/collections.spec.js')]),
      needs: [COMMAND_LINE.name, PROGRAMS],
    },
  ],
  build: BUILD,
  browser: [
    ...BUILD,
    programs,
    cargo(COMMAND_LINE, RUST),
    {
      name: 'Tests of the command in Node',
      run: () => run('node', ['--test', ...filesIn('tests/node', '.spec.js')]),
      needs: [COMMAND_LINE.name, PACKAGE],
    },
    {
      name: 'Browser tests',
      run: () => {
        // Each waits for a third of its time, so on two cores they run by twos, where Node would run one.
        const atOnce = `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`;
        run('node', ['--test', atOnce, ...filesIn('tests/browser', '.spec.js')], { CHROMIUM: ensureChromium() });
      },
      needs: [COMMAND_LINE.name, PACKAGE, PROGRAMS],
    },
  ],
};

/** What of a part was not made yet. @param {string} part @param {Result[]} results */
const left = (part, results) => PARTS[part].filter(({ name }) => !results.some((result) => result.name === name));

/** All of a part but what was made already. @param {string} part @param {Result[]} results */
const runPart = (part, results) => runChecks(left(part, results), results);

/**
 * Begins a part in a process of its own; where that breaks off, its checks are made now, when they are asked for.
 * @param {string} name @param {string} part
 */
function beginPart(name, part) {
  const end = beginChecks(name, fileURLToPath(import.meta.url), part);
  return async (/** @type {Result[]} */ results) => {
    const found = await end();
    return runPart(part, [...results, ...found.filter(({ name }) => !results.some((known) => known.name === name))]);
  };
}

/** Every check, side by side where one waits for the network, or has work for one core for minutes. */
async function runAll() {
  let results = await runChecks([packages, rust]);
  const programs = beginPart('The programs that tests need', 'programs');
  results = await runPart('lint', results);
  results = await programs(await runChecks([rustTools], results));
  const built = beginPart('The page, the command for Node and the npm package', 'build');
  results = await built(await runPart('rust', results));
  return runPart('browser', results);
}

await command(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown) fail(`There is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  let results = chosen.length ? [] : await runAll();
  for (const part of chosen) results = await runPart(part, results);
  if (!tellResults(results)) report(results);
});

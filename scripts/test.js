// `npm test`: every check there is; `npm test -- lint`, `rust` or `browser`: those of a part.

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { checkCrates, checkNpmPackages } from './advisories.js';
import { build } from './build.js';
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
  WASM,
} from './tools.js';

/** @import { Check } from './run-checks.js' */
/** @import { RustCheck } from './rust-checks.js' */

const PACKAGES = 'The npm packages';
const RUST = 'Rust';
const DENY = 'The tool that reads licences';
const RUST_TOOLS = 'The tools of the Rust checks';
const PAGE = 'The page';
const NODE_PROGRAM = 'The command for Node';
const PACKAGE = 'The npm package, installed in the examples';

/** @type {Check} */
const packages = { name: PACKAGES, run: ensurePackages };

/** @type {Check} */
const rust = { name: RUST, run: ensureRust };

/** @type {Check} */
const rustTools = {
  name: RUST_TOOLS,
  run: () => {
    ensureNextest();
    ensureTarget(WASM);
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
  needs: [RUST_TOOLS, PACKAGES],
};

/** A program of the npm packages. @param {string} name @param {string} program @param {...string} options @returns {Check} */
const npx = (name, program, ...options) => ({ name, run: () => run('npx', [program, ...options]), needs: [PACKAGES] });

/** The files of a folder that end so, of which there has to be one. @param {string} folder @param {string} ending */
function filesIn(folder, ending) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending));
  if (!files.length) fail(`${folder} holds no ${ending}`);
  return files.map((name) => join(root, folder, name));
}

/** Checks that several parts have in common stand in each, and run once. @type {Record<string, Check[]>} */
const PARTS = {
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
    ...RUST_CHECKS.map((check) => cargo(check, RUST_TOOLS)),
    gpuTests,
    cargo(COMMAND_LINE, RUST),
    {
      name: 'The recipes for large collections',
      run: () => {
        ensureParallel();
        run('node', ['--test', join(root, 'tests/collections.spec.js')]);
      },
      needs: [COMMAND_LINE.name],
    },
  ],
  browser: [
    packages,
    rust,
    cargo(COMMAND_LINE, RUST),
    { name: PAGE, run: build, needs: [RUST] },
    { name: 'What a first visit downloads', run: checkSizes, needs: [PAGE] },
    // With the compiler's lints; clippy would check all that it is made of once more, for a few lines that only Node runs.
    { name: NODE_PROGRAM, run: () => buildNodeProgram('-Dwarnings'), needs: [RUST] },
    { name: PACKAGE, run: pack, needs: [PACKAGES, PAGE, NODE_PROGRAM] },
    {
      name: 'Tests of the command in Node',
      run: () => run('node', ['--test', ...filesIn('tests/node', '.spec.js')]),
      needs: [COMMAND_LINE.name, PACKAGE],
    },
    {
      name: 'Browser tests',
      run: () => {
        ensureFirefox();
        ensureWebKit();
        // Each waits for a third of its time, so on two cores they run by twos, where Node would run one.
        const atOnce = `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`;
        run('node', ['--test', atOnce, ...filesIn('tests/browser', '.spec.js')], { CHROMIUM: ensureChromium() });
      },
      needs: [COMMAND_LINE.name, PACKAGE],
    },
  ],
};

await command(async () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown) fail(`There is no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);
  const parts = chosen.length ? chosen : Object.keys(PARTS);
  const checks = new Map(parts.flatMap((part) => PARTS[part]).map((check) => [check.name, check]));
  report(await runChecks([...checks.values()]));
});

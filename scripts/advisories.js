// Whether faults are known of what Sightline is built of and by. The lists of faults are on the network; where one cannot be
// had, the check says so.

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fail, output, root, run } from './run.js';
import { Excuse } from './run-checks.js';

/**
 * The least grave fault that is not borne, by folders with packages of their own. In the root are those that make what
 * ships; the others build examples and measure.
 */
const LEAST = {
  '.': 'low',
  bench: 'high',
  'examples/bundlers': 'high',
  'examples/frameworks': 'high',
  'examples/site-builds': 'high',
  'examples/vite': 'high',
};

/** By RustSec's list. deny.toml names what is borne, and why. */
export function checkCrates() {
  if (output('cargo', ['deny', 'fetch', 'db']) === undefined) {
    throw new Excuse('faults of crates were not looked up: RustSec’s list, on GitHub, cannot be reached from here');
  }
  run('cargo', ['deny', 'check', '-D', 'warnings', 'advisories']);
}

/** By the list of the npm registry. */
export async function checkNpmPackages() {
  for (const [folder, least] of Object.entries(LEAST)) await audit(folder, least);
}

/** @param {string} folder @param {string} least */
async function audit(folder, least) {
  const options = ['audit', '--json', '--package-lock-only', `--audit-level=${least}`, '--prefix', folder];
  const npm = spawn('npm', options, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  });
  const ended = new Promise((resolve) => npm.on('close', resolve).on('error', resolve));
  const report = parse(await text(npm.stdout));
  if (report?.message) {
    throw new Excuse(
      `faults of npm packages were not looked up: their registry has no list of them (${report.message})`,
    );
  }
  if (!report?.vulnerabilities) fail(`npm audit --prefix ${folder} does not say what it found`);
  if ((await ended) === 0) return;
  const names = Object.keys(report.vulnerabilities).join(', ');
  fail(`Faults are known of npm packages in ${folder}: ${names}; npm audit --prefix ${folder} tells more`);
}

/** Nothing where it is no JSON. @param {string} json @returns {{ vulnerabilities?: object, message?: string } | undefined} */
function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

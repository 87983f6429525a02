// What cargo knows of the crates that something is built of.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, output, root } from './run.js';

/**
 * What cargo builds, as it is told.
 * @typedef {object} Build
 * @property {string} package
 * @property {string} target `all` is every platform
 * @property {string[]} features options that choose them
 */
/**
 * @typedef {object} Crate
 * @property {string} id name and version
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression
 * @property {string[]} authors
 * @property {string | null} repository
 * @property {string | undefined} checksum SHA-256 of the package, as Cargo.lock has it; none where it is our own
 * @property {string} folder with its sources
 * @property {string[]} dependencies their ids
 */
/**
 * As cargo metadata writes it.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string | null} license
 * @property {string[]} authors
 * @property {string | null} repository
 * @property {string} manifest_path
 */

/** @param {Build} build */
export const buildOptions = ({ package: name, target, features }) => [
  `--package=${name}`,
  `--target=${target}`,
  ...features,
  '--locked',
];

/** By the options. @type {Map<string, string>} */
const printed = new Map();

/** What a command of cargo prints, which is asked once. @param {...string} options */
function cargo(...options) {
  const command = `cargo ${options.join(' ')}`;
  const text = printed.get(command) ?? output('cargo', options);
  if (!text) fail(`cargo cannot tell what Cargo.lock holds; ${command} says why`);
  printed.set(command, text);
  return text;
}

/** The manifests of all packages that the workspace may need there. @param {Build} build @returns {Manifest[]} */
function manifests({ target, features }) {
  const platform = target === 'all' ? [] : [`--filter-platform=${target}`];
  return JSON.parse(cargo('metadata', '--locked', '--format-version=1', ...features, ...platform)).packages;
}

/**
 * The crates that become part of what is built, its own first: not what only tests need, nor what runs in the compiler.
 * @param {Build} build
 * @returns {Crate[]}
 */
export function cratesOf(build) {
  const tree = cargo('tree', ...buildOptions(build), '--edges=normal,no-proc-macro', '--prefix=depth', '--format={p}');
  const dependencies = dependenciesIn(tree);
  const described = new Map(manifests(build).map((crate) => [idOf(crate), crate]));
  const sums = checksums();
  return [...dependencies].map(([id, needed]) => {
    const crate = described.get(id);
    if (!crate) fail(`cargo metadata does not know ${id}, which cargo tree names`);
    if (!crate.license) fail(`${id} names no licence`);
    return {
      id,
      name: crate.name,
      version: crate.version,
      // An older way of writing it has a stroke.
      licence: crate.license.replaceAll(/\s*\/\s*/g, ' OR '),
      authors: crate.authors,
      repository: crate.repository,
      checksum: sums.get(id),
      folder: dirname(crate.manifest_path),
      dependencies: [...needed].sort(),
    };
  });
}

/** @param {{ name: string, version: string }} crate */
const idOf = ({ name, version }) => `${name} ${version}`;

/**
 * Each crate of a tree with what it needs. What hangs on a crate stands below it once, and is left out where the crate
 * comes again.
 * @param {string} tree lines of a depth, a name and a version
 */
function dependenciesIn(tree) {
  /** @type {Map<string, Set<string>>} */
  const dependencies = new Map();
  /** From the root down to the line before. @type {string[]} */
  const path = [];
  for (const line of tree.split('\n')) {
    const [, depth, name, version] =
      line.match(/^(\d+)(\S+) v(\S+)/) ?? fail(`cargo tree wrote a line that is none: ${line}`);
    const id = idOf({ name, version });
    path.length = Number(depth);
    dependencies.get(path.at(-1) ?? '')?.add(id);
    path.push(id);
    if (!dependencies.has(id)) dependencies.set(id, new Set());
  }
  return dependencies;
}

/** By the ids of crates. @returns {Map<string, string>} */
function checksums() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const entries = lock.matchAll(/^name = "(.*)"\nversion = "(.*)"\nsource = ".*"\nchecksum = "(.*)"$/gm);
  return new Map([...entries].map(([, name, version, sum]) => [idOf({ name, version }), sum]));
}

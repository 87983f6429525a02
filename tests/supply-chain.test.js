// Where what is installed and what ships comes from, and what is said of it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cratesOf } from '../scripts/crates.js';
import { output, root } from '../scripts/run.js';
import { bomOfCrate, bomOfPackage } from '../scripts/sbom.js';
import { programs, thirdPartyNotices } from '../scripts/third-party.js';

/** @param {string} path from the root */
const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const locks = output('git', ['ls-files', '*package-lock.json'])?.split('\n') ?? [];

/**
 * Packages with scripts that npm would run where .npmrc did not forbid it. All have what the scripts would fetch or build in
 * optional packages, one for each system, or can do without.
 */
const SCRIPTED = [
  '@parcel/watcher',
  '@swc/core',
  'esbuild',
  'lmdb',
  'msgpackr-extract',
  // Looks only whether its version is one that others expect.
  'protobufjs',
  'sharp',
];

/**
 * @typedef {object} Locked
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {boolean} [hasInstallScript]
 * @property {boolean} [link]
 */

test('npm runs no scripts of what it installs', () => {
  assert.ok(locks.length > 1);
  for (const lock of locks) {
    const settings = join(root, lock, '../.npmrc');
    assert.ok(existsSync(settings), `${settings} is missing`);
    assert.match(readFileSync(settings, 'utf8'), /^ignore-scripts=true$/m, settings);
  }
});

for (const lock of locks) {
  /** @type {[string, Locked][]} */
  const packages = Object.entries(json(lock).packages);
  // The first is the folder itself; links lead to this checkout.
  const installed = packages.filter(([path, { resolved }]) => path.includes('node_modules/') && !isOurs(resolved));

  test(`all packages of ${lock} are the registry's, and known by their hashes`, () => {
    assert.ok(installed.length > 0);
    for (const [path, { resolved = 'https://registry.npmjs.org/', integrity }] of installed) {
      assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path);
      assert.match(integrity ?? '', /^sha512-/, path);
    }
  });

  test(`no package of ${lock} needs a script when it is installed that we do not know`, () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript);
    const names = scripted.map(([path]) => path.split('node_modules/').at(-1) ?? path);
    assert.deepEqual(
      names.filter((name) => !SCRIPTED.includes(name)),
      [],
    );
  });
}

/** @param {string} [resolved] */
function isOurs(resolved) {
  return resolved?.startsWith('file:') || resolved === '../..';
}

test('the npm package installs nothing besides itself, and runs nothing', () => {
  const description = json('package.json');
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
    assert.equal(description[kind], undefined, kind);
  }
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    assert.equal(description.scripts[script], undefined, script);
  }
});

test('the list of what others wrote has every crate of each wasm, with its licence and where its text is', () => {
  const notices = thirdPartyNotices();
  assert.equal(notices, thirdPartyNotices(), 'it is the same each time');
  const [list, ...texts] = notices.split(/\n={80}\nText \d+\n-{80}\n/);
  for (const { name, build } of programs) {
    for (const { id, licence, checksum } of cratesOf(build)) {
      const row = list.split('\n').find((line) => line.startsWith(`${id} `)) ?? '';
      if (!checksum) {
        assert.equal(row, '', `${id} is ours`);
        continue;
      }
      assert.ok(row.includes(licence), id);
      assert.ok(row.split(licence)[0].split(/ +/).includes(name), `${id} in ${name}`);
      assert.match(row, /; (text \d+(, \d+)*|no text in the package(; by .+)*)$/);
    }
  }
  const numbers = [...list.matchAll(/; text (.*)$/gm)].flatMap(([, numbers]) => numbers.split(', ').map(Number));
  assert.equal(Math.max(...numbers), texts.length);
  for (const text of texts) assert.ok(text.trim());
});

test('it tells the wasms apart, and leaves out what runs in the compiler or in tests alone', () => {
  const rows = thirdPartyNotices().split('\n');
  /** @param {string} name */
  const row = (name) => rows.find((line) => line.startsWith(`${name} `));
  assert.match(row('wgpu') ?? '', / {20}gpu {7}MIT OR Apache-2\.0/);
  assert.match(row('clap') ?? '', / {20}node {2}MIT OR Apache-2\.0/);
  assert.match(row('wasi-libc') ?? '', / {20}node {2}/);
  assert.match(row('rust-std') ?? '', / cpu cpu-relaxed gpu node /);
  for (const name of ['serde_derive', 'syn', 'wasm-bindgen-macro']) {
    assert.equal(row(name), undefined, name);
  }
});

for (const { what, bom } of [
  { what: 'the npm package', bom: bomOfPackage() },
  { what: 'the command', bom: bomOfCrate('sightline-cli') },
]) {
  test(`the bill of materials of ${what} knows all that it names`, () => {
    const { components, dependencies, metadata } = bom;
    const references = [metadata.component, ...components].map((component) => component['bom-ref']);
    assert.equal(new Set(references).size, references.length);
    assert.deepEqual(
      dependencies.map(({ ref }) => ref),
      references,
    );
    const needed = new Set(dependencies.flatMap(({ dependsOn }) => dependsOn));
    assert.deepEqual([...needed].sort(), references.slice(1).sort());
  });
}

test('a crate in it has the hash of Cargo.lock', () => {
  const { components } = bomOfPackage();
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const burn = components.find(({ purl }) => purl?.startsWith('pkg:cargo/burn@'));
  assert.ok(burn?.hashes);
  assert.ok(lock.includes(`checksum = "${burn.hashes[0].content}"`));
});

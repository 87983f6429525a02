// Writes what is in a package of Sightline as CycloneDX, for programs that look for known faults. The tools that are made for
// it ask npm or cargo what is installed; the npm package installs nothing, and holds what its wasms were made of, which we
// know already.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cratesOf } from './crates.js';
import { command, isMain, root, say } from './run.js';
import { standardLibrary } from './standard-library.js';
import { programs } from './third-party.js';

/** @import { Crate } from './crates.js' */

/**
 * As CycloneDX has it.
 * @typedef {object} Component
 * @property {'application' | 'file' | 'library'} type
 * @property {string} bom-ref
 * @property {string} name
 * @property {string} [version]
 * @property {{ expression: string }[]} [licenses]
 * @property {string} [purl]
 * @property {{ alg: 'SHA-256', content: string }[]} [hashes]
 */
/** @typedef {{ component: Component, needs: string[] }} Entry a component and the references of those in it */

/** What ships beside the wasms. */
export const npmBom = 'sightline.cdx.json';

/** What is built without npm: the library and the command, as `cargo install` takes them. */
const CRATES = ['sightline', 'sightline-cli'];

/** The whole file. @param {Entry} main @param {Entry[]} entries */
function bom(main, entries) {
  /** @type {Map<string, { component: Component, needs: Set<string> }>} */
  const merged = new Map();
  for (const { component, needs } of [main, ...entries]) {
    const reference = component['bom-ref'];
    const entry = merged.get(reference) ?? { component, needs: new Set() };
    for (const need of needs) entry.needs.add(need);
    merged.set(reference, entry);
  }
  const [{ component }, ...others] = merged.values();
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    // No time and no number of its own: what is built twice is the same.
    metadata: { component },
    components: others.map(({ component }) => component),
    dependencies: [...merged].map(([ref, { needs }]) => ({ ref, dependsOn: [...needs].sort() })),
  };
}

/** @param {string} id name and version */
function crateReference(id) {
  const [name, version] = id.split(' ');
  return `pkg:cargo/${name}@${encodeURIComponent(version)}`;
}

/** @param {Crate} crate @returns {Entry} */
function crateEntry({ id, name, version, licence, checksum, dependencies }) {
  const reference = crateReference(id);
  /** @type {Component} */
  const component = {
    type: 'library',
    'bom-ref': reference,
    name,
    version,
    licenses: [{ expression: licence }],
    purl: reference,
  };
  if (checksum) component.hashes = [{ alg: 'SHA-256', content: checksum }];
  return { component, needs: dependencies.map(crateReference) };
}

/** Of the npm package: its wasms, and all that they were made of. */
export function bomOfPackage() {
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const purl = `pkg:npm/${name}@${version}`;
  /** @type {Component} */
  const own = { type: 'application', 'bom-ref': purl, name, version, licenses: [{ expression: license }], purl };
  const entries = programs.flatMap(({ file, build }) => {
    const crates = cratesOf(build).map(crateEntry);
    const libraries = standardLibrary(build.target).map(({ name, version, licence }) => {
      /** @type {Component} */
      const component = {
        type: 'library',
        'bom-ref': `${name} ${version}`,
        name,
        version,
        licenses: [{ expression: licence }],
      };
      return { component, needs: [] };
    });
    // The first of the crates is what was built, and has the others in it.
    const within = [crates[0], ...libraries].map(({ component }) => component['bom-ref']);
    return [{ component: fileComponent(file), needs: within }, ...crates, ...libraries];
  });
  return bom({ component: own, needs: programs.map(({ file }) => file) }, entries);
}

/** A wasm, with the hash by which others can tell that it is this one. @param {string} file @returns {Component} */
function fileComponent(file) {
  /** @type {Component} */
  const component = { type: 'file', 'bom-ref': file, name: file };
  const path = join(root, file);
  if (!existsSync(path)) return component;
  const content = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { ...component, hashes: [{ alg: 'SHA-256', content }] };
}

/** Of a crate of ours, on every platform. @param {string} name */
export function bomOfCrate(name) {
  const [own, ...others] = cratesOf({ package: name, target: 'all', features: [] }).map(crateEntry);
  return bom(own, others);
}

/** @param {string} path @param {object} content */
function write(path, content) {
  writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
}

/** Writes that of the npm package into a folder. @param {string} folder */
export function writeBom(folder) {
  write(join(folder, npmBom), bomOfPackage());
}

if (isMain(import.meta.url)) {
  await command(() => {
    writeBom(root);
    say(`Wrote ${npmBom}`);
    const folder = join(root, 'target/sbom');
    mkdirSync(folder, { recursive: true });
    for (const name of CRATES) {
      write(join(folder, `${name}.cdx.json`), bomOfCrate(name));
      say(`Wrote target/sbom/${name}.cdx.json`);
    }
  });
}

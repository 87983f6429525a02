// Writes THIRD-PARTY.txt: what others wrote in the wasms, and under which licences.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cratesOf } from './crates.js';
import { Texts, textsIn } from './licence-texts.js';
import { nodeBuild } from './node-program.js';
import { command, isMain, root, say } from './run.js';
import { standardLibrary } from './standard-library.js';
import { buildOf, wasms } from './wasms.js';

/** @import { Build } from './crates.js' */

export const thirdParty = 'THIRD-PARTY.txt';

/**
 * What ships: a name, the file, and how it is built.
 * @type {{ name: string, file: string, build: Build }[]}
 */
export const programs = [
  ...wasms.map((wasm) => ({
    name: wasm.name,
    file: `www/wasm/${wasm.name}/sightline_bg.wasm`,
    build: buildOf(wasm),
  })),
  { name: 'node', file: 'node/sightline.wasm', build: nodeBuild },
];

/**
 * A row of the list.
 * @typedef {{ id: string, licence: string, notices: string, programs: string[] }} Entry
 */

/** The file's content. */
export function thirdPartyNotices() {
  const texts = new Texts();
  /** By names and versions. @type {Map<string, Entry>} */
  const entries = new Map();
  /** @param {string} id @param {string} licence @param {() => string} notices @param {string} program */
  const add = (id, licence, notices, program) => {
    const entry = entries.get(id) ?? { id, licence, notices: notices(), programs: [] };
    entry.programs.push(program);
    entries.set(id, entry);
  };
  /** @param {string[]} found */
  const numbers = (found) => {
    const sorted = found.map((text) => texts.numberOf(text)).sort((one, other) => one - other);
    return `text ${sorted.join(', ')}`;
  };
  for (const { name: program, build } of programs) {
    for (const { name, version, licence, text } of standardLibrary(build.target)) {
      add(`${name} ${version}`, licence, () => numbers([text]), program);
    }
    for (const crate of cratesOf(build).filter(({ checksum }) => checksum)) {
      const notices = () => {
        const found = textsIn(crate.folder);
        return found.length ? numbers(found) : withoutText(crate.authors);
      };
      add(crate.id, crate.licence, notices, program);
    }
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [
    head(version),
    ...table([...entries.values()]),
    ...texts.all().map(({ number, text }) => `\n${'='.repeat(80)}\nText ${number}\n${'-'.repeat(80)}\n\n${text}`),
    '',
  ].join('\n');
}

/** @param {string[]} authors */
const withoutText = (authors) => ['no text in the package', ...authors.map((author) => `by ${author}`)].join('; ');

/** @param {string} version */
const head = (version) => `What others wrote in the WebAssembly files of Sightline ${version}

Made from Cargo.lock by \`node scripts/third-party.js\`. Sightline itself is under the licences of LICENSE-MIT or
LICENSE-APACHE, as you like. The files, by the names that the list has for them:

${programs.map(({ name, file }) => `  ${name.padEnd(13)}${file}`).join('\n')}

In each are the crates that it is compiled of, as they were published, without changes. The source of every one is at
https://crates.io/crates/NAME/VERSION. After a licence the list tells which of the texts below came with the package.
Some packages bring none along: what is said of their licence are the words of other packages with the same licence.
`;

/** @param {Entry[]} entries */
function table(entries) {
  const width = Math.max(...entries.map(({ id }) => id.length));
  const sorted = entries.sort((one, other) => (one.id < other.id ? -1 : 1));
  const names = programs.map(({ name }) => name);
  return sorted.map(({ id, licence, notices, programs: within }) => {
    const marks = names.map((name) => (within.includes(name) ? name : '').padEnd(name.length)).join(' ');
    return `${id.padEnd(width)}  ${marks}  ${licence}; ${notices}`;
  });
}

/** Writes it into a folder. @param {string} folder */
export function writeThirdParty(folder) {
  writeFileSync(join(folder, thirdParty), thirdPartyNotices());
}

if (isMain(import.meta.url)) {
  await command(() => {
    writeThirdParty(root);
    say(`Wrote ${thirdParty}`);
  });
}

// Rust's standard library as a wasm has it: its licences, and those of what is compiled into it, as the toolchain tells them.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, output, root } from './run.js';
import { WASI } from './tools.js';

/** Of the toolchain, beside the programs. */
const NOTICES = 'share/doc/rust/COPYRIGHT-library.html';
/** Before the name of each package from elsewhere. */
const PACKAGE = '<h3>📦 ';
/** The C library below it where a program has files. No toolchain carries its licence along. */
const WASI_LIBC = join(root, 'scripts/licences/wasi-libc.txt');

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} version
 * @property {string} licence an SPDX expression
 * @property {string} text
 */

/** @param {string} target @returns {Part[]} */
export function standardLibrary(target) {
  const version = output('rustc', ['--version'])?.split(' ')[1];
  const sysroot = output('rustc', ['--print', 'sysroot']);
  if (!version || !sysroot) fail('rustc does not tell where its standard library is');
  const notices = join(sysroot, NOTICES);
  if (!existsSync(notices)) fail(`${notices} is missing, where the licences of Rust's standard library stand`);
  const libraries = readdirSync(join(sysroot, 'lib/rustlib', target, 'lib'));
  const [own, ...packages] = readFileSync(notices, 'utf8').split(PACKAGE);
  const compiled = packages.filter((notice) => isCompiled(notice, libraries));
  const text = [own.slice(own.indexOf('</ul>')), ...compiled].map(textOf).join('\n\n');
  const rust = { name: 'rust-std', version, licence: 'MIT OR Apache-2.0', text };
  if (target !== WASI) return [rust];
  const libc = readFileSync(WASI_LIBC, 'utf8');
  return [rust, { name: 'wasi-libc', version: `rust-${version}`, licence: 'MIT AND BSD-2-Clause', text: libc }];
}

/** Whether a target's library has a package in it. @param {string} notice @param {string[]} libraries files */
function isCompiled(notice, libraries) {
  const name = notice.match(/^(.*?)-\d/)?.[1] ?? fail(`${NOTICES} names a package without a version`);
  return libraries.some((file) => file.startsWith(`lib${name.replaceAll('-', '_')}-`) && file.endsWith('.rlib'));
}

/** What a reader of HTML sees. @param {string} html */
function textOf(html) {
  const text = html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/&(lt|gt|quot|amp);/g, (_, name) => ENTITIES[name]);
  return text.replaceAll(/[ \t]+$/gm, '').replaceAll(/\n{3,}/g, '\n\n');
}

/** @type {Record<string, string>} */
const ENTITIES = { lt: '<', gt: '>', quot: '"', amp: '&' };

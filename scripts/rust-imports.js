// Which Rust file imports from which, as far as their text tells: `use` declarations and paths in the code, followed through
// re-exports to the file that defines what is meant. Tests within a file do not count.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';

/** @import { Import } from './javascript-imports.js' */

/**
 * One name that a `use` declaration brings into a module.
 * @typedef {{ path: string[], name: string, isPublic: boolean }} Use
 * @typedef {object} Module
 * @property {string} file
 * @property {string} code without `use` declarations, comments, strings and tests
 * @property {Use[]} uses
 * @property {Map<string, Module>} children
 * @property {Module | undefined} parent
 */

const COMMENTS_AND_STRINGS =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|\bb?r(#*)"[\s\S]*?"\1|\bb?"(?:\\[\s\S]|[^"\\])*"|"(?:\\[\s\S]|[^"\\])*"|b?'(?:\\(?:x..|u\{[^}]*\}|.)|[^\\'])'/g;
const USE = /\b(pub(?:\s*\([^)]*\))?\s+)?use\s+([^;]+);/g;
const CHILD = /\bmod\s+(\w+)\s*;/g;

/** @param {string} root the repository's @returns {Import[]} */
export function rustImports(root) {
  const packages = [
    '.',
    'gpu-kernels',
    'kernels',
    ...folders(join(root, 'crates')).map((name) => join('crates', name)),
  ];
  /** Libraries by the names that other packages know them by. @type {Map<string, Module>} */
  const libraries = new Map();
  /** @type {Module[]} */
  const roots = [];
  for (const folder of packages) {
    const manifest = join(root, folder, 'Cargo.toml');
    if (!existsSync(manifest)) continue;
    const name = /^\[package\][^[]*?^name *= *"([^"]+)"/ms.exec(readFileSync(manifest, 'utf8'))?.[1] ?? '';
    for (const file of ['lib.rs', 'main.rs'].map((name) => join(root, folder, 'src', name)).filter(existsSync)) {
      const module = read(file, undefined);
      roots.push(module);
      if (basename(file) === 'lib.rs') libraries.set(name.replaceAll('-', '_'), module);
    }
  }
  const modules = roots.flatMap(withChildren);
  return modules.flatMap((module) =>
    [...importedBy(module, libraries)].map((imported) => ({
      from: place(root, module),
      to: place(root, imported),
      files: /** @type {[string, string]} */ ([relative(root, module.file), relative(root, imported.file)]),
    })),
  );
}

/** @param {string} folder */
function folders(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((found) => (found.isDirectory() ? [found.name] : []));
}

/** @param {string} file @param {Module | undefined} parent @returns {Module} */
function read(file, parent) {
  const whole = withoutTests(readFileSync(file, 'utf8').replace(COMMENTS_AND_STRINGS, ' '));
  const uses = [...whole.matchAll(USE)].flatMap(([, visibility, tree]) => namesIn(tree, [], Boolean(visibility)));
  /** @type {Module} */
  const module = { file, code: whole.replace(USE, '').replace(CHILD, ''), uses, children: new Map(), parent };
  const ownsFolder = ['lib.rs', 'main.rs', 'mod.rs'].includes(basename(file));
  const folder = ownsFolder ? dirname(file) : file.replace(/\.rs$/, '');
  for (const [, name] of whole.matchAll(CHILD)) {
    const child = [join(folder, `${name}.rs`), join(folder, name, 'mod.rs')].find(existsSync);
    if (child) module.children.set(name, read(child, module));
  }
  return module;
}

/** @param {string} code */
function withoutTests(code) {
  for (let at = code.indexOf('#[cfg(test)]'); at >= 0; at = code.indexOf('#[cfg(test)]', at)) {
    let end = at + code.slice(at).search(/[{;]/);
    for (let depth = 0; end < code.length; end += 1) {
      if (code[end] === '{') depth += 1;
      if (code[end] === '}') depth -= 1;
      if (depth === 0) break;
    }
    code = code.slice(0, at) + code.slice(end + 1);
  }
  return code;
}

/** The single names of `a::{b, c::{d as e, self}}`. @param {string} tree @param {string[]} before @param {boolean} isPublic @returns {Use[]} */
function namesIn(tree, before, isPublic) {
  const brace = tree.indexOf('{');
  const [head, alias] = (brace < 0 ? tree : tree.slice(0, brace)).trim().split(/\s+as\s+/);
  const path = [...before, ...head.split('::').map((name) => name.trim())].filter((name) => name);
  if (brace >= 0) {
    return branchesIn(tree.slice(brace + 1, tree.lastIndexOf('}'))).flatMap((branch) =>
      namesIn(branch, path, isPublic),
    );
  }
  if (path.length > 1 && path.at(-1) === 'self') path.pop();
  return [{ path, name: alias ?? path.at(-1) ?? '', isPublic }];
}

/** Parts between commas, but not those commas that stand in a branch of its own. @param {string} list */
function branchesIn(list) {
  let depth = 0;
  let branches = [''];
  for (const character of list) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) branches = [...branches, ''];
    else branches[branches.length - 1] += character;
  }
  return branches.filter((branch) => branch.trim());
}

/** @param {Module} module @returns {Module[]} */
function withChildren(module) {
  return [module, ...[...module.children.values()].flatMap(withChildren)];
}

/** @param {Module} module @param {Map<string, Module>} libraries @returns {Set<Module>} */
function importedBy(module, libraries) {
  const inCode = [...module.code.matchAll(/\b\w+(?:::\w+)+/g)].map(([path]) => path.split('::'));
  const inUses = module.uses.flatMap(({ path, name, isPublic }) => {
    const further = inCode.filter(([first]) => first === name).map(([, ...rest]) => [...path, ...rest]);
    // A parent that shows what its child has does not import it, unless it uses it as well.
    const isShown = isPublic && isBelow(definitionOf(path, module, libraries), module);
    if (isShown && (name === '*' || !new RegExp(`\\b${name}\\b`).test(module.code))) return [];
    // Of a module that is imported, what is used of it counts.
    return further.length && isModule(path, module, libraries) ? further : [path];
  });
  const imported = [...inUses, ...inCode].flatMap((path) => definitionOf(path, module, libraries) ?? []);
  return new Set(imported.filter((found) => found !== module));
}

/** @param {Module | undefined} module @param {Module} ancestor */
function isBelow(module, ancestor) {
  for (let above = module?.parent; above; above = above.parent) if (above === ancestor) return true;
  return false;
}

/** @param {string[]} path @param {Module} from @param {Map<string, Module>} libraries */
function isModule(path, from, libraries) {
  const { module, rest } = descend(path, from, libraries);
  return Boolean(module) && rest.length === 0;
}

/**
 * The module whose file defines what a path means; nothing where it leads out of this repository.
 * @param {string[]} path @param {Module} from @param {Map<string, Module>} libraries @returns {Module | undefined}
 */
function definitionOf(path, from, libraries, depth = 0) {
  const { module, rest } = descend(path, from, libraries);
  const [name, ...further] = rest;
  // Names that refer to each other in a ring are no Rust, but no reason to hang.
  if (!module || !name || depth > 20) return module;
  const shown = module.uses.find((use) => use.name === name);
  if (shown) return definitionOf([...shown.path, ...further], module, libraries, depth + 1);
  if (new RegExp(`\\b(?:struct|enum|union|trait|type|fn|const|static|mod) ${name}\\b`).test(module.code)) return module;
  for (const { path } of module.uses.filter((use) => use.name === '*')) {
    const found = definitionOf([...path.slice(0, -1), name], module, libraries, depth + 1);
    if (found && found !== module) return found;
  }
  return module;
}

/**
 * Follows a path through modules as far as it goes.
 * @param {string[]} path @param {Module} from @param {Map<string, Module>} libraries
 * @returns {{ module: Module | undefined, rest: string[] }}
 */
function descend([first, ...rest], from, libraries) {
  /** @type {Module | undefined} */
  let module = from.children.get(first) ?? libraries.get(first);
  if (first === 'self') module = from;
  if (first === 'super') module = from.parent;
  if (first === 'crate') for (module = from; module.parent; ) module = module.parent;
  for (let next; module && rest.length; rest = rest.slice(1)) {
    next = rest[0] === 'super' ? module.parent : module.children.get(rest[0]);
    if (!next) break;
    module = next;
  }
  return { module, rest };
}

/** Where a module stands, folder by folder. @param {string} root @param {Module} module */
function place(root, { file, children }) {
  const path = relative(root, file)
    .replace(/(\/mod)?\.rs$/, '')
    .split(sep);
  return children.size && path.at(-1) !== 'lib' && path.at(-1) !== 'main' ? [...path, 'mod'] : path;
}

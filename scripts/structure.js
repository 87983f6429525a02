// Checks that imports run one way, in Rust and in the page's JavaScript: no circle among the files and folders of a folder,
// and nothing that imports from a room which stands after its own in the table of ARCHITECTURE.md.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { javascriptImports } from './javascript-imports.js';
import { command, fail, isMain, root, say } from './run.js';
import { rustImports } from './rust-imports.js';

/** @import { Import } from './javascript-imports.js' */

/** Everything that is wrong with the imports below a folder, in sentences. @param {string} folder the repository's root */
export function faultsIn(folder) {
  const javascript = ['bench', 'crates', 'node', 'scripts', 'tests', 'www'].flatMap((name) =>
    javascriptImports(folder, name),
  );
  const imports = [...rustImports(folder), ...javascript];
  const table = join(folder, 'ARCHITECTURE.md');
  const order = existsSync(table) ? roomsIn(readFileSync(table, 'utf8')) : [];
  return [...circles(imports), ...backwards(imports, order)];
}

/**
 * The circles of every folder: where two imports part, one file or folder of the same folder imports from another.
 * @param {Import[]} imports
 */
function circles(imports) {
  /** By folder, what in it imports from what, with a file for each. @type {Map<string, Map<string, Map<string, string>>>} */
  const folders = new Map();
  for (const { from, to, files } of imports) {
    const depth = from.findIndex((name, i) => name !== to[i]);
    const folder = entry(folders, from.slice(0, depth).join('/'), () => new Map());
    const others = entry(folder, from[depth], () => new Map());
    if (!others.has(to[depth])) others.set(to[depth], files.join(' imports '));
  }
  return [...folders].flatMap(([folder, graph]) => {
    const links = [...graph].flatMap(([from, others]) => [...others.keys()].map((to) => ({ from, to })));
    const found = links
      .flatMap(({ from, to }) => [way(graph, to, from) ?? []])
      .filter((circle) => circle.length)
      .sort((one, other) => one.length - other.length);
    /** Of circles that have an import in common only the shortest is told; it has to be opened anyway. */
    const told = new Set();
    return found.flatMap((circle) => {
      const proof = circle.map((name, i) => graph.get(circle.at(i - 1) ?? '')?.get(name));
      if (proof.some((link) => told.has(link))) return [];
      for (const link of proof) told.add(link);
      return [`a circle in ${folder || '.'}: ${[circle.at(-1), ...circle].join(' → ')} (${proof.join('; ')})`];
    });
  });
}

/**
 * The shortest way from one name to another, both included; none where there is none.
 * @param {Map<string, Map<string, string>>} graph
 * @param {string} from
 * @param {string} to
 */
function way(graph, from, to) {
  const ways = [[from]];
  const seen = new Set([from]);
  // Breadth first: what is appended is walked as well.
  for (const way of ways) {
    const last = way[way.length - 1];
    if (last === to) return way;
    for (const next of graph.get(last)?.keys() ?? []) {
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

/**
 * The rooms that a table names in its first column, row by row, from the ground up.
 * @param {string} markdown
 */
function roomsIn(markdown) {
  return [...markdown.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, cell]) =>
    [...cell.matchAll(/`((?:kernels|gpu-kernels|src|crates|www|node)\/[^`]*)`/g)].map(([, path]) =>
      path.replace(/(\.rs|\/)$/, ''),
    ),
  );
}

/**
 * Imports from a room by one that stands before it. What is in no room may import whatever makes no circle.
 * @param {Import[]} imports
 * @param {string[][]} rows
 */
function backwards(imports, rows) {
  const rooms = rows.flatMap((row, place) => row.map((room) => ({ room, place })));
  /** The innermost room that a file is in. @param {string[]} path */
  const roomOf = (path) =>
    rooms
      .filter(({ room }) => `${path.join('/')}/`.startsWith(`${room}/`))
      .sort((one, other) => other.room.length - one.room.length)[0];
  const faults = imports.flatMap(({ from, to, files }) => {
    const [importing, imported] = [roomOf(from), roomOf(to)];
    if (!importing || !imported || importing.place >= imported.place) return [];
    return [`${files.join(' imports ')}, but ${importing.room} stands before ${imported.room} in ARCHITECTURE.md`];
  });
  return new Set(faults);
}

/**
 * What a map holds for a key, made where it is not there yet.
 * @template K, V
 * @param {Map<K, V>} map
 * @param {K} key
 * @param {() => V} make
 */
function entry(map, key, make) {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

/** Fails with the names of all that run backwards. */
export function checkStructure() {
  const faults = faultsIn(root);
  if (faults.length) fail(`Imports run in circles or backwards:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
}

if (isMain(import.meta.url)) {
  await command(() => {
    checkStructure();
    say('All imports run one way');
  });
}

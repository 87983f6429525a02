// Finishes a built page: puts its service worker at the root, with the list of the files that it is to keep.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { RELAXED_SIMD } from '../www/start-wasm.js';
import { fail, root } from './run.js';
import { wasms } from './wasms.js';

const SOURCE = 'www/page/service-worker.js';
/** What the list replaces. */
const BLANK = "const FILES = { version: '', page: [], wasms: {}, relaxedSimd: [] };";
/** Types are for editors, and the models have a store of their own. */
const LEFT_OUT = /\.d\.ts$|^models\/(?!index\.json$)|^service-worker\.js$/;
/** They are many megabytes, and each kept only where it is used. @param {string} path */
const isOfWasm = (path) => path.startsWith('www/wasm/');

/** @param {string} folder a built page */
export function writeServiceWorker(folder) {
  const code = readFileSync(join(root, SOURCE), 'utf8');
  if (!code.includes(BLANK)) fail(`${SOURCE} has no blank for the list of files`);
  rmSync(join(folder, SOURCE), { force: true });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => !LEFT_OUT.test(path))
    .sort()
    // Some hosts answer index.html with a redirection to its folder, which no page may be opened from.
    .map((path) => [path === 'index.html' ? '' : path, `sha256-${hash(readFileSync(join(folder, path)))}`]);
  const list = {
    version: hash(JSON.stringify(files)).slice(0, 12),
    page: files.filter(([path]) => !isOfWasm(path)),
    wasms: Object.fromEntries(
      wasms.map(({ name }) => [name, files.filter(([path]) => path.startsWith(`www/wasm/${name}/`))]),
    ),
    relaxedSimd: RELAXED_SIMD,
  };
  writeFileSync(
    join(folder, 'service-worker.js'),
    code.replace(BLANK, () => `const FILES = ${JSON.stringify(list)};`),
  );
}

/** @param {string | Buffer} content */
function hash(content) {
  return createHash('sha256').update(content).digest('base64');
}

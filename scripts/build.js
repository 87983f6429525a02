// Builds dist/: a folder that any static host serves as it is, under any path.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED } from '../www/shipped-models.js';
import { TOKENS } from '../www/view/tokens.js';
import { WORDS_STYLE } from '../www/view/words-style.js';
import { bundle, minify } from './minify.js';
import { writeModelIndex } from './models.js';
import { buildNodeProgram } from './node-program.js';
import { makePackageFiles } from './package-files.js';
import { command, isMain, root, say } from './run.js';
import { writeServiceWorker } from './service-worker.js';
import { writeThirdParty } from './third-party.js';
import { ensurePackages } from './tools.js';
import { buildWasm, isCurrent, wasms } from './wasms.js';

/** @import { Wasm } from './wasms.js' */

export const dist = join(root, 'dist');

/** What the page is served without. */
const later = wasms.filter(({ isAwaited }) => !isAwaited);

/** Of the page, in the order of their rules. */
const STYLES = [
  'page.css',
  'controls.css',
  'bar.css',
  'first-visit.css',
  'rail.css',
  'dialogs.css',
  'narrow.css',
  'stage.css',
  'stage-words.css',
  'stage-shapes.css',
  'fonts.css',
];

export function build() {
  for (const wasm of wasms) {
    sayBuilding(wasm);
    buildWasm(wasm);
  }
  assemble();
  // Whoever hosts the page passes on what others wrote.
  writeThirdParty(dist);
}

/** What a page cannot be without. The other wasms are left out that are not what the sources say. */
export function buildAwaited() {
  const left = later.filter((wasm) => !isCurrent(wasm));
  for (const wasm of wasms.filter(({ isAwaited }) => isAwaited)) {
    sayBuilding(wasm);
    buildWasm(wasm);
  }
  assemble(wasms.filter((wasm) => !left.includes(wasm)));
}

/** Builds what `buildAwaited` did not, and puts it into the page, which may be served meanwhile. */
export function buildLater() {
  const left = new Set(later.filter((wasm) => !isCurrent(wasm)));
  for (const wasm of later) {
    if (left.has(wasm)) {
      say(`Building the wasm for ${wasm.device} in the background (minutes); the page does without it until then`);
    }
    if (!buildWasm(wasm, '--quiet') && !left.has(wasm)) continue;
    left.delete(wasm);
    assemble(wasms.filter((wasm) => !left.has(wasm)));
    say(`The wasm for ${wasm.device} is built; who reloads the page has it`);
  }
}

/** @param {Wasm} wasm */
function sayBuilding({ device }) {
  say(`Building the wasm for ${device} (minutes)`);
}

/** Puts together what is there already, in place of what was. @param {Wasm[]} [chosen] those that the page is to have */
export function assemble(chosen = wasms) {
  const next = `${dist}.new`;
  const old = `${dist}.old`;
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(next);
  cpSync(join(root, 'index.html'), join(next, 'index.html'));
  const left = wasms.filter((wasm) => !chosen.includes(wasm)).map(({ name }) => join(root, 'www/wasm', name));
  cpSync(join(root, 'www'), join(next, 'www'), { recursive: true, filter: (path) => !left.includes(path) });
  writeStyles(join(next, 'www/page'));
  minify(join(next, 'www'));
  bundle(join(next, 'www/inside'), 'panel.js');
  const models = join(next, 'models');
  mkdirSync(models);
  for (const name of SHIPPED) {
    const source = join(root, 'models', name);
    if (existsSync(source)) cpSync(source, join(models, name), { recursive: true });
    else say(`models/${name} is not there; the page goes without it`);
  }
  writeModelIndex(models);
  writeServiceWorker(next);
  // It may be served at this moment, and is never half of one and half of the other.
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(next, dist);
  rmSync(old, { recursive: true, force: true });
}

/** One style sheet, for each would delay the first paint: what the page has in common with the element, and its own. @param {string} folder */
function writeStyles(folder) {
  const own = STYLES.map((name) => {
    const path = join(folder, name);
    const style = readFileSync(path, 'utf8');
    rmSync(path);
    return style;
  });
  writeFileSync(join(folder, 'page.css'), [`:root {${TOKENS}}`, WORDS_STYLE, ...own].join('\n'));
}

if (isMain(import.meta.url)) {
  await command(() => {
    ensurePackages();
    build();
    say('Built dist/');
    buildNodeProgram();
    makePackageFiles();
    say('Built node/sightline.wasm, and what else the npm package holds');
  });
}

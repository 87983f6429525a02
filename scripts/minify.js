// Takes out of the scripts and style sheets what only their authors read, a third of their bytes. Names stay, so that
// whoever reports a fault can say where it was; but for scripts that are put together, whose names are shortened.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

/** @typedef {import('esbuild').Loader} Loader */

/** @type {Record<string, Loader>} */
const LOADERS = { '.js': 'js', '.css': 'css' };

// Not before it is needed: whoever imports this may be about to install the packages.
/** @returns {typeof import('esbuild')} */
const esbuild = () => createRequire(import.meta.url)('esbuild');

/** @param {string} folder whose files become smaller */
export function minify(folder) {
  const { transformSync } = esbuild();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const loader = LOADERS[extname(name)];
    if (!loader) continue;
    const path = join(folder, name);
    const { code } = transformSync(readFileSync(path, 'utf8'), {
      loader,
      target: 'esnext',
      minifyWhitespace: true,
      minifySyntax: true,
      legalComments: 'none',
    });
    writeFileSync(path, code);
  }
}

/**
 * Makes as few scripts of a folder's as what is fetched apart allows; what it takes of others, and the words of languages,
 * stay files of their own.
 * @param {string} folder @param {string} entry
 */
export function bundle(folder, entry) {
  const { outputFiles } = esbuild().buildSync({
    entryPoints: [join(folder, entry)],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'esnext',
    // What others have as well, and languages.
    external: [...scripts(join(folder, '..')), join(folder, '../view/*'), join(folder, 'text/*')],
    chunkNames: '[name]-[hash]',
    outdir: folder,
    write: false,
  });
  for (const script of scripts(folder)) rmSync(script);
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
}

/** Those that stand in a folder itself. @param {string} folder */
function scripts(folder) {
  return readdirSync(folder)
    .filter((name) => extname(name) === '.js')
    .map((name) => join(folder, name));
}

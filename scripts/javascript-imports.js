// Which JavaScript module imports from which, as far as their text tells. Types that JSDoc imports count as well.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * An import of one file by another. `from` and `to` are where they stand, folder by folder; a Rust module's own file stands
 * in the folder of its children, as `mod`.
 * @typedef {{ from: string[], to: string[], files: [from: string, to: string] }} Import
 */

const MODULE = /\.(js|d\.ts)$/;
/** `import … from './x.js'`, `export … from`, `import './x.js'`, `import('./x.js')`. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\()'(\.{1,2}\/[^']+)'/g;

/**
 * @param {string} root the repository's
 * @param {string} folder in it
 * @returns {Import[]}
 */
export function javascriptImports(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => MODULE.test(path) && !path.split(sep).includes('node_modules'))
    .map((path) => join(folder, path));
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(IMPORT)].flatMap(([, address]) => {
      const path = join(dirname(file), address);
      // What is described by hand alone is imported by the name that it would have as JavaScript.
      const imported = [path, path.replace(/\.js$/, '.d.ts')].find((path) => files.includes(path));
      if (!imported || imported === file) return [];
      return [
        { from: file.split(sep), to: imported.split(sep), files: /** @type {[string, string]} */ ([file, imported]) },
      ];
    }),
  );
}

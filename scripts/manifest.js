// Makes what editors and documentation tools are told of the element: custom-elements.json of its code, by the Custom
// Elements Manifest analyzer, and of that what single editors want. `npm test` checks that all of it is what the code
// says; `npm run manifest` writes it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { editorData } from './editor-data.js';
import { elementPlugin } from './manifest-plugin.js';
import { command, fail, isMain, root, say } from './run.js';

/** @import { Manifest } from './element-manifest.js' */

/** Where the element is described. */
const SOURCES = ['www/photo-caption.js', 'www/element/attributes.js', 'www/element/events.d.ts'];

/** Everything that is made, by the names of the files. @param {string} [folder] the repository's root */
export async function describeElement(folder = root) {
  // Not before it is needed: whoever imports this may be about to install the packages.
  /** @type {{ create: (options: object) => Manifest, ts: typeof import('typescript') }} */
  const { create, ts } = /** @type {any} */ (await import('@custom-elements-manifest/analyzer'));
  const modules = SOURCES.map((name) =>
    ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.ESNext, true),
  );
  const manifest = create({ modules, plugins: [elementPlugin()] });
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  return { 'custom-elements.json': manifest, ...editorData(manifest, version) };
}

/** Fails where a file is not what the code says. */
export async function checkManifest() {
  for (const [name, content] of Object.entries(await describeElement())) {
    const path = join(root, name);
    const written = existsSync(path) && JSON.parse(readFileSync(path, 'utf8'));
    // As JSON has it: without what is undefined.
    if (JSON.stringify(written) !== JSON.stringify(content)) {
      fail(`${name} is not what the code says; npm run manifest writes it`);
    }
  }
}

if (isMain(import.meta.url)) {
  await command(async () => {
    for (const [name, content] of Object.entries(await describeElement())) {
      writeFileSync(join(root, name), `${JSON.stringify(content, null, 2)}\n`);
      say(`Wrote ${name}`);
    }
  });
}

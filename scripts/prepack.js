// What `npm pack` does first: makes the types of the JSDoc, and sees to it that nothing is packed without its wasm.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { nodeProgram } from './node-program.js';
import { command, fail, root, run } from './run.js';
import { wasms } from './wasms.js';

await command(async () => {
  const files = [nodeProgram, ...wasms.map(({ name }) => join(root, 'www/wasm', name, 'sightline_bg.wasm'))];
  for (const file of files) {
    if (!existsSync(file)) fail(`${relative(root, file)} is missing; build it with npm run build`);
  }
  const types = join(root, 'types');
  rmSync(types, { recursive: true, force: true });
  run('npx', ['tsc', '--project', 'scripts/types.json']);
  // Some are written by hand, and tsc copies no such files.
  for (const folder of ['node', 'www', 'www/element', 'www/frameworks']) {
    const written = readdirSync(join(root, folder)).filter((name) => name.endsWith('.d.ts'));
    mkdirSync(join(types, folder), { recursive: true });
    for (const name of written) copyFileSync(join(root, folder, name), join(types, folder, name));
  }
});

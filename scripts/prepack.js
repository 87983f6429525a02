// What `npm pack` does first: makes the types of the JSDoc, and sees to it that nothing is packed without its wasm.

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, fail, root, run } from './run.js';
import { wasms } from './wasms.js';

await command(async () => {
  for (const { name } of wasms) {
    const file = `www/wasm/${name}/sightline_bg.wasm`;
    if (!existsSync(join(root, file))) fail(`${file} is missing; build it with npm run build`);
  }
  const types = join(root, 'types');
  rmSync(types, { recursive: true, force: true });
  run('npx', ['tsc', '--project', 'scripts/types.json']);
  // Some are written by hand, and tsc copies no such files.
  for (const part of ['.', 'element', 'frameworks']) {
    const written = readdirSync(join(root, 'www', part)).filter((name) => name.endsWith('.d.ts'));
    mkdirSync(join(types, part), { recursive: true });
    for (const name of written) copyFileSync(join(root, 'www', part, name), join(types, part, name));
  }
});

// Builds the blog into dist/: its pages, its photos, and a text for every image that has none, be the model sure of it or
// not. `node build.js MODEL`, with the folder of a model.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [model] = process.argv.slice(2);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = at('dist');

rmSync(dist, { recursive: true, force: true });
cpSync(at('pages'), dist, { recursive: true });
cpSync(at('../../www/page/samples'), at('dist/photos'), { recursive: true });

const { error, status } = spawnSync('sightline', ['alt', dist, '--least', 'any', '--model', model], {
  stdio: 'inherit',
});
if (error) throw error;
process.exitCode = status;

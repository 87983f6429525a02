// What the benchmark needs beside the built page, fetched or made where it is missing.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dist } from '../scripts/build.js';
import { fail, output, root, run, say } from '../scripts/run.js';

const BENCH = join(root, 'bench');
const SCRIPT = join(root, 'tests/reference/bench_onnx.py');
const PACKAGES = [
  'torch',
  'torchvision',
  'efficientnet_lite_pytorch',
  'safetensors',
  'onnx',
  'onnxscript',
  'onnxruntime',
];

/** Where onnxruntime-web's files are, once `ensureOnnxRuntime` has seen to them. */
export const onnxRuntime = join(BENCH, 'node_modules/onnxruntime-web');
/** Where models are as ONNX, each in a folder of its name. */
export const onnxModels = join(root, 'target/bench');

export const python = process.env.PYTHON ?? 'python3';

export function ensurePage() {
  // Without it Chromium would run the plain one, and nobody would be told.
  if (existsSync(join(dist, 'www/wasm/cpu-relaxed/sightline_bg.wasm'))) return;
  fail('dist/ with the wasm for relaxed SIMD in it is missing; npm run build makes it');
}

/** onnxruntime-web, in the version of the benchmark's own package-lock.json. Returns the version. */
export function ensureOnnxRuntime() {
  const installed = join(BENCH, 'node_modules/.package-lock.json');
  const lock = join(BENCH, 'package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
    say('Installing onnxruntime-web into bench/node_modules, for the benchmark alone');
    run('npm', ['ci', '--prefix', BENCH, '--no-audit', '--no-fund', '--ignore-scripts']);
  }
  return /** @type {string} */ (JSON.parse(readFileSync(join(onnxRuntime, 'package.json'), 'utf8')).version);
}

/** A model as ONNX, made of the very model.json that is here. @param {string} name */
export function ensureOnnxModel(name) {
  const [folder, out] = [join(root, 'models', name), join(onnxModels, name)];
  const wanted = { model: sha256(join(folder, 'model.json')), script: sha256(SCRIPT) };
  const note = join(out, 'made-of.json');
  const found = existsSync(note) ? JSON.parse(readFileSync(note, 'utf8')) : {};
  if (found.model === wanted.model && found.script === wanted.script) return;
  ensurePython();
  say(`Writing ${name} as ONNX`);
  run(python, ['-W', 'ignore', SCRIPT, folder, out]);
}

/** With the packages that the scripts of tests/reference/ need. */
export function ensurePython() {
  if (output(python, ['-c', `import ${PACKAGES.join(', ')}`]) !== undefined) return;
  const answer = output(python, ['--version']);
  fail(
    `${python} ${answer ? `(${answer}) lacks one of ${PACKAGES.join(', ')}` : 'is missing'}. ` +
      'tests/reference/README.md says how to install them into a virtual environment; then: ' +
      'PYTHON=/tmp/reference/bin/python npm run bench',
  );
}

/** @param {string} path */
function sha256(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

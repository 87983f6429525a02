// The command that the npm package runs in Node, and the native one: the same flags, output and exit codes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../../scripts/run.js';

const native = join(root, 'target/debug/sightline');
/** As a site that has the package runs it. */
const installed = join(root, 'examples/bundlers/node_modules/.bin/sightline');

const folder = mkdtempSync(join(tmpdir(), 'sightline-node-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Makes the folder that a command works on, always of the same name, for messages have it in them. */
function prepare() {
  const place = join(folder, 'place');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  cpSync(join(root, 'tests/photos'), join(place, 'photos'), { recursive: true });
  cpSync(join(root, 'examples/blog/pages'), join(place, 'site'), { recursive: true });
  mkdirSync(join(place, 'site/pictures'));
  for (const photo of ['scene.jpg', 'large.jpg', 'truncated.jpg']) {
    cpSync(join(root, 'tests/photos', photo), join(place, 'site/pictures', photo));
  }
  writeFileSync(
    join(place, 'site/album.html'),
    `<p>Zwölf Bilder</p><img src="pictures/scene.jpg"><img src=/pictures/large.jpg width=100>
     <img src="pictures/truncated.jpg"><img src="pictures/missing.jpg"><img src="https://example.org/a.jpg">
     <img alt="" src="pictures/scene.jpg"><img src="../outside.jpg">`,
  );
  writeFileSync(join(place, 'site/utf16.html'), Buffer.from('\ufeff<img src="a.jpg">', 'utf16le'));
  writeFileSync(join(place, 'no-model.json'), '{}');
  return place;
}

/** WASI has numbers of its own for what can go wrong with files, and either takes its time. @param {string} text */
const withoutNumbers = (text) =>
  text.replaceAll(/\(os error \d+\)/g, '(os error)').replace(/in [\d.]+ s, [\d.]+ a second/, 'in some time');

/** Runs a program, and tells what it printed and what it left. @param {string} program @param {string[]} args */
function run(program, args) {
  const place = prepare();
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: place,
    encoding: 'utf8',
    env: { ...process.env, SIGHTLINE_MODELS: join(root, 'models') },
  });
  assert.ifError(error);
  return { status, stdout: withoutNumbers(stdout), stderr: withoutNumbers(stderr), files: contents(place) };
}

/** All files below a folder: what is in those that captions are written to, and the others by their hashes. @param {string} place @returns {Record<string, string>} */
function contents(place) {
  const entries = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => {
      const bytes = readFileSync(path);
      const isText = /\.jsonl$|alt-texts/.test(path);
      return [path.slice(place.length), isText ? `${bytes}` : createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** Processors round differently in the last places, and take their time; everything else is to be the same. */
const ROUNDED = 1e-3;

/** @param {unknown} one @param {unknown} other @param {string} where */
function assertAlike(one, other, where) {
  if (typeof one === 'number' && typeof other === 'number') {
    assert.ok(Math.abs(one - other) <= ROUNDED * Math.max(1, Math.abs(one)), `${where}: ${one} and ${other}`);
  } else if (one && other && typeof one === 'object' && typeof other === 'object') {
    assert.deepEqual(Object.keys(one), Object.keys(other), where);
    const others = /** @type {Record<string, unknown>} */ (other);
    for (const [key, value] of Object.entries(one)) {
      if (!['timings', 'device'].includes(key)) assertAlike(value, others[key], `${where}.${key}`);
    }
  } else {
    assert.equal(one, other, where);
  }
}

/** A table's numbers, as far as they are the same everywhere. @param {string} text */
const rounded = (text) => text.replaceAll(/-?\d+\.\d{4,}/g, (number) => Number(number).toFixed(3));

/** @param {string} one @param {string} other */
function assertSameOutput(one, other) {
  if (!one.startsWith('{')) return assert.equal(rounded(one), rounded(other));
  const objects = (/** @type {string} */ text) =>
    (text.startsWith('{\n') ? [text] : text.trimEnd().split('\n')).map((line) => JSON.parse(line));
  assertAlike(objects(one), objects(other), 'output');
}

/** @type {[what: string, args: string[], status: number][]} */
const COMMANDS = [
  ['what the command is', ['--help'], 0],
  ['what a command takes', ['alt', '--help'], 0],
  ['the version', ['--version'], 0],
  ['no command', [], 2],
  ['a command that there is not', ['capton', 'photos/scene.jpg'], 2],
  ['a flag that there is not', ['caption', '--jsom', 'photos/scene.jpg'], 2],
  ['flags that exclude each other', ['caption', '--json', '--csv', 'photos/scene.jpg'], 2],
  ['a photo', ['caption', 'photos/scene.jpg'], 0],
  ['a photo by one beam, in floats', ['caption', '--beams', '1', '--precision', 'f32', 'photos/scene.jpg'], 0],
  ['a photo by chance', ['caption', '--seed', '7', '--temperature', '1.2', 'photos/scene.jpg'], 0],
  ['all that is known of a caption', ['caption', '--json', '--beams', '3', 'photos/scene.jpg'], 0],
  ['photos of every kind, and what is none', ['caption', '--beams', '1', 'photos'], 1],
  ['a table', ['caption', '--csv', '--beams', '1', 'photos/scene.jpg', 'photos/empty.jpg', 'photos/nothing.jpg'], 1],
  ['an option out of its range', ['caption', '--temperature=-1', 'photos/scene.jpg'], 1],
  ['a model that there is not', ['caption', '--model', 'nowhere', 'photos/scene.jpg'], 1],
  ['several photos at a time', ['caption', '--beams', '1', '--threads', '2', '--jsonl', 'captions.jsonl', 'photos'], 1],
  ['a device that this was built without', ['caption', '--device', 'wgpu', 'photos/scene.jpg'], 1],
  ['what a model holds', ['inspect', 'flickr8k-lite'], 0],
  ['the same for programs', ['inspect', '--json', 'flickr8k-lite'], 0],
  ['the layers of a backbone', ['inspect', '--backbone', 'resnet50', '--markdown'], 0],
  ['a backbone that there is not', ['inspect', '--backbone', 'resnet5'], 1],
  ['what is wrong with a site', ['alt', '--check', 'site'], 1],
  ['the same for programs', ['alt', '--check', '--json', 'site'], 1],
  ['the same for code scanning', ['alt', '--check', '--report', 'sarif', 'site'], 1],
  [
    'the same for a workflow, less one rule',
    ['alt', '--check', '--report=github', '--rules=missing-alt=off', 'site'],
    1,
  ],
  ['texts for a site', ['alt', '--beams', '1', 'site'], 1],
  ['texts for a site, whatever they are', ['alt', '--least', 'any', '--json', 'site'], 1],
  ['texts that people reviewed', ['alt', '--apply', '--format', 'csv', 'site'], 1],
  ['pages by a pattern', ['alt', '--beams', '1', 'site/**/*.html'], 1],
  ['a review before there are texts', ['alt', '--review', 'site'], 1],
  ['a page that there is not', ['alt', 'nowhere.html'], 1],
  ['a folder without pages', ['alt', 'photos'], 1],
  [
    'photos by their classes, with a model that captions',
    ['classify', '--model', 'flickr8k-lite', 'photos/scene.jpg'],
    1,
  ],
  ['what a kernel makes of a photo', ['filter', '--kernel', 'sobel-x', 'photos/scene.jpg', '--out', 'edges.png'], 0],
];

for (const [what, args, status] of COMMANDS) {
  test(`${what}: sightline ${args.join(' ')}`, () => {
    assert.ok(existsSync(installed), 'the package is not installed; node scripts/package.js does it');
    const one = run(native, args);
    const other = run(installed, args);
    assert.equal(other.stderr, one.stderr);
    assertSameOutput(one.stdout, other.stdout);
    assert.deepEqual([one.status, other.status], [status, status], one.stderr);
    assert.deepEqual(Object.keys(other.files), Object.keys(one.files));
    for (const [name, content] of Object.entries(one.files)) assertSameOutput(content, other.files[name]);
  });
}

test('the package has the light model in it, wherever the command is called', () => {
  const place = prepare();
  const { SIGHTLINE_MODELS, ...env } = process.env;
  const { status, stderr } = spawnSync(installed, ['caption', 'photos/scene.jpg'], {
    cwd: place,
    env,
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});

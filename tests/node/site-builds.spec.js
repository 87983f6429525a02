// The plugins of `examples/site-builds`, each in builds by the generator that it is for.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/run.js';

/** Where each generator builds its site. */
const BUILT = { eleventy: 'eleventy/_site', astro: 'astro/dist', vite: 'vite/dist' };

const examples = join(root, 'examples');
const packages = join(examples, 'site-builds/node_modules');
const [entry] = Object.values(JSON.parse(readFileSync(join(examples, 'site-builds/alt-texts.json'), 'utf8')));

const folder = mkdtempSync(join(tmpdir(), 'sightline-site-builds-'));
const example = join(folder, 'site-builds');
after(() => rmSync(folder, { recursive: true, force: true }));

before(() => {
  assert.ok(existsSync(packages), 'the packages of the example are not installed; node scripts/package.js does it');
  cpSync(join(examples, 'plain/street.jpg'), join(folder, 'plain/street.jpg'));
  const isSource = (/** @type {string} */ path) =>
    !['node_modules', 'dist', '_site', '.astro'].includes(basename(path));
  cpSync(join(examples, 'site-builds'), example, { recursive: true, filter: isSource });
  symlinkSync(packages, join(example, 'node_modules'), 'junction');
});

/** The path of a file in the example's copy. @param {string} path */
const at = (path) => join(example, path);

/** Runs a program in the example, and tells how it ended. @param {string} program @param {string[]} options */
function run(program, options) {
  const { status, stdout, stderr, error } = spawnSync(program, options, {
    cwd: example,
    encoding: 'utf8',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NO_COLOR: '1' },
    // npm is a batch file on Windows.
    shell: process.platform === 'win32',
  });
  assert.ifError(error);
  return { status, printed: stdout + stderr };
}

/** @param {string} generator */
const build = (generator) => run('npm', ['run', generator]);

/**
 * Makes the book say this of a picture.
 * @param {string} picture its file
 * @param {{ state: string, text: string }} said
 */
function write(picture, said) {
  const hash = createHash('sha256').update(readFileSync(picture)).digest('hex');
  const book = { [hash]: { ...entry, ...said, file: basename(picture) }, version: 1 };
  writeFileSync(at('alt-texts.json'), JSON.stringify(book));
}

/** @param {{ state: string, text: string }} said */
const writeOfStreet = (said) => write(join(examples, 'plain/street.jpg'), said);

const draft = { state: 'draft', text: entry.drafted };

for (const [generator, built] of Object.entries(BUILT)) {
  test(`${generator} fails where no person has seen a text, and builds in those that one has, and nothing else`, () => {
    const page = at(`${built}/index.html`);
    writeOfStreet(draft);
    const failed = build(generator);
    const bare = readFileSync(page, 'utf8');
    const line = bare.slice(0, bare.indexOf('<img')).split('\n').length;
    assert.notEqual(failed.status, 0, failed.printed);
    assert.match(failed.printed, new RegExp(`${built}/index\\.html:${line}: \\S*street\\S*: this image has no alt`));
    assert.match(failed.printed, /alt-texts\.json: street\.jpg: no person has seen the draft/);
    assert.match(failed.printed, new RegExp(`npx sightline alt (\\./)?${built}/? --book alt-texts\\.json drafts`));

    writeOfStreet({ ...draft, state: 'reviewed' });
    const { status, printed } = build(generator);
    assert.equal(status, 0, printed);
    const text = ` alt="${entry.drafted}"`;
    assert.ok(readFileSync(page, 'utf8').includes(`.jpg"${text}`), printed);
    assert.equal(readFileSync(page, 'utf8').replace(text, ''), bare);
  });
}

test('the example can be built as it stands, and says what its book says', () => {
  cpSync(join(examples, 'site-builds/alt-texts.json'), at('alt-texts.json'));
  const { status, printed } = build('eleventy');
  assert.equal(status, 0, printed);
  assert.ok(readFileSync(at('eleventy/_site/index.html'), 'utf8').includes(`alt="${entry.text}"`));
});

test('a text that a person reviewed is held to the rules all the same', () => {
  writeOfStreet({ state: 'reviewed', text: 'IMG_0012.JPG' });
  const { status, printed } = build('vite');
  assert.notEqual(status, 0, printed);
  assert.match(printed, /vite\/dist\/index\.html:6: \S+street\S+: .*IMG_0012\.JPG/);
});

test('a page that cannot be read fails the build, and is told once', () => {
  writeOfStreet({ ...draft, state: 'reviewed' });
  const page = at('vite/public/latin.html');
  cpSync(join(examples, 'plain/street.jpg'), page);
  const { status, printed } = build('vite');
  rmSync(page);
  assert.notEqual(status, 0, printed);
  const problems = printed.match(/Alternative texts are missing or wrong\.\n(.*\n)npx/);
  assert.match(problems?.[1] ?? '', /^vite\/dist\/latin\.html: /, printed);
});

test('Vite leaves small pictures in files, for their texts to be found', () => {
  const small = join(root, 'tests/photos/small.png');
  write(small, { state: 'reviewed', text: 'A small picture.' });
  cpSync(small, at('vite/small.png'));
  writeFileSync(at('vite/index.html'), '<!doctype html>\n<img src="small.png">\n');
  const { status, printed } = build('vite');
  assert.equal(status, 0, printed);
  assert.match(
    readFileSync(at('vite/dist/index.html'), 'utf8'),
    /<img src="\/assets\/small\S+\.png" alt="A small picture\.">/,
  );
});

test('Eleventy writes and checks no texts while it serves a site', () => {
  writeOfStreet(draft);
  const script = `
    import Eleventy from '@11ty/eleventy';
    const options = { configPath: 'eleventy/eleventy.config.js', runMode: 'serve' };
    await new Eleventy('eleventy', 'eleventy/_site', options).write();`;
  const { status, printed } = run(process.execPath, ['--input-type=module', '--eval', script]);
  assert.equal(status, 0, printed);
  assert.doesNotMatch(readFileSync(at('eleventy/_site/index.html'), 'utf8'), /alt=/);
});

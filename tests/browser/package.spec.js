// The npm package as a site gets it: what is in it, its types, and the same site built by each bundler.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { tarball } from '../../scripts/package.js';
import { root } from '../../scripts/run.js';
import { filesOf, LOADING_POLICY, POLICY } from '../../scripts/serve.js';
import { wasms } from '../../scripts/wasms.js';
import { captionByCommand, photos, runProgram } from './command-line.js';
import { Fixture } from './fixture.js';

const bundlers = join(root, 'examples/bundlers');
const frameworks = join(root, 'examples/frameworks');
const installed = join(bundlers, 'node_modules/sightline');
before(() => {
  assert.ok(existsSync(tarball), 'the package is missing; node scripts/package.js makes it');
});

const fixture = Fixture.forSpec({ isStrict: false });
const { additive: model } = fixture.models;

/** Of bundlers whose own scripts need another policy than Sightline's: a name of their own, or no Trusted Types at all. */
const POLICIES = new Map([
  ['webpack', `${POLICY} webpack`],
  ['parcel', LOADING_POLICY],
]);

/** A program of a folder's packages. @param {string} folder @param {string} name */
const tool = (folder, name) => join(folder, 'node_modules/.bin', name);

/** The files in a folder and its subfolders. @param {string} folder @param {string} ending */
const filesIn = (folder, ending) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

test('the package holds what a page and the command in Node need, and nothing else', () => {
  const [{ files }] = JSON.parse(
    runProgram(root, 'npm', 'pack', '--dry-run', '--json', '--loglevel', 'error', tarball),
  );
  const paths = files.map((/** @type {{ path: string }} */ { path }) => path);
  const places = [
    /^(package\.json|custom-elements\.json|vscode\.html-custom-data\.json|web-types\.json|README\.md|LICENSE-MIT|LICENSE-APACHE)$/,
    /^(THIRD-PARTY\.txt|sightline\.cdx\.json)$/,
    /^types\/[\w/-]+\.d\.ts$/,
    /^models\/flickr8k-lite\/(MODEL_CARD\.md|model\.json|[\w-]+\.safetensors)$/,
    /^node\/([\w-]+\.js|sightline\.wasm)$/,
    /^www\/[\w-]+\.js$/,
    /^www\/(element|inside|view)\/[\w/-]+\.js$/,
    /^www\/wasm\/(cpu|cpu-relaxed|gpu)\/(sightline\.js|sightline_bg\.wasm)$/,
  ];
  assert.deepEqual(
    paths.filter((/** @type {string} */ path) => !places.some((place) => place.test(path))),
    [],
  );
  const needed = [
    'LICENSE-MIT',
    'LICENSE-APACHE',
    'README.md',
    'THIRD-PARTY.txt',
    'node/sightline.wasm',
    'sightline.cdx.json',
    'types/www/protocol.d.ts',
  ];
  for (const path of needed) assert.ok(paths.includes(path), path);
  for (const { name } of wasms) assert.ok(paths.includes(`www/wasm/${name}/sightline_bg.wasm`), name);
});

test('publint and Are The Types Wrong have nothing to say against it', () => {
  runProgram(bundlers, tool(bundlers, 'publint'), '--strict', tarball);
  // The worker is an address for whoever bundles, and has nothing that could be imported.
  runProgram(bundlers, tool(bundlers, 'attw'), tarball, '--profile', 'esm-only', '--exclude-entrypoints', './worker');
});

test('its types serve a site in TypeScript', () => {
  const site = join(fixture.folder, 'typescript');
  mkdirSync(site);
  writeFileSync(join(site, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(site, 'site.ts'),
    `
    import { Captioner, CaptionerError, type Caption, type Precision, type Word } from 'sightline';
    import 'sightline/photo-caption';
    const precision: Precision = 'f32';
    const captioner: Captioner = await Captioner.load({ model: new URL('https://example.org/model/'), precision });
    const onWord = (word: Word) => void word.alternatives[0]?.logProbability.toFixed();
    const caption: Caption = await captioner.caption(new Blob(), { beams: 1, onWord });
    const row: number[] | undefined = caption.words[0]?.attention?.[0];
    const code: 'aborted' | string = new CaptionerError('aborted', String(row)).code;
    // @ts-expect-error A number is no photo.
    await captioner.caption(42);
    // @ts-expect-error Which model?
    await Captioner.load({ device: 'cpu' });
    export { code };`,
  );
  runProgram(site, 'npm', 'install', '--no-audit', '--no-fund', '--loglevel', 'error', tarball);
  for (const [module, resolution] of [
    ['esnext', 'bundler'],
    ['node16', 'node16'],
  ]) {
    runProgram(
      site,
      tool(root, 'tsc'),
      '--strict',
      '--noEmit',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
      '--module',
      module,
      '--moduleResolution',
      resolution,
      'site.ts',
    );
  }
});

for (const framework of ['react', 'preact', 'solid', 'vue']) {
  test(`its types know the element in templates of ${framework}, and what cannot be written there`, () => {
    runProgram(frameworks, 'npm', 'run', framework);
  });
}

test('a server imports every entry that has a script', () => {
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const entry of ['.', './photo-caption', './worker']) {
    assert.ok(exports[entry], entry);
    const address = JSON.stringify(entry.replace('.', 'sightline'));
    runProgram(bundlers, process.execPath, '--input-type=module', '--eval', `await import(${address})`);
  }
});

for (const bundler of ['vite', 'webpack', 'rollup', 'esbuild', 'parcel']) {
  test(`a site that ${bundler} builds captions its photo`, async () => {
    const built = join(bundlers, 'dist', bundler);
    rmSync(built, { recursive: true, force: true });
    runProgram(bundlers, 'npm', 'run', bundler);
    for (const { name, device } of wasms) {
      const wasm = readFileSync(join(installed, `www/wasm/${name}/sightline_bg.wasm`));
      const isBuiltIn = filesIn(built, '.wasm').some((path) => readFileSync(path).equals(wasm));
      assert.ok(isBuiltIn, `the wasm for ${device} is built in`);
    }
    const site = join(fixture.folder, bundler);
    // Some bundle scripts alone, and leave the page to its author.
    cpSync(join(bundlers, 'index.html'), join(site, 'index.html'));
    cpSync(built, site, { recursive: true });
    cpSync(model.path, join(site, 'model'), { recursive: true });
    cpSync(join(photos, 'scene.jpg'), join(site, 'photo.jpg'));
    const files = filesOf(site, { 'Content-Security-Policy': POLICIES.get(bundler) ?? POLICY });
    fixture.intercept = (request, response) => {
      if (!request.url?.startsWith('/site/')) return false;
      request.url = request.url.slice('/site'.length);
      files(request, response, () => void response.writeHead(404).end());
      return true;
    };
    const { page } = await fixture.openPage('site/index.html');
    await page.locator('output:not(:empty)').waitFor();
    assert.equal(await page.textContent('output'), captionByCommand(model.path, join(photos, 'scene.jpg')).hedged);
    await fixture.endTest();
  });
}

// Files that are bad on purpose, each in one way: what the native command says of them, the command in Node, and the page.
// `WRITE_EXPECTED=1` writes down what the native command and the page say now, to be read before it is committed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { root } from '../../scripts/run.js';
import english from '../../www/view/text/en.js';
import { photos, program } from './command-line.js';
import { Fixture } from './fixture.js';
import { untilCards } from './page-actions.js';

const hostile = join(root, 'tests/hostile');
const expectedFile = join(hostile, 'expected.json');
/** The command as a site runs it that has installed the npm package. */
const inNode = join(root, 'examples/bundlers/node_modules/.bin/sightline');
const SHARD = 'weights-001-of-001.safetensors';

const fixture = Fixture.forSpec({ models: {}, isStrict: false });
/** Where the commands run, so that their messages name files as they are named here. */
const place = join(fixture.folder, 'place');

before(() => {
  const { path } = fixture.pack('additive');
  cpSync(hostile, place, { recursive: true });
  cpSync(path, join(place, 'model'), { recursive: true });
});

/** @param {string} kind the name of a folder of tests/hostile */
function filesOf(kind) {
  const files = readdirSync(join(hostile, kind)).sort();
  assert.ok(files.length > 1, `tests/hostile/${kind} is empty`);
  return files;
}

/** Runs a command to its end. @param {string} command @param {string[]} options @param {string} [folder] */
async function run(command, options, folder = place) {
  const child = spawn(command, options, { cwd: folder });
  const said = { stdout: '', stderr: '' };
  for (const name of /** @type {const} */ (['stdout', 'stderr'])) {
    child[name].setEncoding('utf8').on('data', (text) => {
      said[name] += text;
    });
  }
  const [status, signal] = await new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (...end) => resolve(end));
  });
  assert.equal(signal, null, `${command} ${options.join(' ')}\n${said.stderr}`);
  // A panic would be neither.
  assert.ok(status === 0 || status === 1, `${status} from ${command} ${options.join(' ')}\n${said.stderr}`);
  return { status, ...said };
}

/**
 * What comes of each file, two at a time.
 * @template T @param {string} kind @param {(file: string) => Promise<T>} ask @returns {Promise<Record<string, T>>}
 */
async function ofEach(kind, ask) {
  const files = filesOf(kind);
  /** @type {Record<string, T>} */
  const found = {};
  const waiting = [...files];
  const work = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) found[file] = await ask(file);
  };
  await Promise.all([work(), work()]);
  return Object.fromEntries(files.map((file) => [file, found[file]]));
}

/** Compares with what is written down, or writes it down. @param {string} kind @param {Record<string, unknown>} found @param {string} who */
function expect(kind, found, who) {
  if (process.env.WRITE_EXPECTED) {
    const all = JSON.parse(readFileSync(expectedFile, 'utf8'));
    writeFileSync(expectedFile, `${JSON.stringify({ ...all, [kind]: found }, null, 2)}\n`);
  }
  assert.deepEqual(found, written(kind), who);
}

/** What is written down. @param {string} kind @returns {Record<string, any>} */
function written(kind) {
  return JSON.parse(readFileSync(expectedFile, 'utf8'))[kind];
}

/** The photos of a folder, each with what the command says of it. @param {string} command */
async function photosBy(command) {
  const files = filesOf('photos').map((file) => `photos/${file}`);
  const options = ['caption', '--device', 'cpu', '--beams', '1', '--model', 'model', '--json'];
  const { stdout } = await run(command, [...options, ...files]);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ photo }) => photo),
    files,
  );
  return Object.fromEntries(lines.map(({ photo, error }) => [photo.slice('photos/'.length), error ?? 'captioned']));
}

test('photos', async () => {
  const found = await photosBy(program);
  expect('photos', found, 'the native command');
  assert.deepEqual(await photosBy(inNode), found, 'the command in Node');
});

test('photos, dropped on the page', async () => {
  const page = await fixture.openSightline();
  const files = filesOf('photos');
  await page.setInputFiles(
    '#files',
    files.map((file) => join(hostile, 'photos', file)),
  );
  await untilCards(page, files.length);
  const cards = await page.locator('.card').evaluateAll((cards) =>
    cards.map((card) => {
      const line = /** @type {HTMLElement} */ (card.querySelector('.line'));
      const { name } = /** @type {HTMLElement} */ (card).dataset;
      return [name ?? '', line.title ? { line: line.textContent, message: line.title } : 'captioned'];
    }),
  );
  const expected = Object.entries({ ...written('photos'), ...written('photos on the page') }).map(([file, said]) => [
    file,
    said.code ? { line: english[`error.${/** @type {'image-corrupt'} */ (said.code)}`], message: said.message } : said,
  ]);
  assert.deepEqual(Object.fromEntries(cards), Object.fromEntries(expected));
  // And it goes on as if nothing had been.
  await page.setInputFiles('#files', join(photos, 'scene.jpg'));
  await untilCards(page, files.length + 1);
});

/** Makes the model whose folder is named like a file. @param {string} kind @param {string} file */
function makeModel(kind, file) {
  const folder = join(fixture.folder, 'bad', file);
  mkdirSync(folder, { recursive: true });
  cpSync(join(place, 'model'), folder, { recursive: true });
  if (kind === 'manifests') {
    cpSync(join(hostile, kind, file), join(folder, 'model.json'));
    return folder;
  }
  // In place of weights that are good, and the manifest vouches for them.
  const bytes = readFileSync(join(hostile, kind, file));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, SHARD), bytes);
  const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  manifest.shards = [{ file: SHARD, bytes: bytes.length, sha256 }];
  writeFileSync(join(folder, 'model.json'), JSON.stringify(manifest));
  return folder;
}

/** What loading a model in a browser comes to. @param {import('playwright-core').Page} page @param {string} folder in that of the fixture */
function loadOn(page, folder) {
  return page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    try {
      (await Captioner.load({ model, device: 'cpu' })).dispose();
      return 'loaded';
    } catch (error) {
      const { code, message } = /** @type {any} */ (error);
      return { code, message };
    }
  }, `${fixture.url}fixture/${folder}/`);
}

for (const kind of ['manifests', 'weights']) {
  test(kind, async () => {
    const { page } = await fixture.openPage();
    /** @type {Record<string, unknown>} */
    const inBrowser = {};
    for (const file of filesOf(kind)) {
      makeModel(kind, file);
      inBrowser[file] = await loadOn(page, `bad/${file}`);
    }
    expect(kind, inBrowser, 'the browser');
    for (const command of [program, inNode]) {
      const byCommand = await ofEach(kind, async (file) => {
        const { stderr } = await run(command, ['inspect', file], join(fixture.folder, 'bad'));
        return stderr.trim();
      });
      const expected = Object.entries(inBrowser).map(([file, said]) => [
        file,
        said === 'loaded' ? '' : `sightline: ${file}: ${/** @type {any} */ (said).message}`,
      ]);
      assert.deepEqual(byCommand, Object.fromEntries(expected), command);
    }
  });
}

/** What only the native command reads: the options in front of a file's name, and those behind it. */
const NATIVE = {
  checkpoints: [['pack', '--classes', 'classes.txt', '--encoder'], ['out']],
  captions: [['eval', '--device', 'cpu', '--beams', '1', '--model', 'model', '--images', 'photos', '--captions'], []],
  configurations: [['train', '--out', 'run'], []],
};

for (const [kind, [first, last]] of Object.entries(NATIVE)) {
  test(kind, async () => {
    writeFileSync(join(place, 'classes.txt'), 'cat\ndog\n');
    const found = await ofEach(kind, async (file) => {
      const { stderr } = await run(program, [...first, `${kind}/${file}`, ...last]);
      return stderr.trim().split('\n');
    });
    expect(kind, found, 'the native command');
    assert.ok(!readdirSync(place).includes('stolen'), 'nothing that a file says is run');
  });
}

/** What a site of this page or book comes to. @param {string} kind @param {string} file @param {string} command */
async function siteBy(kind, file, command) {
  const site = join(fixture.folder, command === program ? 'native' : 'node', kind, file);
  mkdirSync(site, { recursive: true });
  cpSync(join(hostile, kind, file), join(site, kind === 'books' ? 'alt-texts.json' : file));
  cpSync(join(photos, 'small.png'), join(site, 'a.png'));
  writeFileSync(join(site, 'a.html'), '<img src=a.png>\n');
  const model = join(place, 'model');
  const { stdout, stderr } = await run(
    command,
    ['alt', '--device', 'cpu', '--model', model, '--least', 'any', '.'],
    site,
  );
  const page = readFileSync(join(site, kind === 'books' ? 'a.html' : file));
  return { stdout, stderr, written: createHash('sha256').update(page).digest('hex') };
}

for (const kind of ['pages', 'books']) {
  test(kind, async () => {
    const found = await ofEach(kind, (file) => siteBy(kind, file, program));
    expect(kind, found, 'the native command');
    assert.deepEqual(await ofEach(kind, (file) => siteBy(kind, file, inNode)), found, 'the command in Node');
  });
}

test('a model whose attention is no number', async () => {
  const folder = join(fixture.folder, 'overflow');
  cpSync(join(place, 'model'), folder, { recursive: true });
  const shard = readFileSync(join(folder, SHARD));
  const start = 8 + Number(shard.readBigUInt64LE());
  const header = JSON.parse(shard.toString('utf8', 8, start));
  for (const [name, { dtype, data_offsets: range }] of Object.entries(header)) {
    if (!name.startsWith('decoder.attention.')) continue;
    // The greatest numbers there are, of either sign: their sums are infinite, and what is shared out is none.
    const greatest = dtype === 'F16' ? [0xff, 0x7b, 0xff, 0xfb] : [0xff, 0xff, 0x7f, 0x7f, 0xff, 0xff, 0x7f, 0xff];
    shard.fill(Buffer.from(greatest), start + range[0], start + range[1]);
  }
  writeFileSync(join(folder, SHARD), shard);
  const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  manifest.shards[0].sha256 = createHash('sha256').update(shard).digest('hex');
  writeFileSync(join(folder, 'model.json'), JSON.stringify(manifest));

  const expected = "the model's probabilities are not numbers; its weights are damaged, or the device computes wrongly";
  const photo = join(photos, 'scene.jpg');
  for (const command of [program, inNode]) {
    const { status, stderr } = await run(command, ['caption', '--device', 'cpu', '--model', folder, photo]);
    assert.deepEqual([status, stderr.trim()], [1, `${photo}: ${expected}`], command);
  }
  const { page } = await fixture.openPage();
  const message = await page.evaluate(async (model) => {
    const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
    const captioner = await Captioner.load({ model, device: 'cpu' });
    try {
      return await captioner.caption(new ImageData(8, 8)).then(
        (/** @type {{ text: string }} */ { text }) => text,
        (/** @type {Error} */ { message }) => message,
      );
    } finally {
      captioner.dispose();
    }
  }, `${fixture.url}fixture/overflow/`);
  assert.equal(message, expected);
});

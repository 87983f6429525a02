// What a first visit downloads, with brotli as a static host would send it, against a budget.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { FULL, LITE } from '../www/shipped-models.js';
import { dist } from './build.js';
import { modelBytes, shippedModels } from './models.js';
import { command, fail, isMain } from './run.js';

/** Bytes, compressed. */
const BUDGET = {
  'wasm for the processor': 750_000,
  'wasm for the processor with relaxed SIMD': 750_000,
  'wasm for WebGPU': 2_600_000,
  'HTML, CSS, JavaScript and example of the page': 62_000,
  // With what `inspect` gives to pages, the choice between the processor's wasms, a GPU that takes over from it, the
  // policy for pages that require Trusted Types, and what notices that a worker was ended from outside.
  'JavaScript of the element': 29_500,
  // Each card is fetched when its tab is first opened.
  'JavaScript of a look inside, until it is open': 20_000,
  'JavaScript of a look inside, all of it': 42_000,
};

/** Bytes of a model, as it is: compressing weights gains nothing. */
const MODEL_BUDGET = { [FULL]: 40_000_000, [LITE]: 16_000_000 };

/** Every file under a folder with this ending. @param {string} folder @param {string} ending @returns {string[]} */
function files(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extname(name) === ending)
    .map((name) => join(folder, name));
}

const brotli = promisify(brotliCompress);

/** Bytes of files as a static host sends them. @param {string[]} paths */
export async function compressed(paths) {
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } };
  const sent = await Promise.all(paths.map((path) => brotli(readFileSync(path), options)));
  return sent.reduce((sum, { length }) => sum + length, 0);
}

/** Prints the sizes, and fails where one is over its budget. */
export async function checkSizes() {
  const www = join(dist, 'www');
  /** What wasm-bindgen writes belongs to the wasm. @param {string} name */
  const wasm = (name) => ['.wasm', '.js'].flatMap((ending) => files(join(www, 'wasm', name), ending));
  const view = join(www, 'view');
  const inside = join(www, 'inside');
  const isElement = (/** @type {string} */ path) =>
    path === join(www, 'photo-caption.js') || path.startsWith(join(www, 'element'));
  const isPage = (/** @type {string} */ path) => path.startsWith(join(www, 'page')) || !path.startsWith(www);
  const paths = (/** @type {string[]} */ ...names) => names.map((name) => join(www, name));
  // Who reads another language fetches its words besides, who opens the settings the lists of models, who opens the
  // camera what it takes, and who looks inside whatever that takes.
  const asked = paths('kept-models.js', 'page/camera.js', 'page/kept-list.js', 'page/model-list.js');
  const lookingInside = paths(
    'page/address.js',
    'page/look-inside.js',
    'worker-inspection.js',
    'element/look-inside.js',
  );
  const later = [...asked, ...lookingInside];
  const isFirst = (/** @type {string} */ path) =>
    !later.includes(path) &&
    !path.startsWith(inside) &&
    (!path.startsWith(join(view, 'text')) || path.endsWith('en.js'));
  // The page has them in a style sheet.
  const isStyle = (/** @type {string} */ path) =>
    [join(view, 'tokens.js'), join(view, 'words-style.js')].includes(path);
  // The element imports none of these.
  const beyondElement = paths('view/class-list.js', 'view/csv.js', 'view/save.js');
  const own = files(dist, '.js').filter((path) => !path.startsWith(join(www, 'wasm')) && isFirst(path));
  const page = [
    join(dist, 'index.html'),
    ...files(join(www, 'page'), '.css'),
    join(www, 'page/example/example.json'),
    join(www, 'page/text/en.json'),
    ...own.filter((path) => !isElement(path) && !isStyle(path)),
  ];
  const allInside = [...files(inside, '.js'), ...lookingInside].filter((path) => !/\/text\/(?!en)/.test(path));
  const opening = allInside.filter((path) => !/-card-\w+\.js$/.test(path) || path.includes('input-card'));
  // All at once, for a wasm takes seconds.
  const sent = {
    'wasm for the processor': compressed(wasm('cpu')),
    'wasm for the processor with relaxed SIMD': compressed(wasm('cpu-relaxed')),
    'wasm for WebGPU': compressed(wasm('gpu')),
    'HTML, CSS, JavaScript and example of the page': compressed(page),
    'JavaScript of the element': compressed(own.filter((path) => !isPage(path) && !beyondElement.includes(path))),
    'JavaScript of a look inside, until it is open': compressed(opening),
    'JavaScript of a look inside, all of it': compressed(allInside),
  };
  const found = {
    ...Object.fromEntries(
      await Promise.all(Object.entries(sent).map(async ([what, bytes]) => /** @type {const} */ ([what, await bytes]))),
    ),
    ...Object.fromEntries(shippedModels(join(dist, 'models')).map((model) => [model.name, modelBytes(model)])),
  };
  /** @type {Record<string, number>} */
  const budget = { ...BUDGET, ...MODEL_BUDGET };
  for (const [what, bytes] of Object.entries(found)) {
    const most = budget[what];
    const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
    console.log(`${kilobytes(bytes).padStart(10)} of ${kilobytes(most).padStart(9)}  ${what}`);
    if (bytes > most) {
      fail(`${what} is over its budget; make it smaller, or raise the budget in scripts/sizes.js with a reason`);
    }
  }
}

if (isMain(import.meta.url)) await command(checkSizes);

// The table of docs/BACKBONES.md, measured: every backbone natively and in the page, in one run, one after the other in
// turn. `cargo build --release --no-default-features && npm run build && node scripts/backbones.js [RUNS]`

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { command, fail, output, root, run, say } from './run.js';
import { filesOf, serve } from './serve.js';
import { ensureChromium } from './tools.js';

/**
 * @typedef {object} Backbone what `sightline bench --backbone --json` says of one
 * @property {string} backbone
 * @property {string} title
 * @property {number} size
 * @property {{ rows: number, cols: number }} grid
 * @property {number} channels
 * @property {number} parameters
 * @property {number} multiply_adds
 * @property {number} int8_megabytes
 * @property {number} encode_ms
 */

const DOCUMENT = join(root, 'docs/BACKBONES.md');
const [BEGIN, END] = ['<!-- table -->', '<!-- /table -->'];
const FIRST = 'resnet50';

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

/** On the processor, by the command. @param {number} runs @returns {Backbone[]} */
function native(runs) {
  const program = join(root, 'target/release/sightline');
  const lines = output(program, ['bench', '--backbone', 'all', '--device', 'cpu', '--json', '--runs', `${runs}`]);
  if (!lines) fail('target/release/sightline is missing; cargo build --release --no-default-features makes it');
  return lines.split('\n').map((line) => JSON.parse(line));
}

/**
 * On the processor, in the page: milliseconds for each backbone, one encoded after the other in turn.
 * @param {string[]} backbones @param {number} runs
 */
async function inPage(backbones, runs) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-'));
  run('cargo', ['build', '--workspace', '--no-default-features', '--example=synthetic_model']);
  for (const name of backbones) run(join(root, 'target/debug/examples/synthetic_model'), [name, join(folder, name)]);
  const models = filesOf(folder);
  const server = await serve(0, {
    intercept: (request, response) => {
      if (!request.url?.startsWith('/models-to-measure/')) return false;
      request.url = request.url.slice('/models-to-measure'.length);
      models(request, response, () => void response.writeHead(404).end());
      return true;
    },
  });
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const times = await page.evaluate(
      async ([names, runs]) => {
        const { Captioner } = await import(/** @type {any} */ ('/www/captioner.js'));
        const photo = await (await fetch('/www/page/samples/meadow.jpg')).blob();
        const captioners = [];
        for (const name of names) {
          captioners.push(await Captioner.load({ model: `/models-to-measure/${name}/`, device: 'cpu' }));
        }
        /** @type {number[][]} */
        const times = names.map(() => []);
        for (let run = 0; run <= runs; run += 1) {
          for (const [index, captioner] of captioners.entries()) {
            // A copy, for a photo that was encoded before is not encoded again.
            const { timings } = await captioner.caption(new Blob([photo]), { beams: 1, maxWords: 1 });
            // The first run warms up.
            if (run > 0) times[index].push(timings.encode);
          }
        }
        return times;
      },
      /** @type {const} */ ([backbones, runs]),
    );
    return times.map(median);
  } finally {
    await browser.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await command(async () => {
  const runs = Number(process.argv[2] ?? 11);
  say('Natively');
  const measured = native(runs);
  say('In the page (minutes)');
  const paged = await inPage(
    measured.map(({ backbone }) => backbone),
    runs,
  );
  const first = measured.findIndex(({ backbone }) => backbone === FIRST);
  const number = (/** @type {number} */ value) => value.toLocaleString('en');
  const time = (/** @type {number} */ ms, /** @type {number} */ of) =>
    `${ms.toFixed(1)} | ${ms / of < 0.005 ? '< 0.01' : (ms / of).toFixed(2)}`;
  const rows = measured.map((found, index) => {
    const { backbone, size, grid, channels, parameters, multiply_adds, int8_megabytes, encode_ms } = found;
    const cells = [
      `\`${backbone}\``,
      `${size}`,
      `${grid.rows}×${grid.cols}×${channels}`,
      number(parameters),
      number(multiply_adds),
      int8_megabytes.toFixed(1),
      time(encode_ms, measured[first].encode_ms),
      time(paged[index], paged[first]),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const table = [
    '| backbone | photo | grid | parameters | multiply-adds | int8 MB | native ms | ratio | page ms | ratio |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  const [before, rest] = readFileSync(DOCUMENT, 'utf8').split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) fail(`docs/BACKBONES.md has no ${BEGIN} with ${END} behind it`);
  writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
  console.log(table);
});

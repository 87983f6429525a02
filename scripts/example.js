// Makes the example that the page shows before a model is there: `cargo build --workspace && node scripts/example.js`.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LITE } from '../www/shipped-models.js';
import { command, fail, isMain, output, root, say } from './run.js';

/** @import { Caption, Word } from '../www/protocol.js' */
/** @typedef {Pick<Caption, 'text' | 'hedged' | 'sureness' | 'grid' | 'words'>} Example */

const folder = join(root, 'www/page/example');
const program = join(root, 'target/debug/sightline');

export const exampleFile = join(folder, 'example.json');

/** What the model says of the example's photo, as much of it as the page shows. @returns {Example} */
export function makeExample() {
  const [model, photo] = [join(root, 'models', LITE), join(folder, 'photo.jpg')];
  const line = output(program, ['caption', '--json', '--device', 'cpu', '--model', model, photo]);
  if (!line) fail(`${program} tells no caption; \`cargo build --workspace\` builds it`);
  /** @type {Caption} */
  const { text, hedged, sureness, grid, words } = JSON.parse(line);
  return { text, hedged, sureness, grid, words: words.map(shorten) };
}

/** @param {Word} word @returns {Word} */
function shorten({ text, logProbability, attention, lookedAway, alternatives }) {
  return {
    text,
    logProbability: round(logProbability),
    attention: attention?.map((row) => row.map(round)) ?? null,
    lookedAway: lookedAway === null ? null : round(lookedAway),
    alternatives: alternatives.map(({ text, logProbability }) => ({ text, logProbability: round(logProbability) })),
  };
}

/** Nobody sees the fourth digit of a probability, and a visitor would download it. @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}

if (isMain(import.meta.url)) {
  await command(() => {
    const example = makeExample();
    writeFileSync(exampleFile, `${JSON.stringify(example)}\n`);
    say(`www/page/example/example.json: ${example.text}`);
  });
}

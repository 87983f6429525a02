// How good captions are by how sure the model was of them: `sightline eval … --out scores.json && node
// scripts/sureness.js scores.json`. What www/view/sureness.js calls sure and unsure rests on this.

import { readFileSync } from 'node:fs';
import { surenessAt } from '../www/view/sureness.js';
import { command, fail } from './run.js';

/** @typedef {{ caption: string, probability: number, scores: { cider_d: number } }} Told */

await command(async () => {
  const [file] = process.argv.slice(2);
  if (!file) fail('Name the file that sightline eval --out wrote');
  /** @type {{ captions: Told[] }} */
  const { captions } = JSON.parse(readFileSync(file, 'utf8'));
  for (const step of /** @type {const} */ (['sure', 'unsure', 'hesitant'])) {
    const own = captions.filter(({ probability }) => surenessAt(probability) === step);
    const mean = own.reduce((sum, { scores }) => sum + scores.cider_d, 0) / Math.max(own.length, 1);
    console.log(`${step.padEnd(8)} ${String(own.length).padStart(5)} captions, CIDEr-D ${mean.toFixed(3)}`);
  }
});

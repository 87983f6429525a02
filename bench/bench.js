// `npm run bench`: Sightline beside other runtimes, with the same weights on the same photo. docs/BENCHMARKS.md tells how.

import { writeFileSync } from 'node:fs';
import { command, say } from '../scripts/run.js';
import { ensurePackages } from '../scripts/tools.js';
import { readOptions, USAGE } from './options.js';

/** @import { Options } from './options.js' */
/** @import { Measured } from './report.js' */

/** @param {Options} options */
async function inBrowser(options) {
  // They need the packages, which may have been installed only now.
  const { ensureOnnxModel, ensureOnnxRuntime, ensurePage } = await import('./preparation.js');
  const { openBrowser } = await import('./browser.js');
  const parts = await import('./parts.js');
  const { heading, table } = await import('./report.js');
  const { machine } = await import('./machine.js');
  ensurePage();
  const onnxRuntimeWeb = ensureOnnxRuntime();
  for (const model of options.models) ensureOnnxModel(model);
  const measures = {
    encoder: parts.measureEncoders,
    caption: parts.measureCaptions,
    words: parts.measureWords,
    cold: parts.measureCold,
    memory: parts.measureMemory,
    bytes: parts.measureBytes,
    webgpu: parts.measureWebGpu,
  };
  const wanted = options.webgpu ? [...options.parts, 'webgpu'] : options.parts;
  const browser = await openBrowser(options.photo, options.webgpu);
  try {
    const about = machine({ Chromium: browser.version, 'onnxruntime-web': onnxRuntimeWeb });
    /** @type {Measured[]} */
    const found = [];
    for (const model of options.models) {
      /** @type {Record<string, unknown>} */
      const measured = {};
      for (const part of wanted) {
        say(`${model}: ${part}`);
        measured[part] = await measures[/** @type {keyof typeof measures} */ (part)]({ browser, model, options });
      }
      found.push({ model, ...measured });
    }
    const tables = found.map((measured) => table(measured, options.threads));
    console.log(`\n${[heading(about, options.runs), ...tables].join('\n\n')}\n`);
    return { machine: about, options, found };
  } finally {
    await browser.close();
  }
}

/** @param {Options} options */
async function natively(options) {
  const { measureNatively } = await import('./native.js');
  const { heading, nativeTable } = await import('./report.js');
  const { machine } = await import('./machine.js');
  const about = machine();
  const { versions, found } = await measureNatively(options);
  Object.assign(about.versions, versions);
  console.log(`\n${[heading(about, options.runs), ...found.map(nativeTable)].join('\n\n')}\n`);
  return { machine: about, options, found };
}

/** @param {Options} options */
async function tasksOfThePage(options) {
  const { ensureChromium } = await import('../scripts/tools.js');
  const { ensurePage } = await import('./preparation.js');
  ensurePage();
  ensureChromium();
  const { measureTasks } = await import('./tasks.js');
  const { headingAlone, tasksTable } = await import('./report.js');
  const { machine } = await import('./machine.js');
  const about = machine();
  const { versions, found } = await measureTasks(options);
  Object.assign(about.versions, versions);
  console.log(`\n${[headingAlone(about, options.runs), ...found.map(tasksTable)].join('\n\n')}\n`);
  return { machine: about, options, found };
}

await command(async () => {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void console.log(USAGE);
  ensurePackages();
  const measure = options.tasks ? tasksOfThePage : options.native ? natively : inBrowser;
  const everything = await measure(options);
  if (!options.json) return;
  writeFileSync(options.json, `${JSON.stringify(everything, undefined, 1)}\n`);
  say(options.json);
});

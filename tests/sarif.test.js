// That `sightline alt --report sarif` is SARIF, by the types that were made of its schema. What the command writes is
// held to this file by a test of `crates/alt`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { root } from '../scripts/run.js';

/** What TypeScript says of each of some logs, as JSON. @param {string[]} logs */
function faultsOf(logs) {
  const sources = new Map(
    logs.map((json, i) => [
      join(root, 'tests', `log-${i}.ts`),
      `import type { Log } from 'sarif';\nexport const log: Log = ${json};\n`,
    ]),
  );
  /** @type {ts.CompilerOptions} */
  const options = {
    lib: ['lib.es5.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    skipLibCheck: true,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.getSourceFile = (file, version) => {
    const source = sources.get(file);
    return source ? ts.createSourceFile(file, source, version) : getSourceFile(file, version);
  };
  const faults = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host));
  return [...sources.keys()].map((name) =>
    faults.flatMap(({ file, messageText }) =>
      file?.fileName === name ? [ts.flattenDiagnosticMessageText(messageText, '\n')] : [],
    ),
  );
}

test('a report is a SARIF log, and what SARIF does not know, lacks or calls otherwise is none', () => {
  const report = readFileSync(join(root, 'crates/alt/tests/golden/report.sarif'), 'utf8');
  const damaged = [
    ['"ruleIndex"', '"ruleNumber"'],
    ['"level": "error"', '"level": "grave"'],
    ['"driver"', '"program"'],
    ['"startLine": 12', '"startLine": "12"'],
  ].map(([from, to]) => report.replace(from, to));
  const [ofReport, ...ofDamaged] = faultsOf([report, ...damaged]);
  assert.deepEqual(ofReport, []);
  assert.deepEqual(
    ofDamaged.map((faults) => faults.length),
    [1, 1, 1, 1],
  );
});

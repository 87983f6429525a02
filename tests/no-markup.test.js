// The lint refuses whatever makes markup or scripts of text in what ships, and lets tests read it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { root } from '../scripts/run.js';

const REFUSED = [
  'element.innerHTML = data;',
  'element.outerHTML += data;',
  'Object.assign(element, { innerHTML: data });',
  "element.insertAdjacentHTML('beforeend', data);",
  'element.setHTMLUnsafe(data);',
  'frame.srcdoc = data;',
  'document.write(data);',
  'eval(data);',
  'export const made = new Function(data);',
];

/** A project of its own, with the rules of this one. */
const project = mkdtempSync(join(tmpdir(), 'sightline-lint-'));
for (const name of ['biome.jsonc', '.gitignore', 'scripts/no-markup.grit'])
  cpSync(join(root, name), join(project, name));
after(() => rmSync(project, { recursive: true }));

/** The lines that are refused in a file with these. @param {string} file @param {string[]} lines @returns {string[]} */
function refusedIn(file, lines) {
  mkdirSync(dirname(join(project, file)), { recursive: true });
  writeFileSync(join(project, file), lines.join('\n'));
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--reporter=github', '--max-diagnostics=100', file],
    { cwd: project, encoding: 'utf8' },
  );
  const numbers = [...stdout.matchAll(/^::error .*\bline=(\d+)/gm)].map(([, number]) => Number(number));
  return lines.filter((_, i) => numbers.includes(i + 1));
}

for (const folder of ['www', 'www/page', 'node', 'crates/cli/src/commands/alt/review/page']) {
  test(`nothing in ${folder} makes markup or scripts of text`, () => {
    const file = `${folder}/some.js`;
    assert.deepEqual(refusedIn(file, [...REFUSED, 'element.textContent = data;']), REFUSED);
  });
}

test('tests may read markup', () => {
  assert.deepEqual(refusedIn('tests/browser/some.spec.js', ['export const html = element.outerHTML;', 'eval(html);']), [
    'eval(html);',
  ]);
});

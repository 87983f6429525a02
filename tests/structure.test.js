// What scripts/structure.js finds in small trees, each with one fault or with none.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { faultsIn } from '../scripts/structure.js';

/** The faults of a tree. @param {Record<string, string>} files their content, by path */
function faultsOf(files) {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-structure-'));
  try {
    for (const [path, content] of Object.entries({ 'Cargo.toml': '[package]\nname = "tree"', ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return faultsIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One fault, which names all of these. @param {Record<string, string>} files @param {...string} names */
function assertFault(files, ...names) {
  const faults = faultsOf(files);
  assert.equal(faults.length, 1, faults.join('\n'));
  for (const name of names) assert.ok(faults[0].includes(name), `${name} in: ${faults[0]}`);
}

test('JavaScript that imports one way has no fault', () => {
  const files = {
    'www/page/page.js': "import { a } from '../view/a.js';\nimport './text.js';",
    'www/page/text.js': "// import { page } from './page.js' would be wrong\nexport const page = './page.js';",
    'www/view/a.js': "/** @import { Word } from '../protocol.js' */\nexport const a = () => import('../b.js');",
    'www/protocol.d.ts': 'export type Word = string;',
    'www/b.js': "import 'elsewhere';",
  };
  // A comment that looks like an import is taken for one: JSDoc has imports that count.
  assertFault(files, 'page.js → text.js → page.js');
  assert.deepEqual(faultsOf({ ...files, 'www/page/text.js': '' }), []);
});

test('a circle of files is found, whichever way they import', () => {
  assertFault({ 'www/a.js': "import './b.js';", 'www/b.js': "export * from './a.js';" }, 'www/a.js', 'www/b.js');
  assertFault({ 'www/a.js': "import './b.js';", 'www/b.js': "await import('./a.js');" }, 'b.js');
  const types = { 'www/a.js': "import './b.js';", 'www/b.js': "/** @import { A } from './a.js' */" };
  assertFault(types, 'www/b.js imports www/a.js');
  const three = { 'www/a.js': "import './b.js';", 'www/b.js': "import './c.js';", 'www/c.js': "import './a.js';" };
  assertFault(three, 'www/a.js imports www/b.js', 'www/b.js imports www/c.js', 'www/c.js imports www/a.js');
});

test('a circle of folders is found where no files make one', () => {
  const files = {
    'www/a/x.js': "import '../b/y.js';",
    'www/b/y.js': '',
    'www/b/z.js': "import '../a/w.js';",
    'www/a/w.js': '',
  };
  assertFault(files, 'a circle in www', 'www/a/x.js imports www/b/y.js', 'www/b/z.js imports www/a/w.js');
  const deep = Object.fromEntries(Object.entries(files).map(([path, text]) => [path.replace('www', 'www/deep'), text]));
  assertFault(deep, 'a circle in www/deep:');
});

test('Rust that imports one way has no fault, whatever a parent shows of its children', () => {
  const files = {
    'src/lib.rs': 'mod low;\nmod high;\npub use high::Tower;\npub use crate::low::*;',
    'src/low.rs': "pub struct Stone;\npub fn mark() -> char { '\"' }\n// use crate::high::Tower;",
    'src/high.rs': 'mod roof;\nmod wall;\npub use roof::Roof;\npub use self::wall::Wall as Tower;',
    'src/high/wall.rs':
      'use super::Roof;\nuse crate::{low::{self, Stone}};\nfn build() { low::mark(); }\nconst S: &str = r#"crate::high::wall"#;',
    'src/high/roof.rs':
      '/// See [`super::Tower`].\nuse crate::low::Stone;\n#[cfg(test)]\nmod tests { use super::super::Tower; }',
  };
  assert.deepEqual(faultsOf(files), []);
});

test('a circle of Rust modules is found behind a re-export', () => {
  const files = {
    'src/lib.rs': 'pub mod train;',
    'src/train.rs': 'mod adam;\nmod learn;\npub use learn::{Exercise, learn};\npub use adam::Adam;',
    'src/train/adam.rs': 'use crate::train::Exercise;\npub struct Adam;',
    'src/train/learn.rs': 'use super::Adam;\npub struct Exercise;\npub fn learn() {}',
  };
  assertFault(
    files,
    'a circle in src/train:',
    'src/train/adam.rs imports src/train/learn.rs',
    'src/train/learn.rs imports src/train/adam.rs',
  );
});

test('a circle of a module with what its parent defines is found', () => {
  const parent = 'mod corpus;\npub enum Fault { Words(corpus::WordFault) }';
  const files = {
    'src/lib.rs': 'mod train;',
    'src/train.rs': parent,
    'src/train/corpus.rs': 'use super::Fault;\npub struct WordFault;',
  };
  assertFault(files, 'src/train.rs imports src/train/corpus.rs', 'src/train/corpus.rs imports src/train.rs');
  const shown = { ...files, 'src/train.rs': 'mod corpus;\npub use corpus::WordFault;\npub enum Fault {}' };
  assert.deepEqual(faultsOf(shown), [], 'to show a child is not to import it');
  assertFault(
    { ...shown, 'src/train.rs': `${shown['src/train.rs']}\nfn words() -> WordFault {}` },
    'src/train/corpus.rs',
  );
});

test('a circle through paths in the code is found', () => {
  const files = {
    'src/lib.rs': 'mod a;\nmod b;',
    'src/a.rs': 'pub fn a() { crate::b::b(); }',
    'src/b.rs': 'use crate::a;\npub fn b() { a::a(); }',
  };
  assertFault(files, 'src/a.rs imports src/b.rs', 'src/b.rs imports src/a.rs');
});

test('a circle of packages is found', () => {
  const files = {
    'src/lib.rs': 'pub struct Photo;\nfn f() { tree_cli::run(); }',
    'crates/cli/Cargo.toml': '[package]\nname = "tree-cli"',
    'crates/cli/src/lib.rs': 'use tree::Photo;\npub fn run() {}',
  };
  assertFault(files, 'a circle in .: src → crates → src');
  assert.deepEqual(faultsOf({ ...files, 'src/lib.rs': 'pub struct Photo;' }), []);
});

test('an import that runs against the table of ARCHITECTURE.md is found', () => {
  const table =
    '| room | holds |\n|---|---|\n| `src/low.rs` | |\n| `src/high.rs`, `high/` | |\n| `www/view/` | |\n| `www/page/` | |\n';
  const files = {
    'ARCHITECTURE.md': table,
    'src/lib.rs': 'mod high;\nmod low;',
    'src/high.rs': 'mod tower;',
    'src/high/tower.rs': 'use crate::low::Stone;',
    'src/low.rs': 'pub struct Stone;',
    'www/page/page.js': "import '../view/words.js';",
    'www/view/words.js': '',
  };
  assert.deepEqual(faultsOf(files), []);
  const rust = { ...files, 'src/high/tower.rs': 'pub struct Tower;', 'src/low.rs': 'use crate::high::tower::Tower;' };
  assertFault(rust, 'src/low.rs imports src/high/tower.rs', 'src/low stands before src/high');
  const javascript = { ...files, 'www/page/page.js': '', 'www/view/words.js': "import '../page/page.js';" };
  assertFault(javascript, 'www/view/words.js imports www/page/page.js');
});

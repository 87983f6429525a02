// What editors and documentation tools are told of the element is what its code says.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkManifest, describeElement } from '../scripts/manifest.js';
import { root } from '../scripts/run.js';
import { PhotoCaption } from '../www/photo-caption.js';

/** @param {string} name */
const read = (name) => readFileSync(join(root, name), 'utf8');

test('custom-elements.json and the editors’ files are what the code says', checkManifest);

test('an attribute that stands in the code alone makes another manifest', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-manifest-'));
  try {
    for (const name of ['package.json', 'www/photo-caption.js', 'www/element']) {
      cpSync(join(root, name), join(folder, name), { recursive: true });
    }
    assert.deepEqual(await describeElement(folder), await describeElement(), 'as long as nothing is added');
    const file = join(folder, 'www/element/attributes.js');
    writeFileSync(file, readFileSync(file, 'utf8').replace("'src',", "'src',\n  'tint',"));
    const { 'custom-elements.json': manifest } = await describeElement(folder);
    const { attributes } = manifest.modules[0].declarations[0];
    assert.deepEqual(attributes.at(-1), { name: 'tint' });
    assert.notDeepEqual(manifest, JSON.parse(read('custom-elements.json')));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('editors are told the values of an attribute, and which needs none', () => {
  const [{ attributes }] = JSON.parse(read('vscode.html-custom-data.json')).tags;
  const attribute = (/** @type {string} */ wanted) =>
    attributes.find((/** @type {{ name: string }} */ { name }) => name === wanted);
  assert.deepEqual(attribute('device').values, [{ name: 'auto' }, { name: 'cpu' }, { name: 'webgpu' }]);
  assert.equal(attribute('auto').valueSet, 'v');
  assert.equal(attribute('src').values, undefined);
  const [{ css, js }] = JSON.parse(read('web-types.json')).contributions.html.elements;
  assert.ok(css['pseudo-classes'].some((/** @type {{ name: string }} */ { name }) => name === 'state(done)'));
  assert.ok(js.events.some((/** @type {{ name: string }} */ { name }) => name === 'caption-word'));
});

test('custom-elements.json and docs/EMBEDDING.md name everything that the element has', () => {
  const folder = join(root, 'www/element');
  const sources = [
    ...readdirSync(folder).map((name) => `www/element/${name}`),
    'www/view/caption-words.js',
    'www/view/word-panel.js',
    'www/photo-caption.js',
  ]
    .map(read)
    .join('\n');
  const all = (/** @type {RegExp} */ pattern) =>
    [...new Set([...sources.matchAll(pattern)].flatMap(([, found]) => found.split(' ')))].sort();
  const {
    modules: [
      {
        path,
        declarations: [declaration],
      },
    ],
    readme,
  } = JSON.parse(read('custom-elements.json'));
  const named = (/** @type {string} */ kind) =>
    declaration[kind].map((/** @type {{ name: string }} */ { name }) => name).sort();
  const properties = [PhotoCaption.prototype, Object.getPrototypeOf(PhotoCaption.prototype)]
    .flatMap((prototype) => Object.entries(Object.getOwnPropertyDescriptors(prototype)))
    .flatMap(([name, { get }]) => (get ? [name] : []));
  const own = ['formAssociated', 'observedAttributes', 'length', 'name', 'prototype'];
  const statics = Object.getOwnPropertyNames(PhotoCaption).filter((name) => !own.includes(name));
  const events = [...all(/dispatch\('([a-z-]+)'/g), 'change', 'input'].sort();
  assert.ok(events.length === 6 && properties.length > 10);
  assert.deepEqual(named('attributes'), [...PhotoCaption.observedAttributes].sort());
  assert.deepEqual(named('members'), [...properties, ...statics].sort());
  assert.deepEqual(named('events'), events);
  assert.deepEqual(named('cssParts'), all(/\bpart(?:: |', )'([a-z -]+)'/g));
  assert.deepEqual(named('cssProperties'), all(/var\((--photo-caption-[a-z-]+)/g));
  assert.equal(path, 'www/photo-caption.js');
  const manual = read(readme);
  const states = [...sources.matchAll(/const STATES = \{(.*)\}/g)].flatMap(([, pairs]) => [
    ...pairs.matchAll(/'(\w+)'/g),
  ]);
  assert.deepEqual(named('cssStates'), [...new Set(states.map(([, name]) => name))].sort());
  for (const name of named('cssStates')) assert.ok(manual.includes(`\`:state(${name})\``), name);
  for (const kind of ['attributes', 'members', 'events', 'cssParts', 'cssProperties']) {
    for (const name of named(kind)) assert.match(manual, new RegExp(`\`([\\w.]+\\.)?${name}\\b`), `${kind}: ${name}`);
  }
});

// A model by its address: fetched once, shard by shard, verified, and kept in the user's cache.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../scripts/run.js';

const installed = join(root, 'examples/bundlers/node_modules/.bin/sightline');
const photo = join(root, 'tests/photos/scene.jpg');
const folder = mkdtempSync(join(tmpdir(), 'sightline-model-'));
const served = join(folder, 'served');
cpSync(join(root, 'models/flickr8k-lite'), join(served, 'light'), { recursive: true });

/** What was asked for. @type {string[]} */
const requests = [];
let isUp = true;
/** Files by their addresses, whose connections are cut in the middle, and how often. @type {Map<string, number>} */
const cuts = new Map();
const server = createServer((request, response) => {
  requests.push(`${request.url}`);
  try {
    if (!isUp) throw new Error('no answer');
    const bytes = readFileSync(join(served, `${request.url}`));
    const left = cuts.get(`${request.url}`) ?? 0;
    cuts.set(`${request.url}`, left - 1);
    if (left <= 0) return void response.end(bytes);
    response.writeHead(200, { 'Content-Length': bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  } catch {
    response.writeHead(404).end('nothing here');
  }
});
let address = '';
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const place = server.address();
  assert.ok(place && typeof place === 'object');
  address = `http://127.0.0.1:${place.port}/light`;
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} cache @param {string} model */
async function caption(cache, model) {
  requests.length = 0;
  const child = spawn(installed, ['caption', '--beams', '1', '--model', model, photo], {
    env: { ...process.env, SIGHTLINE_CACHE: join(folder, cache) },
  });
  const [stdout, stderr, status] = await Promise.all([
    child.stdout.setEncoding('utf8').reduce((text, part) => text + part, ''),
    child.stderr.setEncoding('utf8').reduce((text, part) => text + part, ''),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  return { stdout, stderr, status };
}

test('a model is fetched once, and kept for when there is no network', async () => {
  const first = await caption('kept', address);
  assert.deepEqual([first.status, first.stderr], [0, '']);
  assert.match(first.stdout, /\w+ \w+/);
  const { shards, consensus } = JSON.parse(readFileSync(join(served, 'light/model.json'), 'utf8'));
  const files = ['model.json', ...[...shards, consensus].map(({ file }) => file)];
  assert.deepEqual(requests.toSorted(), files.map((file) => `/light/${file}`).toSorted());
  isUp = false;
  const second = await caption('kept', `${address}/model.json`);
  isUp = true;
  assert.deepEqual(second, first);
  assert.deepEqual(requests, []);
});

test('what is missing or was spoilt is fetched again, and nothing else', async () => {
  const first = await caption('spoilt', address);
  const [name] = readdirSync(join(folder, 'spoilt'));
  const shard = readdirSync(join(folder, 'spoilt', name)).find((file) => file.endsWith('.safetensors'));
  assert.ok(shard);
  const bytes = readFileSync(join(folder, 'spoilt', name, shard));
  bytes[bytes.length - 1] ^= 1;
  writeFileSync(join(folder, 'spoilt', name, shard), bytes);
  assert.deepEqual(await caption('spoilt', address), first);
  assert.deepEqual(requests, ['/light/model.json', `/light/${shard}`]);
});

test('a shard that is not what the manifest says is not kept', async () => {
  cpSync(join(served, 'light'), join(served, 'forged'), { recursive: true });
  const { shards } = JSON.parse(readFileSync(join(served, 'forged/model.json'), 'utf8'));
  writeFileSync(join(served, 'forged', shards[0].file), 'forged');
  const { status, stdout, stderr } = await caption('forged', address.replace(/light$/, 'forged'));
  assert.deepEqual([status, stdout], [1, '']);
  assert.ok(stderr.includes(`forged/${shards[0].file} is not the file that model.json tells of`), stderr);
  const [name] = readdirSync(join(folder, 'forged'));
  const kept = readdirSync(join(folder, 'forged', name));
  assert.ok(!kept.includes('model.json') && !kept.includes(shards[0].file), `${kept}`);
});

test('an address with no model says so', async () => {
  const missing = await caption('missing', address.replace(/light$/, 'nothing'));
  assert.deepEqual([missing.status, missing.stdout], [1, '']);
  assert.match(missing.stderr, /nothing\/model\.json: the server answers 404\. Check the model's address\./);
  writeFileSync(join(served, 'light.html'), '<p>A page');
  cpSync(join(served, 'light.html'), join(served, 'page/model.json'));
  const page = await caption('page', address.replace(/light$/, 'page'));
  assert.equal(page.status, 1);
  assert.match(page.stderr, /page\/model\.json is not the model\.json of a model/);
  const typed = await caption('typed', 'http://[');
  assert.match(typed.stderr, /http:\/\/\[ is no address/);
});

test('a manifest names no file outside of its folder', async () => {
  const manifest = JSON.parse(readFileSync(join(served, 'light/model.json'), 'utf8'));
  manifest.shards[0].file = '../../outside.safetensors';
  cpSync(join(served, 'light'), join(served, 'hostile'), { recursive: true });
  writeFileSync(join(served, 'hostile/model.json'), JSON.stringify(manifest));
  const { status, stderr } = await caption('hostile', address.replace(/light$/, 'hostile'));
  assert.equal(status, 1);
  assert.match(stderr, /hostile\/model\.json is not the model\.json of a model/);
  assert.ok(!readdirSync(folder).includes('outside.safetensors'));
});

test('a connection that is cut once is opened again, and one that always is keeps no half of a file', async () => {
  const { shards } = JSON.parse(readFileSync(join(served, 'light/model.json'), 'utf8'));
  const { file } = shards.at(-1);
  const whole = await caption('kept', address);
  cuts.set(`/light/${file}`, 1);
  assert.deepEqual(await caption('cut-once', address), whole);
  cuts.set(`/light/${file}`, Infinity);
  const { status, stdout, stderr } = await caption('cut', address);
  cuts.clear();
  assert.deepEqual([status, stdout], [1, '']);
  assert.ok(stderr.includes(`light/${file} could not be fetched`), stderr);
  const [name] = readdirSync(join(folder, 'cut'));
  const kept = readdirSync(join(folder, 'cut', name));
  assert.ok(!kept.some((kept) => kept === 'model.json' || kept.startsWith(file)), `${kept}`);
  assert.deepEqual(await caption('cut', address), whole);
});

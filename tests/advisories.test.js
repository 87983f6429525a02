// What `npm test` makes of the registry's answers about known faults of npm packages.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { checkNpmPackages } from '../scripts/advisories.js';
import { Failure } from '../scripts/run.js';
import { Excuse } from '../scripts/run-checks.js';

/**
 * Asks a registry that knows these faults, and no version of any package.
 * @param {number} status of its answer
 * @param {Record<string, object[]>} faults
 */
async function checkWith(status, faults) {
  const server = createServer(async (request, response) => {
    const sent = await buffer(request);
    const isAboutFaults = request.method === 'POST';
    response.writeHead(isAboutFaults ? status : 200, { 'content-type': 'application/json' });
    const asked = isAboutFaults ? JSON.parse(gunzipSync(sent).toString()) : {};
    const known = Object.entries(faults).filter(([name]) => Object.hasOwn(asked, name));
    response.end(
      JSON.stringify(isAboutFaults ? Object.fromEntries(known) : { name: request.url?.slice(1), versions: {} }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  const before = process.env.npm_config_registry;
  process.env.npm_config_registry = `http://127.0.0.1:${address.port}/`;
  try {
    await checkNpmPackages();
  } finally {
    if (before === undefined) delete process.env.npm_config_registry;
    else process.env.npm_config_registry = before;
    server.close();
  }
}

const advisory = {
  id: 1,
  url: 'https://example.org/advisory',
  title: 'It is broken',
  severity: 'low',
  vulnerable_versions: '*',
  cwe: [],
  cvss: { score: 0, vectorString: null },
};

test('npm packages pass of which no fault is known', () => checkWith(200, {}));

test('a package with a known fault is named', async () => {
  await assert.rejects(checkWith(200, { esbuild: [advisory] }), (error) => {
    assert.ok(error instanceof Failure);
    assert.match(error.message, /^Faults are known of npm packages in \.: esbuild; npm audit --prefix \. tells more$/);
    return true;
  });
});

test('what only builds examples may have a fault that is not grave', () => checkWith(200, { vue: [advisory] }));

test('a registry without a list is an excuse that says why', async () => {
  await assert.rejects(checkWith(405, {}), (error) => {
    assert.ok(error instanceof Excuse);
    assert.match(error.message, /not looked up: their registry has no list of them \(405 Method Not Allowed/);
    return true;
  });
});

// Pages that require Trusted Types: those that allow Sightline's policy, and what becomes of those that do not.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOADING_POLICY } from '../../scripts/serve.js';
import { captionByApi } from './caption-by-api.js';
import { captionByCommand, photos } from './command-line.js';
import { Fixture } from './fixture.js';

/** @import { Page } from 'playwright-core' */

const REQUIRED = `${LOADING_POLICY}; require-trusted-types-for 'script'`;

const fixture = Fixture.forSpec({ isStrict: false });
const { additive: model } = fixture.models;
const scene = join(photos, 'scene.jpg');
cpSync(scene, join(fixture.folder, 'photo.jpg'));
const expected = () => captionByCommand(model.path, scene).text;

/** @param {string} policy */
async function openPage(policy) {
  fixture.intercept = (request, response) => {
    if (request.url !== '/strict.html') return false;
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy })
      .end('<!doctype html><title>strict</title><link rel="icon" href="data:,">');
    return true;
  };
  return (await fixture.openPage('strict.html')).page;
}

/** @param {Page} page @param {string} [module] */
const captionOn = (page, module = '/www/captioner.js') => captionByApi(page, module, { model: model.url });

test('the pages of all browser tests require Trusted Types', async () => {
  for (const address of ['', 'fixture/blank.html']) {
    const { page } = await fixture.openPage(address);
    const refused = await page.evaluate(() => {
      try {
        document.body.innerHTML = '<p>markup';
        return '';
      } catch (error) {
        return String(error);
      }
    });
    assert.match(refused, /TrustedHTML/, address);
  }
  await fixture.endTest(/TrustedHTML|require-trusted-types-for/);
});

test('a page that allows the policy has what it wants, and no violation is told of', async () => {
  const page = await openPage(`${REQUIRED}; trusted-types sightline`);
  assert.equal(await captionOn(page), expected());
  assert.equal(await page.evaluate(() => Worker.name), 'Worker', 'the browser’s own is back in its place');
  await fixture.endTest();
});

test('so has one with a second copy of the module, where it allows duplicates', async () => {
  const page = await openPage(`${REQUIRED}; trusted-types sightline 'allow-duplicates'`);
  cpSync(new URL('../../dist/www', import.meta.url), join(fixture.folder, 'copy'), { recursive: true });
  for (const module of ['/www/captioner.js', '/fixture/copy/captioner.js']) {
    assert.equal(await captionOn(page, module), expected());
  }
  await fixture.endTest();
});

test('a page that does not is told what to allow', async () => {
  const page = await openPage(`${REQUIRED}; trusted-types 'none'`);
  const [code, message] = await captionOn(page);
  assert.equal(code, 'internal');
  assert.match(message, /^The worker could not start: .+\. Allow trusted-types sightline 'allow-duplicates' in /);
  assert.equal(await page.evaluate(() => Worker.name), 'Worker', 'the browser’s own is back in its place');
  await fixture.endTest(/trusted-types|TrustedScriptURL|policy/i);
});

test('a page whose default policy vouches for every address needs no other', async () => {
  const page = await openPage(`${REQUIRED}; trusted-types default`);
  await page.evaluate(() =>
    /** @type {any} */ (globalThis).trustedTypes.createPolicy('default', {
      createScriptURL: (/** @type {string} */ address) => address,
    }),
  );
  assert.equal(await captionOn(page), expected());
  await fixture.endTest(/trusted-types|policy/i);
});

test('a page that allows no policy and requires none works as ever', async () => {
  const page = await openPage(`${LOADING_POLICY}; trusted-types 'none'`);
  assert.equal(await captionOn(page), expected());
  await fixture.endTest(/trusted-types|policy/i);
});

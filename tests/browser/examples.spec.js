// The examples, each made ready as its README says.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { captionByCommand, photos, runProgram } from './command-line.js';
import { Fixture } from './fixture.js';
import { photoNamed } from './page-actions.js';

const examples = join(root, 'examples');
const fixture = Fixture.forSpec();
const model = fixture.models.additive.path;

test('a static page with a copied folder', async () => {
  const site = join(fixture.folder, 'plain');
  cpSync(join(examples, 'plain'), site, { recursive: true });
  cpSync(join(examples, 'vite/node_modules/sightline/www'), join(site, 'sightline'), { recursive: true });
  cpSync(model, join(site, 'model'), { recursive: true });
  const { page } = await fixture.openPage('fixture/plain/index.html');
  const street = captionByCommand(model, join(site, 'street.jpg')).hedged;
  await page.waitForFunction(
    (text) => document.querySelector('photo-caption')?.shadowRoot?.textContent?.includes(text),
    street,
  );
  await page.setInputFiles('input', photoNamed('scene.jpg', 'scene.jpg'));
  await page.getByText(captionByCommand(model, join(photos, 'scene.jpg')).hedged, { exact: true }).waitFor();
  await page.setInputFiles('input', photoNamed('text.jpg', 'text.jpg'));
  await page.locator('output', { hasText: 'no image' }).waitFor();
  await fixture.endTest();
});

test('a site that Vite builds, with an image of its own in the element', async () => {
  const example = join(examples, 'vite');
  const site = join(fixture.folder, 'vite');
  rmSync(join(example, 'dist'), { recursive: true, force: true });
  runProgram(example, 'npm', 'run', 'build');
  cpSync(join(example, 'dist'), site, { recursive: true });
  cpSync(model, join(site, 'model'), { recursive: true });
  const { page } = await fixture.openPage('fixture/vite/index.html');
  await page.locator('output', { hasText: '1 of 1 captioned.' }).waitFor();
  assert.equal(
    await page.locator('photo-caption > img').getAttribute('alt'),
    captionByCommand(model, join(example, 'meadow.jpg')).hedged,
  );
  await fixture.endTest();
});

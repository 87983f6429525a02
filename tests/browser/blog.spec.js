// The example of a static blog: its build writes the texts of its images, and a browser shows them without any script.

import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/run.js';
import { captionByCommand, runProgram, sightline } from './command-line.js';
import { Fixture } from './fixture.js';

const fixture = Fixture.forSpec({ browser: { javaScriptEnabled: false } });

test('the texts of a blog are written by its build', async () => {
  const example = join(root, 'examples/blog');
  const model = fixture.models.additive.path;
  process.env.PATH = [join(root, 'target/debug'), process.env.PATH].join(delimiter);
  runProgram(example, 'node', 'build.js', model);
  sightline('alt', '--check', join(example, 'dist'));
  cpSync(join(example, 'dist'), join(fixture.folder, 'blog'), { recursive: true });

  const caption = (/** @type {string} */ photo) =>
    captionByCommand(model, join(root, 'www/page/samples', photo)).hedged;
  const [meadow, street, beach] = ['meadow.jpg', 'street.jpg', 'beach.jpg'].map(caption);
  const texts = {
    'index.html': ['', meadow, 'Our beach on the last day of summer.'],
    'posts/meadow.html': [meadow, ''],
    'posts/town.html': [street, beach, ''],
  };
  for (const [path, expected] of Object.entries(texts)) {
    const { page } = await fixture.openPage(`fixture/blog/${path}`);
    const images = page.locator('img');
    assert.deepEqual(await images.evaluateAll((all) => all.map((image) => image.getAttribute('alt'))), expected, path);
    const named = await page.getByRole('img').all();
    assert.equal(named.length, expected.filter((text) => text).length, `${path}: decoration has no name`);
    for (const image of await images.all()) {
      assert.ok(
        await image.evaluate((/** @type {HTMLImageElement} */ { naturalWidth }) => naturalWidth > 0),
        `${path}: an image that is not there`,
      );
    }
  }
  await fixture.endTest();
});

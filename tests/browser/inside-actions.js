// What tests do with "Look inside", and ask of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { root } from '../../scripts/run.js';
import { choose, chooseInMenu, onStage, photoNamed } from './page-actions.js';

/** @import { Page } from 'playwright-core' */
/** @import { Fixture } from './fixture.js' */

/** What the tab that is open has below it. */
export const CARD = '.inside-body';
/** Whose captions are about what they show. */
export const SKIER = join(root, 'www/page/example/photo.jpg');

/**
 * The page with a photo on its stage, computed without a GPU.
 * @param {Fixture} fixture
 * @param {object} options
 * @param {string} [options.model] its address
 * @param {string} [options.photo] one of tests/photos, or skier.jpg
 * @param {string} [options.query] more of the address
 * @param {Parameters<Fixture['openPage']>[1]} [options.options] of the page
 */
export async function openStage(fixture, { model = 'fixture/additive/', photo = 'scene.jpg', query = '', options }) {
  const { page } = await fixture.openPage(`?model=${model}&device=cpu${query}`, options);
  await page.waitForSelector('html[data-device]');
  const isSkier = photo === 'skier.jpg';
  await choose(page, isSkier ? { ...photoNamed(photo, 'scene.jpg'), buffer: readFileSync(SKIER) } : photo);
  await onStage(page, photo);
  return page;
}

/** The same, looked into. @param {Fixture} fixture @param {Parameters<typeof openStage>[1] & { tab?: string }} options */
export async function openInside(fixture, { tab, ...options }) {
  const page = await openStage(fixture, options);
  await chooseInMenu(page, '.look-inside');
  await page.waitForSelector('.inside[open]');
  if (tab) await openTab(page, tab);
  return page;
}

/** Opens a tab, and waits until it is drawn. @param {Page} page @param {string} tab */
export async function openTab(page, tab) {
  await page.click(`#inside-tab-${tab}`);
  await untilCard(page, tab);
}

/** What is there when a card is drawn, where it is not the tiles of a stage. @type {Record<string, string>} */
const DRAWN = {
  input: 'figure',
  words: '.needed-words button',
  layers: '.layer-box:not([aria-busy])',
  filters: '.filter-card canvas',
  models: '.model-column canvas',
};

/** Holds on to none of its elements. @param {Page} page @param {string} tab */
export function untilCard(page, tab) {
  return page
    .locator(`${CARD} ${DRAWN[tab] ?? '.stage-tiles canvas'}`)
    .first()
    .waitFor();
}

/** Nobody is shut out, by day and by night. @param {Page} page @param {string} part of the page @param {string} what it is */
export async function assertAccessible(page, part, what) {
  await page.evaluate(axe.source);
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    const { violations, passes } = await page.evaluate(
      (part) => /** @type {any} */ (globalThis).axe.run(part, { resultTypes: ['violations'] }),
      part,
    );
    assert.ok(passes.length > 10, what);
    const found = violations.map(
      (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(', ')}`,
    );
    assert.deepEqual(found, [], `${what}, ${colorScheme}`);
  }
}

/** The names of all tabs. @param {Page} page */
export function tabsOf(page) {
  return page.locator('[role=tab].inside-tab').evaluateAll((tabs) => tabs.map(({ dataset }) => dataset.name ?? ''));
}

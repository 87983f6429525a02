// What the maps of words show over a photo, read from their pixels: on the page and in the element alike.

import assert from 'node:assert/strict';
import { isFlat } from '../../www/view/spotlight.js';

/** @import { Locator } from 'playwright-core' */
/** @import { Caption, Word } from '../../www/protocol.js' */

/**
 * The map of a word is over the photo: each cell has as much light as its weight asks for, and there is a line; or
 * nothing is drawn where nothing stands out.
 * @param {Locator} owner the stage, or an element
 * @param {Caption} caption
 * @param {number} index
 * @param {string} [what]
 */
export async function assertSpotlight(owner, { words, grid }, index, what = '') {
  const word = words[index];
  const overlay = owner.locator('.overlay');
  assert.equal(await overlay.getAttribute('data-word'), word.text, what);
  assert.equal(await overlay.isVisible(), !isFlat(word), what);
  if (isFlat(word)) return;
  assertOpacities(await owner.locator('.dim').evaluate(opacitiesOf, grid), word, what);
  assert.match((await owner.locator('.contour path').last().getAttribute('d')) ?? '', /^M.*Z$/, what);
}

/**
 * How much of the photo is taken away in the middle of each cell. It runs in the page.
 * @param {HTMLCanvasElement} canvas
 * @param {Caption['grid']} grid
 */
export function opacitiesOf(canvas, { rows, cols }) {
  const [width, height] = [canvas.width / cols, canvas.height / rows];
  const context = canvas.getContext('2d');
  return Array.from({ length: rows * cols }, (_, cell) => {
    const [x, y] = [((cell % cols) + 0.5) * width, (Math.floor(cell / cols) + 0.5) * height];
    return (context?.getImageData(x, y, 1, 1).data[3] ?? 0) / 255;
  });
}

/**
 * Each cell has as much light as its weight asks for.
 * @param {number[]} opacities
 * @param {Word} word
 * @param {string} [what]
 */
export function assertOpacities(opacities, { text, attention }, what = '') {
  const weights = attention?.flat() ?? [];
  // What the model looked away is taken from the map, not from the photo.
  const seen = weights.reduce((sum, weight) => sum + weight, 0);
  const full = Math.max(...weights, (3 * seen) / weights.length);
  weights.forEach((weight, cell) => {
    const kept = Math.min(Math.max((weight / full - 0.12) / 0.45, 0), 1);
    const expected = 0.55 * (1 - kept) * seen;
    assert.ok(
      Math.abs(opacities[cell] - expected) < 0.05,
      `${what} ${text}: ${opacities[cell]} at ${cell}, not ${expected}`,
    );
  });
}

// All words' maps side by side, small: on the page, and as a picture to take away.

/** @import { Caption, Word } from '../protocol.js' */

import { drawMap } from '../view/attention-map.js';
import { currentLanguage, text } from './text.js';

/** Sides of a map in the saved picture, and the room for its word below. */
const TILE = 160;
const LABEL = 28;
/** Maps in a row of the saved picture. */
const COLUMNS = 6;
/** How much the maps cover of the photo. */
const STRENGTH = 0.85;

/**
 * @param {HTMLOListElement} list
 * @param {Caption} caption
 * @param {string} photo its address
 * @param {(index: number) => void} onSelect
 */
export function showStrip(list, { words }, photo, onSelect) {
  /** @type {Map<Element, Word>} */
  const tiles = new Map();
  // All at once would keep the page from answering; so each is drawn when it comes into view.
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      fillTile(target, photo, tiles.get(target));
    }
  });
  list.replaceChildren(
    ...words.map((word, index) => {
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.tabIndex = -1;
      button.setAttribute('aria-label', text('card.map', { word: word.text }));
      button.title = currentLanguage().lookedAway(word);
      const tile = document.createElement('span');
      tile.className = 'tile';
      tiles.set(tile, word);
      observer.observe(tile);
      const label = document.createElement('span');
      label.textContent = word.text;
      button.append(tile, label);
      button.addEventListener('click', () => onSelect(index));
      item.append(button);
      return item;
    }),
  );
}

/**
 * The photo, and a map over it.
 * @param {Element} tile
 * @param {string} photo its address
 * @param {Word | undefined} word
 */
function fillTile(tile, photo, word) {
  // An image, not painted: the browser does that beside the page's work, and upright.
  const image = document.createElement('img');
  Object.assign(image, { src: photo, alt: '' });
  const map = document.createElement('canvas');
  drawMap(map, word, STRENGTH);
  tile.replaceChildren(image, map);
}

/** The strip as a PNG. @param {Caption} caption @param {HTMLImageElement} photo @returns {Promise<Blob>} */
export async function stripAsPng({ words, text: sentence }, photo) {
  const side = TILE - 4;
  // As the model sees it: squashed to a square.
  const square = await createImageBitmap(photo, { resizeWidth: side, resizeHeight: side, resizeQuality: 'medium' });
  const columns = Math.min(words.length, COLUMNS);
  const canvas = new OffscreenCanvas(columns * TILE, Math.ceil(words.length / columns) * (TILE + LABEL) + LABEL);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#111';
  context.textBaseline = 'middle';
  context.font = '16px system-ui, sans-serif';
  context.fillText(sentence, 8, LABEL / 2, canvas.width - 16);
  const map = new OffscreenCanvas(1, 1);
  words.forEach((word, index) => {
    const x = (index % columns) * TILE;
    const y = LABEL + Math.floor(index / columns) * (TILE + LABEL);
    drawMap(map, word, STRENGTH);
    for (const layer of [square, map]) context.drawImage(layer, x + 2, y + 2, side, side);
    context.fillStyle = '#111';
    context.fillText(word.text, x + 8, y + TILE + LABEL / 2 - 4, TILE - 16);
  });
  square.close();
  return canvas.convertToBlob({ type: 'image/png' });
}

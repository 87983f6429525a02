// How many photos are still to be captioned, at the top of the page, and the way to stop them all.

/** @import { Album } from './album.js' */
/** @import { Photo } from './photo.js' */

import { find } from '../dom.js';
import { number, onLanguage, text } from './text.js';

const bar = find(document, '#queue', HTMLElement);
const line = find(bar, 'p', HTMLElement);

export class Queue {
  /** Those that were to be captioned since there was nothing to do. @type {Set<Photo>} */
  #photos = new Set();

  /** @param {Album} album */
  constructor(album) {
    album.addEventListener('add', (event) => {
      for (const photo of /** @type {CustomEvent<Photo[]>} */ (event).detail) {
        photo.addEventListener('change', this.#onChange);
        this.#onChange({ target: photo });
      }
    });
    album.addEventListener('remove', (event) => {
      for (const photo of /** @type {CustomEvent<Photo[]>} */ (event).detail) {
        photo.removeEventListener('change', this.#onChange);
        this.#photos.delete(photo);
      }
      this.#show();
    });
    onLanguage(() => this.#show());
  }

  stop() {
    for (const photo of this.#photos) if (photo.isWorking) photo.stop();
  }

  /** @param {{ target: EventTarget | null }} event */
  #onChange = ({ target }) => {
    const photo = /** @type {Photo} */ (target);
    if (photo.isWorking) this.#photos.add(photo);
    this.#show();
  };

  #show() {
    const photos = [...this.#photos];
    const done = photos.filter(({ isWorking }) => !isWorking).length;
    if (done === photos.length) this.#photos.clear();
    // One photo tells of itself.
    bar.hidden = this.#photos.size < 2;
    line.textContent = text('page.queue', { done: number(done), count: number(photos.length) });
  }
}

// The photos of the page, in the order in which they came, and the one that is looked at.

/** @import { Photo } from './photo.js' */

/** Dispatches `add`, `remove` and `select`; the first two with the photos as their detail. */
export class Album extends EventTarget {
  /** @type {Photo[]} */
  photos = [];
  /** @type {Photo | undefined} */
  selected;

  /** Adds photos, of which the first is looked at. @param {Photo[]} photos */
  add(photos) {
    this.photos = [...this.photos, ...photos];
    this.select(photos[0]);
    this.#tell('add', photos);
  }

  /** @param {Photo} [photo] */
  select(photo) {
    if (photo === this.selected) return;
    this.selected = photo;
    this.#tell('select', []);
  }

  /** The one before or after it, where there is one. @param {number} step @returns {Photo | undefined} */
  neighbour(step) {
    return this.photos[this.photos.indexOf(/** @type {Photo} */ (this.selected)) + step];
  }

  /** @param {Photo[]} removed @returns {() => void} puts them back */
  remove(removed) {
    const before = this.photos;
    const { selected } = this;
    const isGone = (/** @type {Photo} */ photo) => removed.includes(photo);
    const working = removed.filter(({ isWorking }) => isWorking);
    for (const photo of removed) photo.stop();
    this.photos = before.filter((photo) => !isGone(photo));
    this.#tell('remove', removed);
    if (selected && isGone(selected)) {
      const place = before.indexOf(selected);
      this.select(before.slice(place).find((photo) => !isGone(photo)) ?? this.photos.at(-1));
    }
    return () => {
      // What came meanwhile stays behind.
      const added = this.photos.filter((photo) => !before.includes(photo));
      this.photos = [...before, ...added].filter((photo) => isGone(photo) || this.photos.includes(photo));
      this.#tell('add', removed);
      this.select(selected && this.photos.includes(selected) ? selected : removed[0]);
      for (const photo of working) void photo.write();
    };
  }

  /** @param {'add' | 'remove' | 'select'} type @param {Photo[]} detail */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

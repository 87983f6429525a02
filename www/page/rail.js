// All photos as rows: small, each with its caption. The one that is looked at is large on the stage.

/** @import { Album } from './album.js' */
/** @import { Photo } from './photo.js' */

import { find } from '../dom.js';
import { onLanguage, text, translate } from './text.js';

const list = find(document, '#cards', HTMLOListElement);
const template = find(document, '#card', HTMLTemplateElement);

/** @typedef {{ photo: Photo, item: HTMLElement, button: HTMLButtonElement, end: () => void }} Row */

export class Rail {
  #album;
  #remove;
  #onOpen;
  /** @type {Map<Photo, Row>} */
  #rows = new Map();

  /**
   * @param {Album} album
   * @param {object} listener
   * @param {(photos: Photo[]) => void} listener.remove
   * @param {() => void} listener.onOpen when the reader wants to see one
   */
  constructor(album, { remove, onOpen }) {
    this.#album = album;
    this.#remove = remove;
    this.#onOpen = onOpen;
    album.addEventListener('add', (event) => this.#add(/** @type {CustomEvent<Photo[]>} */ (event).detail));
    album.addEventListener('remove', (event) => this.#take(/** @type {CustomEvent<Photo[]>} */ (event).detail));
    album.addEventListener('select', () => {
      this.#showSelected();
      // One that has just come has no row yet: whoever reads the list stays where they are in it.
      this.#selectedRow?.item.scrollIntoView({ block: 'nearest' });
    });
    list.addEventListener('keydown', (event) => this.#onKeydown(event));
    onLanguage(() => {
      for (const row of this.#rows.values()) update(row);
    });
  }

  /** The row of the photo that is looked at gets the keyboard. */
  focus() {
    this.#selectedRow?.button.focus({ preventScroll: true });
  }

  get #selectedRow() {
    return this.#rows.get(/** @type {Photo} */ (this.#album.selected));
  }

  /** @param {Photo[]} photos */
  #add(photos) {
    for (const photo of photos) this.#rows.set(photo, this.#create(photo));
    // Appended, or where they stood before; nothing above them moves.
    for (const [index, photo] of this.#album.photos.entries()) {
      const item = /** @type {Row} */ (this.#rows.get(photo)).item;
      if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
    }
    this.#showSelected();
  }

  /** @param {Photo[]} photos */
  #take(photos) {
    for (const photo of photos) {
      const row = this.#rows.get(photo);
      row?.end();
      row?.item.remove();
      this.#rows.delete(photo);
    }
  }

  /** @param {Photo} photo @returns {Row} */
  #create(photo) {
    const item = /** @type {HTMLElement} */ (document.importNode(template.content, true).firstElementChild);
    const button = find(item, '.open', HTMLButtonElement);
    const image = find(item, 'img', HTMLImageElement);
    image.src = photo.url;
    // What cannot be shown is an empty place, not a broken picture.
    const empty = () => image.removeAttribute('src');
    image.addEventListener('error', empty, { once: true });
    item.dataset.name = photo.name;
    button.title = photo.name;
    button.addEventListener('click', () => {
      this.#album.select(photo);
      this.#onOpen();
    });
    find(item, '.dismiss', HTMLButtonElement).addEventListener('click', () => this.#removeRow(photo));
    const onChange = () => {
      update(row);
      // There are photos of which only the size can be read.
      if (photo.state === 'failed') image.decode().catch(empty);
    };
    photo.addEventListener('change', onChange);
    /** @type {Row} */
    const row = { photo, item, button, end: () => photo.removeEventListener('change', onChange) };
    update(row);
    return row;
  }

  #showSelected() {
    const selected = this.#selectedRow;
    for (const { item, button } of this.#rows.values()) {
      button.ariaCurrent = item === selected?.item ? 'true' : null;
      // One stop for the tab key; the arrow keys go from photo to photo.
      button.tabIndex = item === selected?.item ? 0 : -1;
    }
  }

  /** @param {Photo} photo */
  #removeRow(photo) {
    this.#remove([photo]);
    this.focus();
  }

  /** @param {KeyboardEvent} event */
  #onKeydown(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { photos, selected } = this.#album;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    if ((event.key === 'Delete' || event.key === 'Backspace') && selected) {
      event.preventDefault();
      this.#removeRow(selected);
      return;
    }
    const to = event.key === 'Home' ? photos[0] : event.key === 'End' ? photos.at(-1) : this.#album.neighbour(step);
    if (!to || to === selected) return;
    event.preventDefault();
    this.#album.select(to);
    this.focus();
  }
}

/** @param {Row} row */
function update({ photo, item }) {
  const caption = photo.shownCaption;
  const line = find(item, '.line', HTMLElement);
  const sureness = find(item, '.sureness', HTMLElement);
  item.dataset.state = photo.state;
  item.classList.toggle('working', photo.isWorking);
  line.lang = caption || photo.state === 'writing' ? 'en' : '';
  line.textContent = caption?.text ?? lineOf(photo);
  line.title = photo.error?.message ?? '';
  sureness.textContent = caption && !photo.isClass ? text(`row.${caption.sureness}`) : '';
  find(item, '.dismiss', HTMLElement).hidden = photo.state !== 'failed';
  translate(item);
}

/** What stands in a row that has no caption. @param {Photo} photo */
function lineOf({ state, failure, words, isUnfamiliar }) {
  if (isUnfamiliar) return text('caption.unfamiliar');
  if (state === 'failed') return text(failure);
  if (state === 'writing') return words.map(({ text }) => text).join(' ');
  return text(`row.${state}`);
}

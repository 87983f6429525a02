// Opens what looks inside the model: for the photo on the stage, and for the sample that the page's address names.

/** @import { Captioner } from '../captioner.js' */
/** @import { Album } from './album.js' */
/** @import { ShippedModel } from './models.js' */
/** @import { NamedPhoto } from './photo-context.js' */
/** @import { Photo } from './photo.js' */
/** @typedef {{ card?: string, compared?: string[] }} WantedView what is to be seen first */

import { isCardOf, readAddress, writeCompared } from './address.js';
import { showError } from './messages.js';
import { shippedUrl } from './model-choice.js';
import { fetchSample } from './sample-buttons.js';
import { currentLanguage } from './text.js';

export class LookInside {
  #album;
  #page;
  /** @type {{ close: () => void } | undefined} */
  #panel;

  /**
   * @param {Album} album
   * @param {object} page
   * @param {() => Captioner | undefined} page.captioner the one at work
   * @param {() => ShippedModel[]} page.shipped
   * @param {(files: NamedPhoto[]) => Photo[]} page.addPhotos
   */
  constructor(album, page) {
    this.#album = album;
    this.#page = page;
  }

  /** @param {Photo} photo @param {WantedView} [wanted] */
  async open(photo, wanted) {
    const captioner = this.#page.captioner();
    // What another model wrote is written again, by the one that is looked into.
    if (captioner && photo.captioner !== captioner) await photo.write();
    const { shownCaption: caption } = photo;
    if (!captioner || !caption) return;
    const { openInside } = await import('../inside/panel.js');
    const shipped = this.#page.shipped();
    this.#panel = await openInside({
      host: document.body,
      captioner,
      photo,
      caption,
      own: photo.first,
      settings: photo.settings,
      language: currentLanguage(),
      photos: () => this.#album.photos,
      models: shipped.map(({ name, files, scores }) => ({
        name,
        model: shippedUrl(name),
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        quality: scores.cider_d,
      })),
      onCompare(names) {
        // What came from this device cannot be linked to.
        const linked = names.length > 1 ? names.filter((name) => shipped.some((model) => model.name === name)) : [];
        writeCompared(linked, photo.sample);
      },
      ...wanted,
    });
  }

  /** The model that it looks into is given up. */
  close() {
    this.#panel?.close();
  }

  /** Takes the sample that the address names, and opens what is to be seen inside of it once it has its caption. */
  async followAddress() {
    const { sample, card, compared, unknown } = readAddress(this.#page.shipped());
    if (unknown.length) showError('address.unknown', { names: unknown.join(', ') });
    const file = sample && (await fetchSample(sample));
    if (!file) return;
    const [photo] = this.#page.addPhotos([file]);
    const open = () => {
      if (!photo.shownCaption) return;
      photo.removeEventListener('outcome', open);
      if (!card || this.#album.selected !== photo) return;
      if (isCardOf(card, photo.model)) this.open(photo, { card, compared }).catch(() => showError('inside.unopened'));
      else showError('address.unknown', { names: card });
    };
    photo.addEventListener('outcome', open);
  }
}

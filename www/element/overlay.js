// The map of a word, exactly over the photo: wherever in the element the image stands, whatever surrounds it, and
// however it is fitted into its box.

/** @import { Word } from '../protocol.js' */

import { AttentionOverlay, isDarkPhoto } from '../view/attention-overlay.js';

export class Overlay {
  #frame;
  #container;
  #map;
  #photo;
  /** The photo that was measured, and what was found. */
  #measured = { address: '', isDark: false };
  /** Lays the map anew while it is shown. */
  #resizeObserver = new ResizeObserver(() => this.#align());

  /**
   * @param {HTMLElement} frame what is seen of the map
   * @param {HTMLElement} container of the map, in the frame
   * @param {() => HTMLImageElement | null} photo the image that is seen now
   */
  constructor(frame, container, photo) {
    this.#frame = frame;
    this.#container = container;
    this.#map = new AttentionOverlay(container);
    this.#photo = photo;
  }

  /** @param {Word | undefined} word nothing to show no map */
  show(word) {
    this.#resizeObserver.disconnect();
    const photo = this.#photo();
    this.#map.show(photo ? word : undefined, { isDark: photo !== null && this.#isDark(photo) });
    if (!photo || !word) return;
    this.#resizeObserver.observe(photo);
    this.#align();
  }

  /** @param {HTMLImageElement} photo */
  #isDark(photo) {
    const { currentSrc: address } = photo;
    if (photo.complete && address !== this.#measured.address) {
      this.#measured = { address, isDark: isDarkPhoto(photo) };
    }
    return this.#measured.isDark;
  }

  #align() {
    const photo = this.#photo();
    const picture = this.#frame.parentElement?.getBoundingClientRect();
    if (!photo || !picture) return;
    const box = contentBox(photo);
    const { width, height } = fittedSize(photo, box);
    place(this.#frame, { ...box, left: box.left - picture.left, top: box.top - picture.top });
    // What the box cuts off of the photo, the frame cuts off of the map.
    place(this.#container, { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height });
  }
}

/** @param {HTMLElement} element @param {{ left: number, top: number, width: number, height: number }} lengths */
function place(element, lengths) {
  for (const [name, length] of Object.entries(lengths)) element.style.setProperty(name, `${length}px`);
}

/** An image's place without its border and padding. @param {HTMLImageElement} image */
function contentBox(image) {
  const { left, top, width, height } = image.getBoundingClientRect();
  const style = getComputedStyle(image);
  const edge = (/** @type {string} */ side) =>
    parseFloat(style.getPropertyValue(`padding-${side}`)) + parseFloat(style.getPropertyValue(`border-${side}-width`));
  return {
    left: left + edge('left'),
    top: top + edge('top'),
    width: width - edge('left') - edge('right'),
    height: height - edge('top') - edge('bottom'),
  };
}

/**
 * How large the photo is painted in its box.
 * @param {HTMLImageElement} image
 * @param {{ width: number, height: number }} box
 */
function fittedSize(image, { width, height }) {
  const { naturalWidth, naturalHeight } = image;
  const across = width / naturalWidth;
  const down = height / naturalHeight;
  const contain = Math.min(across, down);
  /** @type {Record<string, number>} */
  const scales = { contain, cover: Math.max(across, down), none: 1, 'scale-down': Math.min(contain, 1) };
  const scale = scales[getComputedStyle(image).objectFit];
  // By itself an image fills its box, however that distorts it; so it does where it is not there yet.
  return scale && naturalWidth && naturalHeight
    ? { width: naturalWidth * scale, height: naturalHeight * scale }
    : { width, height };
}

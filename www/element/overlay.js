// The map of a word, exactly over the photo: wherever in the element the image stands, whatever surrounds it, and
// however it is fitted into its box.

/** @import { Word } from '../protocol.js' */

import { drawMap } from '../view/attention-map.js';

export class Overlay {
  #canvas;
  #photo;
  /** Lays the map anew while it is shown. */
  #resizeObserver = new ResizeObserver(() => this.#align());

  /** @param {HTMLCanvasElement} canvas @param {() => HTMLImageElement | null} photo the image that is seen now */
  constructor(canvas, photo) {
    this.#canvas = canvas;
    this.#photo = photo;
  }

  /** @param {Word | undefined} word nothing to show no map */
  show(word) {
    this.#resizeObserver.disconnect();
    const photo = this.#photo();
    this.#canvas.hidden = !word?.attention || !photo;
    this.#canvas.dataset.word = word?.text ?? '';
    if (this.#canvas.hidden || !photo) return;
    drawMap(this.#canvas, word, 1);
    this.#resizeObserver.observe(photo);
    this.#align();
  }

  #align() {
    const photo = this.#photo();
    const frame = this.#canvas.parentElement?.getBoundingClientRect();
    if (!photo || !frame) return;
    const box = contentBox(photo);
    const { width, height } = fittedSize(photo, box);
    const [beside, above] = [(box.width - width) / 2, (box.height - height) / 2];
    const lengths = { left: box.left - frame.left + beside, top: box.top - frame.top + above, width, height };
    for (const [name, length] of Object.entries(lengths)) this.#canvas.style.setProperty(name, `${length}px`);
    // What the box cuts off of the photo, it cuts off of the map.
    this.#canvas.style.setProperty('clip-path', `inset(${Math.max(-above, 0)}px ${Math.max(-beside, 0)}px)`);
  }
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

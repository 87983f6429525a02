// The input: the photo as the network sees it, squashed into its square and normalised, a picture for each channel.

/** @import { FeatureMap } from '../protocol.js' */
/** @import { Picture } from './card.js' */
/** @import { Inside } from './inside.js' */

import { Computation } from './computation.js';
import { make } from './elements.js';
import { channelOf, contextOf, drawGrey, enlarged, figuresOf } from './picture.js';

export const STYLE = `
.inside .input-pictures {
  display: flex;
  flex-wrap: wrap;
  gap: var(--space-5) var(--space-4);
  align-items: start;
}

.inside .input-pictures figure {
  display: grid;
  flex: 0 1 auto;
  gap: var(--space-1);
}

.inside .input-pictures canvas {
  inline-size: auto;
  block-size: min(260px, 40vw);
  border-radius: var(--round-thumb);
}

.inside .input-pictures figcaption {
  display: grid;
  contain: inline-size;
}
`;

/** Of a picture in colour, in the order of its channels. */
const COLOURS = ['red', 'green', 'blue'];

export class InputCard {
  element = make('div', 'inside-section');
  #inside;
  #computing;
  #photos = make('div', 'input-pictures');
  #channels = make('div', 'input-pictures');
  #sentences = make('p', '');
  /** What can be saved. @type {Picture[]} */
  #pictures = [];

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    this.#computing = new Computation(inside, (signal) => this.#fill(signal));
    for (const part of [this.#photos, this.#channels]) part.dir = 'ltr';
    const title = make('h3', '', inside.text('inside.input.title'));
    this.element.append(title, this.#sentences, this.#photos, this.#computing.element, this.#channels);
  }

  show() {
    void this.#computing.run();
  }

  hide() {
    this.#computing.end();
  }

  pictures() {
    return this.#pictures;
  }

  /** @param {AbortSignal} signal */
  async #fill(signal) {
    const inside = this.#inside;
    const { input } = await inside.maps();
    if (signal.aborted || this.#pictures.length) return;
    const [count, rows, columns] = input.shape;
    const pixels = `${inside.number(columns)}×${inside.number(rows)}`;
    this.#sentences.textContent = inside.text('inside.input.why', { pixels });
    const { width, height } = inside.bitmap;
    const photo = inside.square(1);
    [photo.width, photo.height] = [width, height];
    contextOf(photo).drawImage(inside.bitmap, 0, 0);
    this.#photos.append(this.#figure(photo, inside.text('inside.input.photo')));
    // One channel is grey or ink, which a square in colour is not.
    if (count === COLOURS.length) {
      const square = inside.square(columns);
      this.#photos.append(this.#figure(square, inside.text('inside.input.square', { pixels })));
      this.#pictures.push({ name: 'input-square', canvas: square });
    }
    for (let channel = 0; channel < count; channel += 1) this.#addChannel(input, channel);
  }

  /** @param {FeatureMap} input @param {number} channel */
  #addChannel(input, channel) {
    const inside = this.#inside;
    const colour = input.shape[0] === COLOURS.length ? COLOURS[channel] : 'grey';
    const values = channelOf(input, channel);
    const canvas = drawGrey(values, input.shape[2]);
    const figure = this.#figure(canvas, inside.text(`inside.input.${colour}`));
    const { least, mean, greatest } = figuresOf(values);
    const number = (/** @type {number} */ value) => inside.number(value, { maximumFractionDigits: 2 });
    const figures = { least: number(least), mean: number(mean), greatest: number(greatest) };
    figure.lastElementChild?.append(make('span', 'quiet', inside.text('inside.input.figures', figures)));
    this.#channels.append(figure);
    this.#pictures.push({ name: `input-${colour}`, canvas: enlarged(canvas) });
  }

  /** @param {HTMLCanvasElement} canvas @param {string} label */
  #figure(canvas, label) {
    const figure = make('figure', '');
    const caption = make('figcaption', '');
    caption.dir = this.#inside.language.direction;
    caption.append(make('span', '', label));
    canvas.ariaHidden = 'true';
    figure.append(canvas, caption);
    return figure;
  }
}

// Which of the photos so far a channel answers to most.

/** @import { InsidePhoto } from './card.js' */
/** @import { Inside } from './inside.js' */

import { make } from './elements.js';
import { canvasOf, contextOf } from './picture.js';

/** Photos that are shown, and pixels along their shorter sides. */
const [SHOWN, SIDE] = [6, 160];

export class AnsweringPhotos {
  element = make('div', 'inside-section stage-answers');
  #inside;
  #stage;
  #channel = 0;
  #status = make('p', 'quiet');
  #list = make('ol', 'stage-photos');
  /** Of each channel, by photo. @type {Map<InsidePhoto, Float32Array>} */
  #answers = new Map();
  /** @type {Map<InsidePhoto, HTMLCanvasElement>} */
  #thumbnails = new Map();
  #ending = new AbortController();

  /** @param {Inside} inside @param {number} stage */
  constructor(inside, stage) {
    this.#inside = inside;
    this.#stage = stage;
    this.element.append(make('h4', '', inside.text('inside.stage.answers')), this.#list, this.#status);
  }

  show() {
    this.hide();
    this.#ending = new AbortController();
    void this.#look(this.#ending.signal);
  }

  hide() {
    this.#ending.abort();
    this.#thumbnails.clear();
  }

  /** @param {number} channel */
  choose(channel) {
    this.#channel = channel;
    this.#showBest();
  }

  /** At one photo after another, in the background. @param {AbortSignal} signal */
  async #look(signal) {
    const { photos } = this.#inside;
    /** @type {string[]} */
    const failed = [];
    this.#answers.clear();
    for (const photo of photos) {
      try {
        const answers = await this.#inside.answers(photo, this.#stage);
        if (signal.aborted) return;
        this.#answers.set(photo, answers);
      } catch {
        // Some that were dropped are no photos. When the look ends, all fail.
        if (signal.aborted) return;
        failed.push(photo.name);
      }
      this.#showBest();
      this.#showStatus(photos.length, failed);
    }
  }

  /** @param {number} total @param {string[]} failed */
  #showStatus(total, failed) {
    const inside = this.#inside;
    const done = this.#answers.size + failed.length;
    const numbers = { done: inside.number(done), total: inside.number(total) };
    const sentences = [
      total === 1 && inside.text('inside.stage.alone-here'),
      done < total && inside.text('inside.stage.looked', numbers),
      failed.length && inside.text('inside.stage.not-looked', { names: failed.join(', ') }),
    ];
    this.#status.textContent = sentences.filter(Boolean).join(' ');
  }

  #showBest() {
    const best = [...this.#answers].sort(([, a], [, b]) => b[this.#channel] - a[this.#channel]).slice(0, SHOWN);
    this.#list.replaceChildren(...best.map(([photo, answers]) => this.#item(photo, answers[this.#channel])));
  }

  /** @param {InsidePhoto} photo @param {number} answer */
  #item(photo, answer) {
    const inside = this.#inside;
    const item = make('li', '');
    const name = make('span', 'visually-hidden', photo.name);
    item.append(this.#thumbnail(photo), name, make('b', '', inside.number(answer, { maximumFractionDigits: 2 })));
    if (photo.blob === inside.photo.blob) item.append(make('span', 'quiet', inside.text('inside.stage.this')));
    return item;
  }

  /** The middle of it, in a square; empty until it is read. @param {InsidePhoto} photo */
  #thumbnail(photo) {
    const known = this.#thumbnails.get(photo);
    if (known) return known;
    const canvas = canvasOf(SIDE, SIDE);
    canvas.ariaHidden = 'true';
    this.#thumbnails.set(photo, canvas);
    void createImageBitmap(photo.blob, { resizeHeight: SIDE, resizeQuality: 'medium' }).then(
      (bitmap) => {
        const scale = Math.max(1, SIDE / bitmap.width);
        const [width, height] = [bitmap.width * scale, bitmap.height * scale];
        contextOf(canvas).drawImage(bitmap, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
        bitmap.close();
      },
      // What the browser cannot show has its number and its name.
      () => {},
    );
    return canvas;
  }
}

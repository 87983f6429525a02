// What may follow a convolution: pooling, gamma and a threshold, and the picture that they make.

/** @import { Pixels, PoolKind } from './filters.js' */
/** @import { Inside } from './filter-fields.js' */
/** @typedef {{ kind: PoolKind | 'none', window: number, gamma: number, threshold: number, isCut: boolean }} Choice */

import { choiceField, make, makePicture, numberField, paint, say, sliderField } from './filter-fields.js';
import { pool, pooledSide, toned } from './filters.js';

export class FilterAfter {
  #picture = makePicture();
  #inside;
  /** @type {Choice} */
  #choice = { kind: 'max', window: 2, gamma: 1, threshold: 128, isCut: false };
  /** @type {Pixels | undefined} */
  #pixels;
  /** Says where the size comes from. */
  #formula = make('bdo', { dir: 'ltr' });

  /** @param {Inside} inside */
  constructor(inside) {
    this.#inside = inside;
    const { text, number } = inside;
    const { figure } = this.#picture;
    const kinds = ['max', 'average', 'none'].map(
      (kind) => /** @type {[string, string]} */ ([kind, text(`filter.${kind}`)]),
    );
    const window = numberField(inside, text('filter.window'), { min: 2, max: 64, value: 2 }, (window) =>
      this.#change({ window }),
    );
    const threshold = sliderField(
      text('filter.threshold'),
      { min: 0, max: 255, step: 1, value: 128 },
      number,
      (threshold) => this.#change({ threshold }),
    );
    threshold.hidden = true;
    const isCut = make('input', { type: 'checkbox' });
    isCut.addEventListener('change', () => {
      threshold.hidden = !isCut.checked;
      this.#change({ isCut: isCut.checked });
    });
    figure.append(
      this.#formula,
      make(
        'div',
        { className: 'filter-fields' },
        choiceField(text('filter.pooling'), kinds, 'max', (kind) => {
          window.hidden = kind === 'none';
          this.#change({ kind: /** @type {PoolKind | 'none'} */ (kind) });
        }),
        window,
      ),
      // As far to 10 as to 0.1, and the middle changes nothing.
      sliderField(
        text('filter.gamma'),
        { min: -1, max: 1, step: 0.02, value: 0 },
        (power) => number(gammaOf(power)),
        (power) => this.#change({ gamma: gammaOf(power) }),
      ),
      make('label', { className: 'filter-check' }, isCut, text('filter.cut')),
      threshold,
    );
  }

  get element() {
    return this.#picture.figure;
  }

  /** What can be saved. */
  get canvas() {
    return this.#picture.box.hidden ? undefined : this.#picture.canvas;
  }

  /** @param {Pixels} [pixels] of the result; none where there is none */
  show(pixels) {
    this.#pixels = pixels;
    this.#draw();
  }

  /** @param {Partial<Choice>} change */
  #change(change) {
    Object.assign(this.#choice, change);
    this.#draw();
  }

  #draw() {
    const { text, number } = this.#inside;
    const { kind, window, isCut, gamma, threshold } = this.#choice;
    const { box, canvas, caption } = this.#picture;
    const pixels = this.#pixels;
    const sides = pixels ? [pixels.width, pixels.height] : [];
    const doesFit = kind === 'none' || sides.every((side) => pooledSide(side, window) > 0);
    box.hidden = !pixels || !doesFit;
    this.#formula.hidden = box.hidden || kind === 'none';
    if (!doesFit) say(caption, text('filter.no-window'), true);
    else if (!pixels) say(caption, text('filter.after'));
    if (!pixels || !doesFit) return;
    const pooled = kind === 'none' ? pixels : pool(pixels, kind, window);
    paint(canvas, toned(pooled, { gamma, threshold: isCut ? threshold : undefined }));
    const size = { width: number(pooled.width), height: number(pooled.height) };
    say(caption, text('filter.after-size', size));
    const parts = sides.map((side) => `⌊${number(side)} / ${number(window)}⌋`);
    this.#formula.textContent = `${parts.join(' × ')} = ${size.width} × ${size.height}`;
  }
}

/** Two figures behind the point, as a reader sees it. @param {number} power of ten */
function gammaOf(power) {
  return Number((10 ** power).toFixed(2));
}

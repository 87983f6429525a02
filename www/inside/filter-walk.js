// A kernel on its way over the photo: where it stands, what it has made so far, and what moves it.

/** @import { Filter, Pixels } from './filters.js' */
/** @import { Inside } from './filter-fields.js' */

import { make, makePicture, paint, sliderField } from './filter-fields.js';

/** However long a frame took, the kernel does not leap further than in this many seconds. */
const LONGEST_FRAME = 0.1;
/** How fast it goes at first, as a power of ten. */
const START = 1.5;

export class FilterWalk {
  photo = makePicture();
  result = makePicture();
  #inside;
  #onPlace;
  #place = make('p', { className: 'filter-place filter-quiet' });
  #play;
  /** Places a second. */
  #speed;
  /** Nowhere, until there is a result. */
  #row = -1;
  #col = -1;
  /** Whether the result is seen only as far as the kernel came. */
  #grows = false;
  /** The request for the next frame, while it plays. */
  #frame = 0;
  /** @type {Filter | undefined} */
  #filter;
  #image = new ImageData(1, 1);

  /** @param {Inside} inside @param {(row: number, col: number) => void} onPlace where the kernel stands */
  constructor(inside, onPlace) {
    const { text, number, signal } = inside;
    this.#inside = inside;
    this.#onPlace = onPlace;
    /** @param {string} key @param {() => void} act */
    const button = (key, act) => {
      const made = make('button', { type: 'button' }, text(key));
      made.addEventListener('click', act);
      return made;
    };
    this.#play = button('filter.play', () => (this.#frame ? this.pause() : this.#begin()));
    this.#play.classList.add('filter-play');
    const speed = (/** @type {number} */ power) => Math.round(10 ** power);
    const speedField = sliderField(
      text('filter.speed'),
      { min: 0, max: 4, step: 0.1, value: START },
      (power) => text('filter.places', { count: number(speed(power)) }),
      (power) => {
        this.#speed = speed(power);
      },
    );
    speedField.classList.add('filter-speed');
    this.#speed = speed(START);
    this.controls = make(
      'div',
      { className: 'filter-walk' },
      make(
        'div',
        { className: 'filter-row', role: 'group', ariaLabel: text('filter.walk') },
        button('filter.restart', () => this.#restart()),
        button('filter.back', () => this.#step(-1)),
        this.#play,
        button('filter.forward', () => this.#step(1)),
        button('filter.whole', () => this.#showWhole()),
      ),
      speedField,
      this.#place,
    );
    this.#follow(this.photo.box, (x, y) => {
      // The middle of the kernel comes below the pointer.
      const { kernel, stride } = /** @type {Filter} */ (this.#filter);
      const half = (kernel.size - 1) / 2;
      this.#goTo(Math.round((y - half) / stride), Math.round((x - half) / stride));
    });
    this.#follow(this.result.box, (x, y) => this.#goTo(y, x));
    signal.addEventListener('abort', () => this.pause());
  }

  /** @param {Pixels} pixels @param {Filter} filter @param {Pixels} [result] none where the kernel fits nowhere */
  show(pixels, filter, result) {
    const { padding } = filter;
    paint(this.photo.canvas, pixels, padding);
    this.#filter = result && filter;
    for (const { box, frame } of [this.photo, this.result]) {
      box.tabIndex = result ? 0 : -1;
      frame.hidden = !result;
    }
    this.result.box.hidden = !result;
    for (const button of this.controls.querySelectorAll('button')) button.disabled = !result;
    if (!result) {
      this.pause();
      this.#place.textContent = '';
      return;
    }
    this.#image = paint(this.result.canvas, result);
    // It begins in the middle, where no zeros are.
    if (this.#row < 0) this.#goTo(result.height >> 1, result.width >> 1);
    else this.#goTo(this.#row, this.#col);
  }

  pause() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#play.textContent = this.#inside.text('filter.play');
    this.#place.ariaLive = 'polite';
    if (this.#filter) this.#tell();
  }

  #begin() {
    // Who wants nothing to move has the steps.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    if (!this.#grows || this.#index === this.#last) this.#restart();
    this.#play.textContent = this.#inside.text('filter.pause');
    // Where it stands is told when it stands still.
    this.#place.ariaLive = 'off';
    let [before, due] = [performance.now(), 0];
    const advance = (/** @type {number} */ now) => {
      due += Math.min(Math.max(now - before, 0) / 1000, LONGEST_FRAME) * this.#speed;
      before = now;
      this.#frame = requestAnimationFrame(advance);
      if (due >= 1) this.#step(Math.floor(due));
      due %= 1;
      if (this.#index === this.#last) this.pause();
    };
    this.#frame = requestAnimationFrame(advance);
  }

  #restart() {
    this.#grows = true;
    this.#goTo(0, 0);
  }

  #showWhole() {
    this.pause();
    this.#grows = false;
    this.#goTo(this.#row, this.#col);
  }

  get #index() {
    return this.#row * this.#image.width + this.#col;
  }

  get #last() {
    return this.#image.width * this.#image.height - 1;
  }

  /** @param {number} count places, in the order of reading */
  #step(count) {
    const index = Math.min(Math.max(this.#index + count, 0), this.#last);
    const { width } = this.#image;
    this.#goTo(Math.floor(index / width), index % width);
  }

  /** To the nearest place that there is. @param {number} row @param {number} col */
  #goTo(row, col) {
    const { width, height } = this.#image;
    this.#row = Math.min(Math.max(row, 0), height - 1);
    this.#col = Math.min(Math.max(col, 0), width - 1);
    this.#draw();
    this.#onPlace(this.#row, this.#col);
  }

  #draw() {
    const { kernel, stride } = /** @type {Filter} */ (this.#filter);
    const { width, height } = this.#image;
    const [row, col] = [this.#row, this.#col];
    const context = this.result.canvas.getContext('2d');
    context?.putImageData(this.#image, 0, 0);
    if (this.#grows) {
      context?.clearRect(col + 1, row, width, 1);
      context?.clearRect(0, row + 1, width, height);
    }
    mark(this.photo, row * stride, col * stride, kernel.size);
    mark(this.result, row, col, 1);
    this.#tell();
  }

  #tell() {
    const { text, number } = this.#inside;
    const { width, height } = this.#image;
    const [row, col] = [this.#row + 1, this.#col + 1];
    const place = { row: number(row), rows: number(height), col: number(col), cols: number(width) };
    this.#place.textContent = text('filter.place', place);
  }

  /** Lets the pointer and the arrow keys move the kernel over a picture. @param {HTMLElement} box @param {(x: number, y: number) => void} goTo */
  #follow(box, goTo) {
    const { text } = this.#inside;
    box.role = 'application';
    box.ariaLabel = text(box === this.photo.box ? 'filter.photo-keys' : 'filter.result-keys');
    const point = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      if (!this.#filter) return;
      const { left, top, width, height } = box.getBoundingClientRect();
      const canvas = /** @type {HTMLCanvasElement} */ (box.firstChild);
      goTo(
        Math.floor(((clientX - left) / width) * canvas.width),
        Math.floor(((clientY - top) / height) * canvas.height),
      );
    };
    box.addEventListener('pointerdown', point);
    box.addEventListener('pointermove', (event) => event.buttons === 1 && point(event));
    box.addEventListener('keydown', (event) => {
      const [row, col] = [this.#row, this.#col];
      /** @type {Record<string, [number, number]>} */
      const places = {
        ArrowUp: [row - 1, col],
        ArrowDown: [row + 1, col],
        ArrowLeft: [row, col - 1],
        ArrowRight: [row, col + 1],
        Home: [row, 0],
        End: [row, Infinity],
      };
      const place = places[event.key];
      if (!place || !this.#filter || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.#goTo(...place);
    });
  }
}

/** Puts a picture's frame around a square of its pixels. @param {ReturnType<typeof makePicture>} picture @param {number} top @param {number} left @param {number} side */
function mark({ canvas, frame }, top, left, side) {
  const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
  Object.assign(frame.style, {
    top: share(top, canvas.height),
    left: share(left, canvas.width),
    height: share(side, canvas.height),
    width: share(side, canvas.width),
  });
}

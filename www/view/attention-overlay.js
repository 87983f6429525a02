// Where the model looked for a word, over its photo: as elements above an image, or painted onto a canvas.

/** @import { Word } from '../protocol.js' */
/** @typedef {{ isDark?: boolean, kind?: 'spotlight' | 'heat' }} OverlayOptions whether the photo is dark, and what is shown */

import { drawMap } from './attention-map.js';
import { SIDE } from './interpolation.js';
import { isFlat, spotlight } from './spotlight.js';

/** How long a map takes to become that of another word, in milliseconds. */
const CHANGE = 140;
/** How much the colours of a heat map cover of the photo. */
const HEAT = 0.8;
/** Pixels along each side of the reduced photo that is measured, and below which lightness it is dark. */
const [REDUCED, DARK] = [16, 0.3];
const SVG = 'http://www.w3.org/2000/svg';

export class AttentionOverlay {
  #container;
  /** Made when the first map is shown. @type {ReturnType<typeof createLayers> | undefined} */
  #layers;
  /** The weights that are seen now, on the way to another word's as well. @type {number[][] | undefined} */
  #weights;
  #frame = 0;

  /**
   * @param {HTMLElement} container empty, and exactly over the photo; it must not be a stacking context, or nothing in
   * it blends with the photo
   */
  constructor(container) {
    this.#container = container;
    this.#hide();
  }

  /**
   * @param {Word | undefined} word nothing to show no map
   * @param {OverlayOptions} [options]
   * @returns {boolean} whether there is a map to see
   */
  show(word, { isDark = false, kind = 'spotlight' } = {}) {
    cancelAnimationFrame(this.#frame);
    this.#container.dataset.word = word?.text ?? '';
    if (!word?.attention || (kind === 'spotlight' && isFlat(word))) {
      this.#hide();
      return false;
    }
    const { attention: to } = word;
    const draw = (/** @type {number[][]} */ weights) =>
      this.#draw({ ...word, attention: weights }, weights, isDark, kind);
    const from = this.#weights;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!from || still || from.length !== to.length || from[0].length !== to[0].length) {
      draw(to);
      return true;
    }
    const begin = performance.now();
    const step = (/** @type {number} */ now) => {
      const left = Math.min(Math.max(1 - (now - begin) / CHANGE, 0), 1);
      draw(left ? mixed(from, to, 1 - left ** 3) : to);
      if (left) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
    return true;
  }

  #hide() {
    this.#container.hidden = true;
    this.#weights = undefined;
  }

  /** @param {Word} word @param {number[][]} weights @param {boolean} isDark @param {'spotlight' | 'heat'} kind */
  #draw(word, weights, isDark, kind) {
    this.#layers ??= createLayers(this.#container);
    const { saturation, dim, contour, lines, heat } = this.#layers;
    for (const layer of [saturation, dim, contour]) layer.toggleAttribute('hidden', kind === 'heat');
    heat.hidden = kind !== 'heat';
    if (kind === 'heat') {
      drawMap(heat, word, HEAT);
    } else {
      const { grey, black, contour: path, seen } = spotlight(weights, isDark);
      saturation.getContext('2d')?.putImageData(grey, 0, 0);
      dim.getContext('2d')?.putImageData(black, 0, 0);
      for (const line of lines) line.setAttribute('d', path);
      contour.style.strokeOpacity = String(seen);
    }
    this.#weights = weights;
    this.#container.hidden = false;
  }
}

/** @param {HTMLElement} container */
function createLayers(container) {
  const canvas = (/** @type {string} */ className) =>
    Object.assign(document.createElement('canvas'), { className, width: SIDE, height: SIDE });
  const contour = document.createElementNS(SVG, 'svg');
  // The line in its colour, above a wider one that sets it off from a light photo.
  const lines = [document.createElementNS(SVG, 'path'), document.createElementNS(SVG, 'path')];
  contour.setAttribute('class', 'contour');
  contour.setAttribute('viewBox', '0 0 1 1');
  contour.setAttribute('preserveAspectRatio', 'none');
  contour.append(...lines);
  const layers = { saturation: canvas('saturation'), dim: canvas('dim'), contour, heat: canvas('heat') };
  container.append(...Object.values(layers));
  return { ...layers, lines };
}

/** Weights between two, of the same grid. @param {number[][]} from @param {number[][]} to @param {number} share */
function mixed(from, to, share) {
  return from.map((row, i) => row.map((weight, j) => weight * (1 - share) + to[i][j] * share));
}

/**
 * Paints the same over a photo that is on a canvas already.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {{ x: number, y: number, width: number, height: number }} place of the photo
 * @param {Word} word
 * @param {OverlayOptions} [options]
 */
export function paintOverlay(context, { x, y, width, height }, word, { isDark = false, kind = 'spotlight' } = {}) {
  if (!word.attention || (kind === 'spotlight' && isFlat(word))) return;
  const layer = new OffscreenCanvas(SIDE, SIDE);
  const paint = () => context.drawImage(layer, x, y, width, height);
  if (kind === 'heat') {
    drawMap(layer, word, HEAT);
    return paint();
  }
  const { grey, black, contour, seen } = spotlight(word.attention, isDark);
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  for (const { image, blend } of /** @type {const} */ ([
    { image: grey, blend: 'saturation' },
    { image: black, blend: 'source-over' },
  ])) {
    layer.getContext('2d')?.putImageData(image, 0, 0);
    context.globalCompositeOperation = blend;
    paint();
  }
  context.globalAlpha = seen;
  const line = new Path2D();
  line.addPath(new Path2D(contour), new DOMMatrix([width, 0, 0, height, x, y]));
  for (const [colour, thickness] of /** @type {const} */ ([
    ['rgb(0 0 0 / 0.6)', 4],
    ['#ffd60a', 2],
  ])) {
    Object.assign(context, { strokeStyle: colour, lineWidth: thickness, lineJoin: 'round' });
    context.stroke(line);
  }
  context.restore();
}

/** Whether a photo has so little light that less may be taken of it; false where its page may not read it. @param {CanvasImageSource} image */
export function isDarkPhoto(image) {
  const context = new OffscreenCanvas(REDUCED, REDUCED).getContext('2d');
  if (!context) return false;
  try {
    context.drawImage(image, 0, 0, REDUCED, REDUCED);
    const { data } = context.getImageData(0, 0, REDUCED, REDUCED);
    let [light, area] = [0, 0];
    for (let i = 0; i < data.length; i += 4) {
      light += ((0.2126 * data[i] + 0.7152 * data[i + 1] + 0.0722 * data[i + 2]) / 255) * data[i + 3];
      area += data[i + 3];
    }
    return light < DARK * area;
  } catch {
    return false;
  }
}

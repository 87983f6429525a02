// The arithmetic of the filter bench, which knows no page: kernels, padding, stride, pooling and tones. `sightline filter`
// gives the same pixels, so every sum goes row by row.

/**
 * A picture, row by row, with the channels of a pixel side by side.
 * @typedef {object} Pixels
 * @property {number} width
 * @property {number} height
 * @property {number} channels 1 for grey, 3 for red, green and blue
 * @property {Uint8ClampedArray | Float64Array} data from 0 to 255
 */
/** What is seen of a sum: itself, or its distance from 0. @typedef {'value' | 'absolute'} Shows */
/** A square of `size` × `size` weights, row by row. @typedef {{ size: number, weights: number[], shows: Shows }} Kernel */
/** Zeros before the first pixel of each row and column, and after the last. @typedef {{ before: number, after: number }} Padding */
/** @typedef {'valid' | 'same' | 'full' | number} PaddingChoice a number of zeros on each side */
/** @typedef {{ kernel: Kernel, padding: Padding, stride: number }} Filter */
/** @typedef {'max' | 'average'} PoolKind */
/** @typedef {{ gamma?: number, threshold?: number }} Tones nothing is changed by what is left out */
/**
 * One sum, written out.
 * @typedef {object} Terms
 * @property {(number | undefined)[]} inputs below the kernel, row by row; undefined where a zero of the padding is
 * @property {number[]} products
 * @property {number} sum
 * @property {number} shown
 */
/** @typedef {'sharpen' | 'edge' | 'box' | 'gaussian' | 'emboss' | 'sobel-x' | 'sobel-y'} Preset */

/** @type {Preset[]} */
export const PRESETS = ['sharpen', 'edge', 'box', 'gaussian', 'emboss', 'sobel-x', 'sobel-y'];

/** Weights that add up to less than this only tell differences, which are as good below 0 as above. */
const NOTHING = 1e-9;

/** How a Sobel kernel weighs the columns, by its size. @type {Record<number, number[]>} */
const DIFFERENCES = { 3: [-1, 0, 1], 5: [-1, -2, 0, 2, 1], 7: [-1, -4, -5, 0, 5, 4, 1] };

/** @param {Preset} name @param {number} size odd; 3, 5 or 7 for Sobel @returns {Kernel} */
export function presetKernel(name, size) {
  const centre = (size - 1) / 2;
  const binomial = binomials(size);
  const differences = DIFFERENCES[size] ?? [];
  if (!(size >= 3 && size % 2 === 1)) throw new RangeError(`a kernel of ${size} × ${size}: its size is odd, from 3 on`);
  if (name.startsWith('sobel') && !differences.length) throw new RangeError(`${name} is of 3, 5 or 7, not ${size}`);
  const isCentre = (/** @type {number} */ i, /** @type {number} */ j) => Number(i === centre && j === centre);
  const gaussian = (/** @type {number} */ i, /** @type {number} */ j) => (binomial[i] * binomial[j]) / 4 ** (size - 1);
  /** @type {Record<Preset, (i: number, j: number) => number>} */
  const formulas = {
    sharpen: (i, j) => 2 * isCentre(i, j) - gaussian(i, j),
    edge: (i, j) => size * size * isCentre(i, j) - 1,
    box: () => 1 / (size * size),
    gaussian,
    emboss: (i, j) => (i + j - (size - 1)) / centre + isCentre(i, j),
    'sobel-x': (i, j) => binomial[i] * differences[j],
    'sobel-y': (i, j) => differences[i] * binomial[j],
  };
  const formula = formulas[name];
  if (!formula) throw new RangeError(`no kernel is called ${name}; there are ${PRESETS.join(', ')}`);
  const weights = Array.from({ length: size * size }, (_, at) => formula(Math.floor(at / size), at % size));
  const isDifference = name === 'edge' || name.startsWith('sobel');
  return { size, weights, shows: isDifference ? 'absolute' : 'value' };
}

/** A kernel that somebody wrote. @param {number[]} weights of a square, row by row @returns {Kernel} */
export function customKernel(weights) {
  const size = Math.sqrt(weights.length);
  if (!size || size % 1) throw new RangeError(`${weights.length} weights are no square`);
  const sum = weights.reduce((sum, weight) => sum + weight, 0);
  return { size, weights, shows: Math.abs(sum) < NOTHING ? 'absolute' : 'value' };
}

/** @param {number} size */
function binomials(size) {
  let row = [1];
  while (row.length < size) row = [1, ...row.map((value, i) => value + (row[i + 1] ?? 0))];
  return row;
}

/** @param {PaddingChoice} choice @param {number} size of the kernel @returns {Padding} */
export function paddingOf(choice, size) {
  const before = Math.floor((size - 1) / 2);
  if (choice === 'valid') return { before: 0, after: 0 };
  if (choice === 'same') return { before, after: size - 1 - before };
  return choice === 'full' ? { before: size - 1, after: size - 1 } : { before: choice, after: choice };
}

/** How many places there are along a side; fewer than 1 where the kernel does not fit. @param {number} side @param {Filter} filter */
export function outputSide(side, { kernel, padding: { before, after }, stride }) {
  return Math.floor((side + before + after - kernel.size) / stride) + 1;
}

/**
 * Slides a kernel over a picture, as networks do: without turning it round. It pauses after each row, so that whoever
 * is in a hurry can do something else.
 * @param {Pixels} pixels
 * @param {Filter} filter
 * @returns {Generator<undefined, Pixels>}
 */
export function* convolving(pixels, filter) {
  const { channels } = pixels;
  const [width, height] = [outputSide(pixels.width, filter), outputSide(pixels.height, filter)];
  if (width < 1 || height < 1) {
    throw new RangeError(`the kernel does not fit into ${pixels.width} × ${pixels.height}; add padding`);
  }
  const data = new Uint8ClampedArray(width * height * channels);
  for (let row = 0, at = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      for (let channel = 0; channel < channels; channel++) {
        data[at++] = shownOf(sumAt(pixels, filter, row, col, channel), filter.kernel.shows);
      }
    }
    yield;
  }
  return { width, height, channels, data };
}

/** The same at one go. @param {Pixels} pixels @param {Filter} filter */
export function convolve(pixels, filter) {
  const steps = convolving(pixels, filter);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** @param {Pixels} pixels @param {Filter} filter @param {number} row @param {number} col @param {number} channel */
function sumAt({ width, height, channels, data }, { kernel, padding, stride }, row, col, channel) {
  const { size, weights } = kernel;
  const [top, left] = [row * stride - padding.before, col * stride - padding.before];
  let sum = 0;
  for (let y = top, at = 0; y < top + size; y++) {
    for (let x = left; x < left + size; x++, at++) {
      if (y < 0 || x < 0 || y >= height || x >= width) continue;
      sum += weights[at] * data[(y * width + x) * channels + channel];
    }
  }
  return sum;
}

/**
 * The sum at one place, with all that goes into it.
 * @param {Pixels} pixels @param {Filter} filter @param {number} row @param {number} col of the result
 * @param {number} channel
 * @returns {Terms}
 */
export function termsAt(pixels, filter, row, col, channel) {
  const { width, height, channels, data } = pixels;
  const { kernel, padding, stride } = filter;
  const inputs = kernel.weights.map((_, at) => {
    const y = row * stride - padding.before + Math.floor(at / kernel.size);
    const x = col * stride - padding.before + (at % kernel.size);
    const isOutside = y < 0 || x < 0 || y >= height || x >= width;
    return isOutside ? undefined : data[(y * width + x) * channels + channel];
  });
  const products = inputs.map((input = 0, at) => kernel.weights[at] * input);
  const sum = sumAt(pixels, filter, row, col, channel);
  return { inputs, products, sum, shown: shownOf(sum, kernel.shows) };
}

/** @param {number} sum @param {Shows} shows */
function shownOf(sum, shows) {
  const value = shows === 'absolute' ? Math.abs(sum) : sum;
  return Math.round(Math.min(Math.max(value, 0), 255));
}

/** @param {Pixels} pixels of three channels @returns {Pixels} */
export function greyOf({ width, height, data }) {
  const grey = new Uint8ClampedArray(width * height);
  for (let at = 0; at < grey.length; at++) {
    grey[at] = Math.round(0.299 * data[3 * at] + 0.587 * data[3 * at + 1] + 0.114 * data[3 * at + 2]);
  }
  return { width, height, channels: 1, data: grey };
}

/**
 * One pixel for each whole window; those that the edge cuts off are left out.
 * @param {Pixels} pixels @param {PoolKind} kind @param {number} window its side, and the stride
 * @returns {Pixels}
 */
export function pool(pixels, kind, window) {
  const { channels } = pixels;
  const [width, height] = [pooledSide(pixels.width, window), pooledSide(pixels.height, window)];
  if (width < 1 || height < 1) {
    throw new RangeError(`a window of ${window} does not fit into ${pixels.width} × ${pixels.height}`);
  }
  const data = new Uint8ClampedArray(width * height * channels);
  for (let at = 0; at < data.length; at++) {
    const [channel, place] = [at % channels, Math.floor(at / channels)];
    let [sum, most] = [0, 0];
    for (let i = 0; i < window * window; i++) {
      const y = Math.floor(place / width) * window + Math.floor(i / window);
      const x = (place % width) * window + (i % window);
      const value = pixels.data[(y * pixels.width + x) * channels + channel];
      sum += value;
      most = Math.max(most, value);
    }
    data[at] = kind === 'max' ? most : Math.round(sum / (window * window));
  }
  return { width, height, channels, data };
}

/** How many whole windows a side has. @param {number} side @param {number} window */
export function pooledSide(side, window) {
  return Math.floor(side / window);
}

/** Brighter or darker, and then black or white. @param {Pixels} pixels @param {Tones} tones @returns {Pixels} */
export function toned(pixels, { gamma = 1, threshold }) {
  const table = Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const changed = Math.round(255 * (value / 255) ** gamma);
    return threshold === undefined ? changed : changed >= threshold ? 255 : 0;
  });
  return { ...pixels, data: pixels.data.map((value) => table[value]) };
}

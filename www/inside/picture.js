// Numbers as pictures: what a channel holds in grey, the photo in the encoder's square, a map as light over a photo.

/** @import { FeatureMap } from '../protocol.js' */

/** How bright the photo stays where a map is 0. */
const DARK = 0.22;

/** @param {number} width @param {number} height */
export function canvasOf(width, height) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
export function contextOf(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('there is no memory for a picture');
  return context;
}

/** One channel, row by row; a view, not a copy. @param {FeatureMap} map @param {number} channel */
export function channelOf({ shape: [, rows, columns], values }, channel) {
  return values.subarray(channel * rows * columns, (channel + 1) * rows * columns);
}

/** How strong each channel is: the mean of its numbers without their signs. @param {FeatureMap} map */
export function strengths(map) {
  const [channels, rows, columns] = map.shape;
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    const size = rows * columns;
    for (let i = channel * size; i < (channel + 1) * size; i += 1) sum += Math.abs(map.values[i]);
    return sum / size;
  });
}

/** The channels, strongest first. @param {FeatureMap} map */
export function byStrength(map) {
  const all = strengths(map);
  return [...all.keys()].sort((a, b) => all[b] - all[a]);
}

/**
 * A pixel for each number: the least is black, the greatest white. What shows it enlarges it without smoothing.
 * @param {ArrayLike<number>} values @param {number} columns @param {HTMLCanvasElement} [canvas]
 */
export function drawGrey(values, columns, canvas = canvasOf(1, 1)) {
  const rows = values.length / columns;
  [canvas.width, canvas.height] = [columns, rows];
  const context = contextOf(canvas);
  const image = context.createImageData(columns, rows);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i += 1) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const scale = high > low ? 255 / (high - low) : 0;
  for (let i = 0; i < values.length; i += 1) {
    image.data.fill(Math.round((values[i] - low) * scale), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {ImageBitmap} bitmap @param {number} side */
export function squared(bitmap, side) {
  const canvas = canvasOf(side, side);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, side, side);
  return canvas;
}

/**
 * The photo, dark but where a map has its greatest values; what is below 0 counts as 0.
 * @param {HTMLCanvasElement} canvas whose size stays @param {CanvasImageSource} photo
 * @param {ArrayLike<number>} values @param {number} columns
 */
export function drawLight(canvas, photo, values, columns) {
  const { width, height } = canvas;
  const context = contextOf(canvas);
  const rows = values.length / columns;
  let most = 0;
  for (let i = 0; i < values.length; i += 1) most = Math.max(most, values[i]);
  const shade = canvasOf(columns, rows);
  const image = contextOf(shade).createImageData(columns, rows);
  for (let i = 0; i < values.length; i += 1) {
    const light = most ? Math.max(values[i], 0) / most : 0;
    image.data[4 * i + 3] = Math.round(255 * (1 - DARK) * (1 - light));
  }
  contextOf(shade).putImageData(image, 0, 0);
  context.drawImage(photo, 0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(shade, 0, 0, width, height);
}

/** The least, the mean and the greatest of some numbers, and the mean of them without their signs. @param {ArrayLike<number>} values */
export function figuresOf(values) {
  let [least, greatest, sum, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    least = Math.min(least, values[i]);
    greatest = Math.max(greatest, values[i]);
    sum += values[i];
    size += Math.abs(values[i]);
  }
  return { least, mean: sum / values.length, greatest, strength: size / values.length };
}

/** Pixels along the longer side of a picture that is saved. */
export const SAVED_SIDE = 896;

/** Each pixel as a square of many, as many as there is room for. @param {HTMLCanvasElement} picture */
export function enlarged(picture) {
  const scale = Math.max(1, Math.floor(SAVED_SIDE / picture.width));
  const canvas = canvasOf(picture.width * scale, picture.height * scale);
  const context = contextOf(canvas);
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

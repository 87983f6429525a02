// Whatever a page has of a photo, as something that can be sent to the worker.

/** @import { PhotoSource } from './options.js' */
/** @import { Photo } from './protocol.js' */

import { CaptionerError } from './errors.js';
import { absoluteUrl } from './urls.js';

/** Pixels of the longer side of an SVG, more than any model takes. */
const SVG_SIDE = 512;

/**
 * A file goes to the worker as it is, so that the bytes are read as the command line reads them.
 * @param {PhotoSource} source
 * @param {AbortSignal} [signal]
 * @returns {Promise<Photo>}
 */
export async function loadPhoto(source, signal) {
  if (source instanceof Blob) return isSvg(source.type) ? drawSvg(await svgUrl(source), signal) : source;
  if (source instanceof ImageData) return source;
  if (typeof source === 'string' || source instanceof URL) return fetchPhoto(new URL(absoluteUrl(source)), signal);
  if (source instanceof HTMLImageElement) return fromElement(source, signal);
  const isDrawable = [HTMLCanvasElement, HTMLVideoElement, ImageBitmap].some((type) => source instanceof type);
  if (!isDrawable) {
    throw new CaptionerError(
      'unsupported-image',
      'This is no photo: give a File, Blob, image element, ImageBitmap, ImageData or address.',
    );
  }
  return createImageBitmap(source).catch(() => {
    throw new CaptionerError('unsupported-image', 'There is no picture in it yet, or one that this page may not read.');
  });
}

/** @param {HTMLImageElement} image @param {AbortSignal} [signal] */
async function fromElement(image, signal) {
  const address = image.currentSrc || image.src;
  if (!address) throw new CaptionerError('image-unreachable', 'The image element has no address.');
  return fetchPhoto(new URL(address, document.baseURI), signal);
}

/** @param {URL} address @param {AbortSignal} [signal] @returns {Promise<Photo>} */
async function fetchPhoto(address, signal) {
  // A strict policy lets a page show such addresses, but not fetch them.
  if (address.protocol === 'data:' && isSvg(address.pathname)) return drawSvg(address.href, signal);
  if (address.protocol === 'data:') return decodeDataUrl(address.href);
  if (address.protocol === 'blob:') return drawBlobUrl(address, signal);
  try {
    const response = await fetch(address, { signal });
    if (response.ok) return await loadPhoto(await response.blob(), signal);
    throw new CaptionerError('image-unreachable', `${address.href}: the server answers ${response.status}.`);
  } catch (error) {
    if (error instanceof CaptionerError || signal?.aborted) throw error;
    const elsewhere = address.origin !== location.origin;
    throw new CaptionerError(
      'image-unreachable',
      elsewhere
        ? `${address.host} does not let other sites read its images, or cannot be reached. Save the image and give the file.`
        : `${address.href} could not be fetched. Check the address and the network.`,
    );
  }
}

/** @param {string} address */
function decodeDataUrl(address) {
  const comma = address.indexOf(',');
  const isBase64 = address.slice(0, comma).endsWith(';base64');
  try {
    const text = decodeURIComponent(address.slice(comma + 1));
    const bytes = isBase64 ? atob(text) : text;
    return new Blob([Uint8Array.from(bytes, (character) => character.charCodeAt(0))]);
  } catch {
    throw new CaptionerError('image-corrupt', 'The data: address is damaged.');
  }
}

/** @param {URL} address @param {AbortSignal} [signal] */
async function drawBlobUrl(address, signal) {
  const image = await showImage(address.href, signal).catch((error) => {
    if (signal?.aborted) throw error;
    throw new CaptionerError(
      'image-unreachable',
      'The blob: address holds no image that this browser can show, or was revoked.',
    );
  });
  // It may be an SVG without a size, or with one beyond all bounds.
  return createImageBitmap(image).catch(() => drawSvg(address.href, signal));
}

/** Whether a media type is that of SVG, which browsers know by nothing else. @param {string} type */
function isSvg(type) {
  return type.startsWith('image/svg+xml');
}

/** From a blob: address, browsers let nobody read an SVG that has HTML in it. @param {Blob} file */
async function svgUrl(file) {
  return `data:image/svg+xml,${encodeURIComponent(await file.text())}`;
}

/** Only a page can draw one, and as an image none runs a script or fetches anything. @param {string} address @param {AbortSignal} [signal] */
async function drawSvg(address, signal) {
  try {
    const image = await showImage(address, signal);
    const { naturalWidth, naturalHeight } = image;
    const scale = SVG_SIDE / Math.max(naturalWidth, naturalHeight);
    const width = Math.round(naturalWidth * scale) || SVG_SIDE;
    const height = Math.round(naturalHeight * scale) || SVG_SIDE;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new CaptionerError(
      'unsupported-image',
      'This SVG cannot be drawn: it is damaged, or the page’s policy lacks img-src data:. Give it as a PNG.',
    );
  }
}

/** @param {string} address @param {AbortSignal} [signal] */
async function showImage(address, signal) {
  const image = new Image();
  image.src = address;
  await image.decode();
  signal?.throwIfAborted();
  return image;
}

// Whatever a page has of a photo, as something that can be sent to the worker.

/** @import { PhotoSource } from './options.js' */
/** @import { Photo } from './protocol.js' */

import { CaptionerError } from './errors.js';
import { absoluteUrl } from './urls.js';

/**
 * A file goes to the worker as it is, so that the bytes are read as the command line reads them.
 * @param {PhotoSource} source
 * @param {AbortSignal} [signal]
 * @returns {Promise<Photo>}
 */
export async function loadPhoto(source, signal) {
  if (source instanceof Blob || source instanceof ImageData) return source;
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
  if (address.protocol === 'data:') return decodeDataUrl(address.href);
  if (address.protocol === 'blob:') return drawBlobUrl(address, signal);
  try {
    const response = await fetch(address, { signal });
    if (response.ok) return await response.blob();
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
  const image = new Image();
  image.src = address.href;
  await image.decode().catch(() => {
    throw new CaptionerError(
      'image-unreachable',
      'The blob: address holds no image that this browser can show, or was revoked.',
    );
  });
  signal?.throwIfAborted();
  return createImageBitmap(image);
}

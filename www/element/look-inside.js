// Opens the dialog that looks inside, within the element. It is fetched when the reader first asks for it.

import { Captioner } from '../captioner.js';
import { CaptionerError } from '../errors.js';

/** @import { LoadOptions } from '../options.js' */
/** @import { Caption, CaptionOptions, Photo } from '../protocol.js' */
/** @import { Language } from '../view/language.js' */

/**
 * @param {ShadowRoot} host
 * @param {object} subject
 * @param {Captioner} subject.captioner
 * @param {Photo} subject.photo
 * @param {string} subject.address of the photo
 * @param {Caption} subject.caption
 * @param {CaptionOptions} subject.settings
 * @param {Language} subject.language
 * @param {Pick<LoadOptions, 'workerUrl' | 'wasmUrl'>} urls where the worker and the wasm are, if they were moved
 */
export async function lookInside(host, { photo, address, ...subject }, urls) {
  const { openInside } = await import('../inside/panel.js');
  return openInside({
    host,
    photo: { blob: await blobOf(photo), name: nameOf(address) },
    load: (/** @type {LoadOptions['model']} */ model, /** @type {object} */ options) =>
      Captioner.load({ model, ...urls, ...options }),
    ...subject,
  });
}

/** @param {Photo} photo @returns {Promise<Blob>} */
async function blobOf(photo) {
  if (photo instanceof Blob) return photo;
  const canvas = new OffscreenCanvas(photo.width, photo.height);
  const context = canvas.getContext('2d');
  if (!context) throw new CaptionerError('out-of-memory', 'There is no memory for the photo. Make it smaller first.');
  if (photo instanceof ImageData) context.putImageData(photo, 0, 0);
  else context.drawImage(photo, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** What a file would be called that is saved of it. @param {string} address */
function nameOf(address) {
  const last = /^(?:https?|file):|^[^:]*$/.test(address) ? address.split(/[?#]/)[0].split('/').at(-1) : '';
  try {
    return decodeURIComponent(last ?? '') || 'photo';
  } catch {
    return 'photo';
  }
}

// Opens the dialog that looks inside, within the element. It is fetched when the reader first asks for it.

import { CaptionerError } from '../errors.js';

/** @import { Captioner } from '../captioner.js' */
/** @import { Caption, Photo } from '../protocol.js' */
/** @import { Language } from '../view/language.js' */

/**
 * @param {ShadowRoot} host
 * @param {{ captioner: Captioner, photo: Photo, caption: Caption, language: Language, name: string }} subject
 */
export async function lookInside(host, { photo, name, ...subject }) {
  const { openInside } = await import('../inside/panel.js');
  await openInside({ host, photo: { blob: await blobOf(photo), name }, ...subject });
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

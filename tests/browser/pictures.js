// Pictures that tests compare.

/** @import { Page } from 'playwright-core' */

/**
 * How far two pictures are from each other, squashed to the same size: the mean difference of a channel.
 * @param {Page} page
 * @param {Buffer[]} pictures
 */
export function difference(page, ...pictures) {
  return page.evaluate(
    async (pictures) => {
      const [one, other] = await Promise.all(
        pictures.map(async (bytes) => {
          const blob = new Blob([Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0))]);
          const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
            new OffscreenCanvas(32, 32).getContext('2d')
          );
          context.drawImage(
            await createImageBitmap(blob, { resizeWidth: 32, resizeHeight: 32, resizeQuality: 'high' }),
            0,
            0,
          );
          return context.getImageData(0, 0, 32, 32).data;
        }),
      );
      return one.reduce((sum, value, i) => sum + Math.abs(value - other[i]), 0) / one.length;
    },
    pictures.map((picture) => picture.toString('base64')),
  );
}

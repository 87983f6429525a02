// What the API makes of a photo, on a page that has nothing else.

/** @import { Page } from 'playwright-core' */
/** @import { LoadOptions } from '../../www/options.js' */

/**
 * What a captioner says of the fixture's photo, or the error's code and message.
 * @param {Page} page @param {string} module where captioner.js is @param {Partial<LoadOptions>} options
 */
export function captionByApi(page, module, options) {
  return page.evaluate(
    async ([module, options]) => {
      const { Captioner } = await import(module);
      try {
        const captioner = await Captioner.load({ device: 'cpu', ...options });
        const { text } = await captioner.caption('/fixture/photo.jpg');
        captioner.dispose();
        return text;
      } catch (error) {
        const { code, message } = /** @type {import('../../www/captioner.js').CaptionerError} */ (error);
        return [code, message];
      }
    },
    /** @type {const} */ ([module, options]),
  );
}

// Eleventy: the texts of images, once a site is built. Nothing is written or checked while Eleventy serves it.

import { applyAltTexts } from './alt-texts.js';

export default function altTexts(eleventyConfig) {
  eleventyConfig.on('eleventy.after', async ({ directories, runMode }) => {
    if (runMode === 'build') await applyAltTexts(directories.output);
  });
}

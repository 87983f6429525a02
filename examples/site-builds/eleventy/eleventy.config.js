// A site by Eleventy, with the texts of its images from alt-texts.json.

import altTexts from '../plugins/eleventy.js';

export default function (eleventyConfig) {
  eleventyConfig.addPlugin(altTexts);
  eleventyConfig.addPassthroughCopy({ '../plain/street.jpg': 'street.jpg' });
}

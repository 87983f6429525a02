import altTexts from '../plugins/eleventy.js';

export default function (eleventyConfig) {
  eleventyConfig.addPlugin(altTexts);
  eleventyConfig.addPassthroughCopy({ '../plain/street.jpg': 'street.jpg' });
}

// Astro: the texts of images, once a site is built.

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyAltTexts } from './alt-texts.js';

export default function altTexts() {
  return {
    name: 'alt-texts',
    hooks: {
      'astro:build:done': ({ dir }) => applyAltTexts(relative('.', fileURLToPath(dir))),
    },
  };
}

// Vite: the texts of images, once a site is built.

import { relative } from 'node:path';
import { applyAltTexts } from './alt-texts.js';

export default function altTexts() {
  return {
    name: 'alt-texts',
    apply: 'build',
    // Vite puts small pictures into the page itself, where the book of texts, which knows files, does not find them.
    config: () => ({ build: { assetsInlineLimit: 0 } }),
    // Not `closeBundle`, which is called after a build that failed as well.
    writeBundle: { order: 'post', sequential: true, handler: ({ dir }) => applyAltTexts(relative('.', dir)) },
  };
}

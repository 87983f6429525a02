// Rollup follows imports: the worker is bundled beside the site, and a plugin finds the wasm.

import resolve from '@rollup/plugin-node-resolve';
import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';

export default {
  input: { site: 'site.js', worker: 'sightline/worker' },
  output: { dir: 'dist/rollup' },
  plugins: [resolve(), importMetaAssets({ include: '**/sightline/www/wasm/**' })],
};

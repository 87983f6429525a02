// A site by Astro, with the texts of its images from alt-texts.json.

import { defineConfig } from 'astro/config';
import altTexts from '../plugins/astro.js';

export default defineConfig({ integrations: [altTexts()] });

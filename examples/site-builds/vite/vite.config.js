// A site by Vite, with the texts of its images from alt-texts.json.

import { defineConfig } from 'vite';
import altTexts from '../plugins/vite.js';

export default defineConfig({ plugins: [altTexts()] });

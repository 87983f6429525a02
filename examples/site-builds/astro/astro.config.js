import { defineConfig } from 'astro/config';
import altTexts from '../plugins/astro.js';

export default defineConfig({ integrations: [altTexts()] });

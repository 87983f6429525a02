import { defineConfig } from 'vite';
import altTexts from '../plugins/vite.js';

export default defineConfig({ plugins: [altTexts()] });

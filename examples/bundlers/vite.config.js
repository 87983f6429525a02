// What Vite before version 8 has to be told: its development server moves packages but not their workers, and its
// workers are one script each unless they are modules.

export default {
  optimizeDeps: { exclude: ['sightline'] },
  worker: { format: 'es' },
};

// `npm start`: build the page and serve it.

import { build } from './build.js';
import { command, fail, say } from './run.js';
import { ensurePackages } from './tools.js';

await command(async () => {
  ensurePackages();
  build();
  // It needs the packages, which may have been installed only now.
  const { serve } = await import('./serve.js');
  const port = Number(process.env.PORT ?? 8080);
  try {
    const { url } = await serve(port);
    say(`Sightline is at ${url} (Ctrl-C ends it)`);
  } catch (error) {
    const isTaken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
    fail(isTaken ? `Port ${port} is taken; choose another with PORT=8081 npm start` : String(error));
  }
});

// `npm start`: builds what the page needs and serves it, and builds the rest meanwhile.

import { buildAwaited } from './build.js';
import { command, fail, runBeside, say } from './run.js';
import { ensurePackages } from './tools.js';

await command(async () => {
  ensurePackages();
  buildAwaited();
  // It needs the packages, which may have been installed only now.
  const { serve } = await import('./serve.js');
  const port = Number(process.env.PORT ?? 8080);
  try {
    const { url } = await serve(port);
    say(`Sightline is at ${url} (Ctrl-C ends it)`);
    runBeside(process.execPath, ['scripts/build-later.js']);
  } catch (error) {
    const isTaken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
    fail(isTaken ? `Port ${port} is taken; choose another with PORT=8081 npm start` : String(error));
  }
});

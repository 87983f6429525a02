// `npm start`: build the page and serve it.

import { ensurePackages } from './tools.js';

ensurePackages();
// These need the packages, which may have been installed only now.
const { build } = await import('./build.js');
const { serve } = await import('./serve.js');
const { fail, say } = await import('./run.js');

build();
const port = Number(process.env.PORT ?? 8080);
try {
  const { url } = await serve(port);
  say(`Sightline is at ${url} (Ctrl-C ends it)`);
} catch (error) {
  const isTaken = /** @type {NodeJS.ErrnoException} */ (error).code === 'EADDRINUSE';
  fail(isTaken ? `Port ${port} is taken; choose another with PORT=8081 npm start` : String(error));
}

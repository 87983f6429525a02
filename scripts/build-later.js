// What `npm start` runs beside the server: builds what the page was not to wait for.

import { constants, setPriority } from 'node:os';
import { buildLater } from './build.js';
import { command, Failure, fail } from './run.js';

await command(() => {
  // The page computes on the same processor.
  setPriority(constants.priority.PRIORITY_LOW);
  try {
    buildLater();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    fail(`${error.message}; the page goes on without it`);
  }
});

#!/usr/bin/env node
// The command `sightline` of the npm package: the same program as the native one, compiled to WASI.

import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { passOnInterrupts } from './interrupts.js';

const program = new Worker(fileURLToPath(new URL('main.js', import.meta.url)), {
  workerData: process.argv.slice(2),
  execArgv: ['--no-warnings'],
});
passOnInterrupts(program);
program.on('exit', (code) => {
  process.exitCode = code;
});

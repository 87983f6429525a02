#!/usr/bin/env node
// The command `sightline` of the npm package: the same program as the native one, compiled to WASI.

import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { passOnInterrupts } from './interrupts.js';

const program = new Worker(fileURLToPath(new URL('main.js', import.meta.url)), {
  workerData: process.argv.slice(2),
  execArgv: ['--no-warnings'],
  // It writes by itself. What Node does so that it could pass on more makes writing to pipes fail while they are full.
  stdout: true,
  stderr: true,
});
passOnInterrupts(program);
program.on('exit', (code) => {
  process.exitCode = code;
});

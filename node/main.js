// The main thread of the command, in a worker: Node's own is left to hear signals.

import { workerData } from 'node:worker_threads';
import { runProgram } from './program.js';

process.exitCode = runProgram(workerData);

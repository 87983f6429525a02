#!/usr/bin/env node
// The command `sightline` of the npm package: the same program as the native one, compiled to WASI.

import { runProgram } from './program.js';

process.exitCode = runProgram(process.argv.slice(2));

#!/usr/bin/env -S node --max-semi-space-size=8
// The flag keeps memory low: samples live for a moment, and a large young generation would only hold their remains longer.
import process from 'node:process';
import { keepCompiledCode } from './compiled-code.ts';

// A reader that has seen enough, such as `head`, closes the pipe: nobody is left to be told more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

// Only modules loaded after this are kept compiled.
keepCompiledCode(process.env);
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));

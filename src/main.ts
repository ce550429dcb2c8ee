#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDir } from './cli/cache-dir.ts';

// Compiling takes longer than everything else before the first connection, so it is done once. Into a folder of the
// user's own: in the one that Node takes by itself, below /tmp, others could leave code for us to run.
enableCompileCache(join(cacheDir(process.env), 'compiled'));

// What is imported before that line is compiled every time.
const { runProcess } = await import('./cli/run-process.ts');
await runProcess(process);

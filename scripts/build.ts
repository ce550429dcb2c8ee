import { cp, mkdir, rm } from 'node:fs/promises';
import { bundle } from './bundling.ts';

/**
 * A few files for users: bundled, the first frame of the full-screen program comes in half the time, and a deploy connects
 * in a third of it. What cannot be bundled stays beside it: the host script's parts, and the native parts of ssh2.
 * Another folder than dist may be named: tests have one of their own.
 */
const folder = process.argv[2] ?? 'dist';
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await bundle(
  {
    slipway: 'src/main.ts',
    // what `--json` says, folded: for programs that read it
    progress: 'src/rollout/progress.ts',
    shims: 'src/demo/embedded/shims/main.ts',
    'decrypt-worker': 'src/ssh/decrypt-worker.ts',
  },
  folder,
);
for (const name of ['script', 'script-on-request'])
  await cp(`src/host/${name}`, `${folder}/${name}`, { recursive: true });

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * One file for users: bundled, the first frame of the full-screen program comes in half the time. What cannot be bundled
 * stays beside it: the host script's parts, and ssh2. Another folder than dist may be named: tests have one of their own.
 */
const folder = process.argv[2] ?? 'dist';
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
// Ink imports it only to inspect components; a hard import of a package that is not installed would end the program
await writeFile(`${folder}/.devtools.js`, 'export default {};\n');
await build({
  entryPoints: {
    slipway: 'src/main.ts',
    shims: 'src/demo/embedded/shims/main.ts',
    'decrypt-worker': 'src/ssh/decrypt-worker.ts',
  },
  outdir: folder,
  bundle: true,
  splitting: true,
  chunkNames: '[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node22.12',
  minifySyntax: true,
  keepNames: true,
  legalComments: 'none',
  // jsonc-parser's UMD build does not survive bundling
  mainFields: ['module', 'main'],
  // ssh2 looks for its native and WebAssembly parts beside itself
  external: ['ssh2'],
  alias: { 'react-devtools-core': resolve(folder, '.devtools.js') },
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await rm(`${folder}/.devtools.js`);
await cp('src/host/script', `${folder}/script`, { recursive: true });

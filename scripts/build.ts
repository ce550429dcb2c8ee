import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

/**
 * One file for users: bundled, the first frame of the full-screen program comes in half the time. What cannot be bundled
 * stays beside it: the host script's parts, and ssh2.
 */
await rm('dist', { recursive: true, force: true });
await mkdir('dist', { recursive: true });
// Ink imports it only to inspect components; a hard import of a package that is not installed would end the program
await writeFile('dist/.devtools.js', 'export default {};\n');
await build({
  entryPoints: { slipway: 'src/main.ts', shims: 'src/demo/embedded/shims/main.ts' },
  outdir: 'dist',
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
  alias: { 'react-devtools-core': './dist/.devtools.js' },
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await rm('dist/.devtools.js');
await cp('src/host/script', 'dist/script', { recursive: true });

import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * A few files for users: bundled, the first frame of the full-screen program comes in half the time, and a deploy connects
 * in a third of it. What cannot be bundled stays beside it: the host script's parts, and the native parts of ssh2.
 * Another folder than dist may be named: tests have one of their own.
 */
const folder = process.argv[2] ?? 'dist';
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
// Ink imports it only to inspect components; a hard import of a package that is not installed would end the program
await writeFile(`${folder}/.devtools.js`, 'export default {};\n');

const ssh2: Plugin = {
  name: 'ssh2',
  setup(bundling) {
    // Found beside us when npm could build them; ssh2 does without when not.
    bundling.onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path).split('/node_modules/').at(-1)!,
      external: true,
    }));
    bundling.onResolve({ filter: /^cpu-features$/ }, ({ path }) => ({ path, external: true }));
    // Proxies for HTTP over SSH, which nobody here uses, and for which node:https and node:tls would be loaded.
    bundling.onLoad({ filter: /\/ssh2\/lib\/http-agents\.js$/ }, () => ({ contents: 'module.exports = {};' }));
  },
};

await build({
  entryPoints: {
    slipway: 'src/main.ts',
    // what `--json` says, folded: for programs that read it
    progress: 'src/rollout/progress.ts',
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
  minifyWhitespace: true,
  legalComments: 'none',
  // jsonc-parser's UMD build does not survive bundling
  mainFields: ['module', 'main'],
  plugins: [ssh2],
  alias: { 'react-devtools-core': resolve(folder, '.devtools.js') },
  define: { 'process.env.NODE_ENV': '"production"', __dirname: 'import.meta.dirname' },
  banner: {
    // CommonJS in an ES module; what is Node's own comes without the ceremony of createRequire
    js: "import { createRequire } from 'node:module'; const require = (name) => process.getBuiltinModule(name) ?? createRequire(import.meta.url)(name);",
  },
  logLevel: 'warning',
});
await rm(`${folder}/.devtools.js`);
await cp('src/host/script', `${folder}/script`, { recursive: true });

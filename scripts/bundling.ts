import { rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

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

/** Bundles programs the way they are shipped: entry points by the names that their files get in the folder, which is there. */
export async function bundle(entryPoints: Readonly<Record<string, string>>, folder: string): Promise<void> {
  // Ink imports it only to inspect components; a hard import of a package that is not installed would end the program
  const devtools = resolve(folder, '.devtools.js');
  await writeFile(devtools, 'export default {};\n');
  await build({
    entryPoints: { ...entryPoints },
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
    alias: { 'react-devtools-core': devtools },
    define: { 'process.env.NODE_ENV': '"production"', __dirname: 'import.meta.dirname' },
    banner: {
      // CommonJS in an ES module; what is Node's own comes without the ceremony of createRequire
      js: "import { createRequire } from 'node:module'; const require = (name) => process.getBuiltinModule(name) ?? createRequire(import.meta.url)(name);",
    },
    logLevel: 'warning',
  });
  await rm(devtools);
}

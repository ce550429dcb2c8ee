import { readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
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

const UNUSED = [
  // starts subcommands that are programs of their own: none of ours is
  { by: 'commander', module: /^node:child_process$/ },
  // for schemas and migrations of its own: what is read is checked by ours
  { by: 'conf', module: /^(ajv\/dist\/2020\.js|ajv-formats|semver)$/ },
];

/** Who reads text by Unicode's tables. */
const UNICODE = /\/node_modules\/(string-width|wrap-ansi|slice-ansi|@alcalzone\/ansi-tokenize|ink)\/.*\.js$/;
const TABLES = /^const (\w+) = (new Intl\.Segmenter\(.*\)|\/.*\\p\{.*\/[a-z]+);$/gmu;

/** What `make` makes, made when it is first used. */
const LAZY = `const _lazily = (make, made) => new Proxy({}, {
  get: (_, key) => typeof (made ??= make())[key] === 'function' ? made[key].bind(made) : made[key],
  set: (_, key, value) => Reflect.set(made ??= make(), key, value),
});`;

/** What others do while they are loaded, and nobody here needs: without it a first frame comes 110 ms sooner. */
const atLoad: Plugin = {
  name: 'at-load',
  setup(bundling) {
    // Node loads its whole client for HTTP when `fetch` is only looked at. Yoga would fetch a file; ours is within the bundle.
    bundling.onLoad({ filter: /\/yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('typeof fetch', '"undefined"'),
    }));
    // The tables are read when a segmenter or an expression is made: 50 ms, for text that is nearly always plain.
    bundling.onLoad({ filter: UNICODE }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const lazy = text.replace(TABLES, 'const $1 = _lazily(() => $2);');
      return lazy === text ? undefined : { contents: `${LAZY}\n${lazy}` };
    });
    for (const { by, module } of UNUSED)
      bundling.onResolve({ filter: module }, ({ importer, path }) =>
        importer.includes(`/node_modules/${by}/`) ? { path, namespace: 'unused' } : undefined,
      );
    bundling.onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Imported as an ES module, a part of Node is asked for everything it has, and loads that: streams for `node:fs`, workers for
 * `node:util`, 15 ms before the first word. Here it is asked for what is used; what is not, esbuild leaves out.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(bundling) {
    bundling.onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'import-statement' && isBuiltin(path) ? { path, namespace: 'builtin', sideEffects: false } : undefined,
    );
    bundling.onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const exported = Object.keys(process.getBuiltinModule(path) as object).filter((name) => name !== 'default');
      const consts = exported.map(
        (name, index) => `const _${index} = /* @__PURE__ */ (() => all[${JSON.stringify(name)}])();`,
      );
      const names = exported.map((name, index) => `_${index} as ${JSON.stringify(name)}`);
      const all = `const all = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`;
      return { contents: [all, ...consts, `export { all as default, ${names.join(', ')} };`].join('\n') };
    });
  },
};

/**
 * What is loaded late comes after the command line, which is therefore there already. Told of it, esbuild puts all of it in
 * one file; else every set of commands that share a module gets a file of its own, and each takes a millisecond to load.
 */
const commandLineFirst: Plugin = {
  name: 'command-line-first',
  setup(bundling) {
    const commandLine = resolve('src/cli/run-process.ts');
    const late = new Set<string>();
    bundling.onResolve({ filter: /^\./ }, async ({ path, pluginData, ...from }) => {
      if (from.kind !== 'dynamic-import' || pluginData === commandLineFirst) return undefined;
      const found = await bundling.resolve(path, { ...from, pluginData: commandLineFirst });
      if (found.path !== commandLine) late.add(found.path);
      return found;
    });
    bundling.onLoad({ filter: /\/src\/.*\.ts$/ }, async ({ path }) =>
      late.has(path)
        ? { loader: 'ts', contents: `import ${JSON.stringify(commandLine)};\n${await readFile(path, 'utf8')}` }
        : undefined,
    );
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
    plugins: [ssh2, atLoad, lazyBuiltins, commandLineFirst],
    alias: { 'react-devtools-core': devtools },
    define: { 'process.env.NODE_ENV': '"production"', __dirname: 'import.meta.dirname' },
    banner: {
      // CommonJS in an ES module; what is Node's own comes without the ceremony of createRequire
      js: "const require = (name) => process.getBuiltinModule(name) ?? process.getBuiltinModule('module').createRequire(import.meta.url)(name);",
    },
    logLevel: 'warning',
  });
  await rm(devtools);
}

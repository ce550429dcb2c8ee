import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheDir } from '../../test/hosts/places.ts';
import { command } from '../measuring/command.ts';
import type { Site } from '../site.ts';

/** The peers that npm has. */
export const NPM_TOOLS = {
  shipit: { 'shipit-cli': '5.3.0', 'shipit-deploy': '5.3.0' },
  pm2: { pm2: '7.0.4' },
} as const;
export type NpmTool = keyof typeof NPM_TOOLS;

/** `node_modules` of a tool, outside the repository, installed when it is missing. Throws where that fails. */
export async function installNpmTool(tool: NpmTool, say: (line: string) => void, signal: AbortSignal): Promise<string> {
  const wanted = Object.entries(NPM_TOOLS[tool]).map(([name, version]) => `${name}@${version}`);
  const folder = join(cacheDir, `bench-${wanted.join('+')}`);
  if (!existsSync(folder)) {
    if (process.env['SLIPWAY_TEST_NO_INSTALL'] === '1') throw new Error('SLIPWAY_TEST_NO_INSTALL=1 forbids installing');
    say(`Installing ${wanted.join(' ')} from npm into ${folder} (SLIPWAY_TEST_NO_INSTALL=1 turns this off)`);
    const building = `${folder}.${process.pid}`;
    await mkdir(building, { recursive: true });
    try {
      await writeFile(join(building, 'package.json'), '{ "private": true }\n');
      const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      await command(['npm', 'install', ...quiet, ...wanted], { cwd: building, signal });
      await rename(building, folder);
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules');
}

/**
 * An environment in which `ssh` knows the hosts, for tools that cannot be told which configuration to use, and in which
 * what they leave behind stays in `folder`.
 */
export async function environmentIn(folder: string, { sshConfigFile }: Site): Promise<NodeJS.ProcessEnv> {
  const bin = join(folder, 'bin');
  const temporary = join(folder, 'tmp');
  await Promise.all([mkdir(bin, { recursive: true }), mkdir(temporary, { recursive: true })]);
  await writeFile(join(bin, 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${sshConfigFile}' "$@"\n`);
  await chmod(join(bin, 'ssh'), 0o755);
  const path = [bin, process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, TMPDIR: temporary, HOME: folder };
}

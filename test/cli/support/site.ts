import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedFleet, startEmbeddedHosts } from '../../../src/demo/embedded/fleet.ts';

/** A project with two embedded hosts, for the command line as a child process. Files only: quick to deploy. */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  readonly fleet: EmbeddedFleet;
  readonly env: NodeJS.ProcessEnv;
  /** Commits a new text. */
  commit(text: string): Promise<void>;
  run(...args: readonly string[]): Promise<Ran>;
  /** What a host has in a file below deployTo of stage "staging". */
  read(host: number, path: string): string;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export const MAIN = join(import.meta.dirname, '../../../src/main.ts');

export async function startSite(changes: Readonly<Record<string, unknown>> = {}): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-cli-'));
  const fleet = await startEmbeddedHosts(['one', 'two']);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@example.org', ...args], {
      cwd: folder,
      stdio: 'pipe',
    });
  const hosts = (stage: string) =>
    fleet.hosts.map(({ name, home }) => ({ name, address: name, deployTo: `${home}/app-${stage}`, roles: { web: 1 } }));
  const config = {
    app: 'app',
    deployTo: '/nowhere',
    source: { git: '.', exclude: ['hosts.json'] },
    roles: { web: { health: { minHealthyTime: '0s' } } },
    stages: { staging: { hosts: hosts('staging') }, production: { protected: true, hosts: hosts('production') } },
    ...changes,
  };
  git('init', '-q');
  await writeFile(join(folder, 'hosts.json'), JSON.stringify(config, undefined, 2));
  const env = {
    ...process.env,
    SLIPWAY_SSH_CONFIG: fleet.configFile,
    SLIPWAY_CACHE_DIR: join(folder, '.cache'),
    NO_COLOR: '1',
  };
  const site: Site = {
    folder,
    fleet,
    env,
    commit: async (text) => {
      await writeFile(join(folder, 'text'), text);
      git('add', 'text');
      git('commit', '-qm', `say ${text}`);
    },
    run: (...args) => run(folder, env, args),
    read: (host, path) =>
      execFileSync('cat', [join(fleet.hosts[host]!.home, 'app-staging', path)], { stdio: 'pipe' }).toString(),
    [Symbol.asyncDispose]: async () => {
      await fleet.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await site.commit('hello');
  return site;
}

function run(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type Site } from '../site.ts';

/** A host as hosts.json names it. */
export interface ProjectHost {
  readonly name: string;
  readonly address: string;
  readonly deployTo: string;
}

/** A folder with a hosts.json, and the built program to run in it. */
export interface Project {
  readonly folder: string;
  readonly configFile: string;
  readonly cacheDir: string;
  /** How the program is started. */
  readonly program: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Runs `slipway WORDS`; answers with what it wrote. */
  slipway(...words: readonly string[]): Promise<string>;
  /** Makes this machine forget what it has built and sent. */
  forget(): Promise<void>;
}

export interface ProjectOptions {
  readonly name: string;
  /** The built program. */
  readonly bundle: string;
  readonly hosts: readonly ProjectHost[];
  /** What hosts.json says of the one role; files only when left out. */
  readonly role?: object;
}

export const STAGE = 'production';

/** All hosts at once, as the others do it. */
export async function makeProject(site: Site, { name, bundle, hosts, role = {} }: ProjectOptions): Promise<Project> {
  const folder = join(site.folder, name);
  const cacheDir = join(folder, 'cache');
  const configFile = join(folder, 'hosts.json');
  const env = { ...process.env, SLIPWAY_SSH_CONFIG: site.sshConfigFile, SLIPWAY_CACHE_DIR: cacheDir };
  const config = {
    app: name,
    source: { git: site.app.repository },
    roles: { web: role },
    rollout: { batch: '100%', maxUnavailable: '100%' },
    stages: { [STAGE]: { hosts: hosts.map((host) => ({ ...host, roles: { web: 1 } })) } },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(configFile, JSON.stringify(config, undefined, 2));
  return {
    folder,
    configFile,
    cacheDir,
    env,
    program: [process.execPath, bundle],
    slipway: (...words) => run(site, [process.execPath, bundle, ...words], { cwd: folder, env }),
    forget: () => rm(cacheDir, { recursive: true, force: true }),
  };
}

/** A project for the booted hosts, in a folder of theirs. */
export function hostsOf(site: Site, folder: string): readonly ProjectHost[] {
  return site.hosts.map(({ name, user }) => ({ name, address: `${user}@${name}`, deployTo: folder }));
}

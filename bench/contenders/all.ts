import { mayInstall } from '../../test/hosts/packages.ts';
import { must } from '../../test/hosts/process.ts';
import { isProgram } from '../measuring/machine.ts';
import type { Site } from '../site.ts';
import { ansible } from './ansible.ts';
import { capistrano } from './capistrano.ts';
import type { Contender } from './contender.ts';
import { installNpmTool } from './npm-tools.ts';
import { pm2 } from './pm2.ts';
import { rsync } from './rsync.ts';
import { shipit } from './shipit.ts';
import { slipway, type SlipwayContender } from './slipway.ts';

export const CONTENDERS = ['slipway', 'rsync', 'rsync-fresh', 'capistrano', 'ansible', 'shipit', 'pm2'] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** The Debian packages of a peer, and a program that tells whether they are there. */
const DEBIAN: Readonly<Partial<Record<ContenderName, { program: string; packages: readonly string[] }>>> = {
  rsync: { program: 'rsync', packages: ['rsync'] },
  'rsync-fresh': { program: 'rsync', packages: ['rsync'] },
  // without the gems of the latter two it cannot log in with an ed25519 key
  capistrano: { program: 'cap', packages: ['capistrano', 'ruby-ed25519', 'ruby-bcrypt-pbkdf'] },
  ansible: { program: 'ansible-playbook', packages: ['ansible'] },
  shipit: { program: 'rsync', packages: ['rsync'] },
};

/** What a contender is made with, once it is installed. */
export type Maker = (site: Site, bundle: string) => Promise<Contender | SlipwayContender>;

/** Installs what is missing. A peer that cannot be had here is left out, and named. */
export async function installContenders(
  names: ReadonlySet<ContenderName>,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<ReadonlyMap<ContenderName, Maker>> {
  await installPackages(names, say);
  const makers = new Map<ContenderName, Maker>();
  for (const name of names) {
    try {
      makers.set(name, await makerOf(name, { say, signal }));
    } catch (error) {
      if (signal.aborted) throw error;
      say(`Left out: ${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  return makers;
}

async function installPackages(names: ReadonlySet<ContenderName>, say: (line: string) => void): Promise<void> {
  const missing = [...names].flatMap((name) => {
    const needed = DEBIAN[name];
    return needed && !isProgram(needed.program) ? needed.packages : [];
  });
  const packages = [...new Set(missing)];
  if (packages.length === 0 || !mayInstall()) return;
  say(`Installing Debian packages: ${packages.join(' ')} (SLIPWAY_TEST_NO_INSTALL=1 turns this off)`);
  await must(['apt-get', 'update', '-q']);
  await must([...APT_INSTALL, ...packages]);
}

const APT_INSTALL = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-qy', '--no-install-recommends'];

interface Surroundings {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

async function makerOf(name: ContenderName, { say, signal }: Surroundings): Promise<Maker> {
  const needed = DEBIAN[name];
  if (needed && !isProgram(needed.program)) throw new Error(`apt-get install ${needed.packages.join(' ')}`);
  switch (name) {
    case 'slipway':
      return slipway;
    case 'rsync':
      return (site) => rsync(site, 'times kept');
    case 'rsync-fresh':
      return (site) => rsync(site, 'fresh checkout');
    case 'capistrano':
      return capistrano;
    case 'ansible':
      return ansible;
    case 'shipit': {
      const modules = await installNpmTool('shipit', say, signal);
      return (site) => shipit(site, modules);
    }
    case 'pm2': {
      const modules = await installNpmTool('pm2', say, signal);
      return (site) => pm2(site, modules);
    }
  }
}

/** Versions of what takes part, for the document. */
export async function versionsOf(names: readonly ContenderName[], node: string): Promise<readonly string[]> {
  const all = await Promise.all(names.map((name) => versionOf(name, node)));
  return [...new Set(all.filter((line) => line !== undefined))];
}

async function versionOf(name: ContenderName, node: string): Promise<string | undefined> {
  const first = async (argv: readonly string[]) => (await must(argv)).split('\n')[0]!.trim();
  switch (name) {
    case 'slipway':
      return `slipway on Node ${node}`;
    case 'rsync':
    case 'rsync-fresh':
      return (await first(['rsync', '--version'])).replace(/^rsync +version +(\S+).*/, 'rsync $1');
    case 'capistrano':
      return (await first(['cap', '--version'])).replace(/^Capistrano Version: (\S+).*/, 'Capistrano $1');
    case 'ansible':
      return (await first(['ansible', '--version'])).replace(/^ansible \[(.*)\]/, 'Ansible $1');
    case 'shipit':
      return 'shipit-cli and shipit-deploy 5.3.0';
    case 'pm2':
      return 'pm2 7.0.4';
  }
}

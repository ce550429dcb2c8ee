import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './process.ts';

/** A file that tells whether it is there, and the Debian package that brings it. */
export type Need = { readonly file: string; readonly package: string };

/** What the hosts need on this machine. */
const needsOfHosts: readonly Need[] = [
  { file: 'mmdebstrap', package: 'mmdebstrap' },
  { file: 'systemd-nspawn', package: 'systemd-container' },
  { file: 'ssh', package: 'openssh-client' },
  { file: 'ip', package: 'iproute2' },
  { file: 'nsenter', package: 'util-linux' },
  { file: 'gcc', package: 'gcc' },
  { file: '/usr/include/stdio.h', package: 'libc6-dev' },
  { file: '/usr/share/keyrings/debian-archive-keyring.gpg', package: 'debian-archive-keyring' },
];

const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The Debian packages that are missing here. */
export function missingPackages(needs = needsOfHosts): string[] {
  const isThere = (file: string): boolean =>
    file.startsWith('/') ? existsSync(file) : searchPath.some((folder) => existsSync(join(folder, file)));
  return needs.filter((need) => !isThere(need.file)).map((need) => need.package);
}

/** True unless SLIPWAY_TEST_NO_INSTALL=1 forbids installing, or there is no apt. */
export function mayInstall(): boolean {
  return process.env['SLIPWAY_TEST_NO_INSTALL'] !== '1' && existsSync('/usr/bin/apt-get');
}

/** Installs what is missing and says so; an error with the command to type where installing is turned off. */
export async function installMissing(say: (line: string) => void, needs = needsOfHosts): Promise<void> {
  const missing = missingPackages(needs);
  if (missing.length === 0) return;
  if (!mayInstall()) throw new Error(howToInstall(missing));
  say(`Installing Debian packages: ${missing.join(' ')} (SLIPWAY_TEST_NO_INSTALL=1 turns this off)`);
  await must(['apt-get', 'update', '-q']);
  await must([
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    'install',
    '-qy',
    '--no-install-recommends',
    ...missing,
  ]);
}

/** The sentence for people who have to install by hand. */
export function howToInstall(missing: readonly string[]): string {
  return `Missing Debian packages and not allowed to install them. Type: apt-get install ${missing.join(' ')}`;
}

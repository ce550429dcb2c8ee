import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mayInstall } from '../test/hosts/packages.ts';
import { must } from '../test/hosts/process.ts';

/** Packages of the peers, and a program of each that tells whether it is there. */
const PEERS = [
  { program: 'rsync', packages: ['rsync'] },
  // without the gems of the latter two it cannot log in with an ed25519 key
  { program: 'cap', packages: ['capistrano', 'ruby-ed25519', 'ruby-bcrypt-pbkdf'] },
] as const;

/** Peers that cannot be measured here are left out, and named. */
export async function installPeers(say: (line: string) => void): Promise<ReadonlySet<string>> {
  const missing = PEERS.filter(({ program }) => !isThere(program));
  const packages = missing.flatMap((peer) => peer.packages);
  if (packages.length > 0 && mayInstall()) {
    say(`Installing Debian packages: ${packages.join(' ')} (SLIPWAY_TEST_NO_INSTALL=1 turns this off)`);
    await must(['apt-get', 'update', '-q']);
    await must([...APT_INSTALL, ...packages]);
  }
  const absent = PEERS.filter(({ program }) => !isThere(program));
  for (const { program, packages } of absent) say(`Left out: ${program} (apt-get install ${packages.join(' ')})`);
  return new Set(PEERS.map(({ program }) => program).filter(isThere));
}

const APT_INSTALL = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-qy', '--no-install-recommends'];

function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, program)));
}

const QUIET_PERCENT = 10;
const PATIENCE_MS = 60_000;

/** Waits a while for a quiet machine, then says how quiet it is: hosts and client share its cores. */
export async function settle(): Promise<string> {
  const since = performance.now();
  for (;;) {
    const busy = await busyPercent();
    if (busy <= QUIET_PERCENT || performance.now() - since > PATIENCE_MS) {
      const load = loadavg()
        .map((value) => value.toFixed(2))
        .join(' ');
      return `${cpus().length} cores, ${busy} % busy before the start (load ${load})`;
    }
  }
}

/** Over two seconds, all cores together. */
async function busyPercent(): Promise<number> {
  const before = ticks();
  await pause(2000);
  const after = ticks();
  return Math.round(100 * (1 - (after.idle - before.idle) / (after.all - before.all)));
}

function ticks(): { idle: number; all: number } {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  // idle and waiting for disks
  return { idle: fields[3]! + fields[4]!, all: fields.reduce((sum, value) => sum + value, 0) };
}

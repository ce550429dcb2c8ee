import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { identify, must, readOrUndefined } from './process.ts';
import { cacheDir } from './places.ts';

const suite = 'bookworm';
const setupScript = join(import.meta.dirname, 'image-setup.sh');
const packages = [
  'systemd,systemd-sysv,dbus,libpam-systemd,openssh-server,sudo,ca-certificates',
  'busybox,dash,procps,psmisc,iproute2,iputils-ping,less',
  'curl,wget,git,rsync,zstd,python3,nodejs,nginx-light,haproxy',
].join(',');

/** The base image's folder; another recipe is another folder. */
export function imageFolder(): string {
  const recipe = createHash('sha256').update(suite).update(packages).update(readFileSync(setupScript));
  return join(cacheDir, `base-${recipe.digest('hex').slice(0, 12)}`);
}

/** Builds the base image unless it is there; returns its folder. */
export async function ensureImage(say: (line: string) => void): Promise<string> {
  const folder = imageFolder();
  if (existsSync(folder)) return folder;
  mkdirSync(cacheDir, { recursive: true });
  await removeBrokenBuilds();
  say('Building the base image of the test hosts (once, about half a minute)');
  // The whole tree appears under its name only when it is whole.
  const building = join(cacheDir, `building-${process.pid}-${identify(process.pid)?.startedAt ?? ''}`);
  await must([...diesWithUs, ...mmdebstrap(building)]);
  renameSync(building, folder);
  return folder;
}

/**
 * A namespace of processes and mounts that ends with this process: a killed build leaves neither a running apt nor
 * mounts below the half-made tree.
 */
const diesWithUs = [
  ...['setpriv', '--pdeathsig', 'KILL'],
  ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--mount-proc', '--kill-child'],
];

function mmdebstrap(target: string): string[] {
  const what = ['--variant=minbase', `--include=${packages}`, `--customize-hook=${setupScript}`];
  return ['mmdebstrap', '--quiet', ...what, suite, target, ...sources()];
}

/** This machine's own sources on the same Debian (they may name a mirror), else the public ones. */
function sources(): string[] {
  const isSameDebian = (readOrUndefined('/etc/os-release') ?? '').includes(`VERSION_CODENAME=${suite}`);
  const own = '/etc/apt/sources.list.d/debian.sources';
  if (isSameDebian && existsSync(own)) return [own];
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  return [`deb ${signed} http://deb.debian.org/debian ${suite} main`];
}

/** Removes the remains of builds whose process is gone. */
async function removeBrokenBuilds(): Promise<void> {
  for (const name of readdirSync(cacheDir)) {
    const [, pid, startedAt] = /^building-(\d+)-(\d*)$/.exec(name) ?? [];
    if (pid === undefined || identify(Number(pid))?.startedAt === startedAt) continue;
    await must(['rm', '-rf', '--one-file-system', join(cacheDir, name)]);
  }
}

import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { must } from './process.ts';
import { diskOf } from './places.ts';
import type { HostRecord } from './state.ts';

/** The user slipway logs in as; made in image-setup.sh. */
export const user = 'deploy';
const userId = 1000;

/** Where a file of the host's own layer goes, and the image it will lie on. */
type Layer = { readonly image: string; readonly upper: string };
type SeedFile = { readonly path: string; readonly text: string; readonly mode?: number; readonly owner?: number };

/** Writes what makes a host that host into its own disk, before its first boot. */
export async function seedDisk(record: HostRecord, hostsFile: string, clientKey: string): Promise<void> {
  const { upper, work, root } = diskOf(record.name);
  for (const folder of [upper, work, root]) mkdirSync(folder, { recursive: true });
  const layer = { image: record.image, upper };
  const own = record.kind === 'mean' ? meanFiles(record.image) : regularFiles(record.image);
  for (const file of [...commonFiles(record, hostsFile, clientKey), ...own]) put(layer, file);
  makeFolder(layer, '/etc/ssh');
  await must(['ssh-keygen', '-q', '-A', '-f', upper]);
}

/** The public host keys made by `seedDisk`. */
export function hostKeys(host: string): string[] {
  const types = ['ed25519', 'ecdsa', 'rsa'];
  return types.map((type) => readFileSync(join(diskOf(host).upper, `etc/ssh/ssh_host_${type}_key.pub`), 'utf8').trim());
}

function commonFiles(record: HostRecord, hostsFile: string, clientKey: string): SeedFile[] {
  const home = `/home/${user}`;
  return [
    // Present, so that systemd does not take the first boot for the one that resets all units to their presets.
    { path: '/etc/machine-id', text: `${randomBytes(16).toString('hex')}\n`, mode: 0o444 },
    { path: '/etc/hostname', text: `${record.name}\n` },
    { path: '/etc/hosts', text: hostsFile },
    { path: `${home}/.ssh/authorized_keys`, text: clientKey, mode: 0o600, owner: userId },
  ];
}

/** As cloud images have it: passwordless sudo, logs readable, services outlive the login. */
function regularFiles(image: string): SeedFile[] {
  const group = readFileSync(join(image, 'etc/group'), 'utf8').replace(/^adm:.*:$/m, `$&${user}`);
  return [
    { path: '/etc/sudoers.d/deploy', text: `${user} ALL=(ALL) NOPASSWD: ALL\n`, mode: 0o440 },
    { path: '/etc/group', text: group },
    { path: `/var/lib/systemd/linger/${user}`, text: '' },
  ];
}

/** No right that was not granted, dash and busybox for tools, and nothing outlives the login. */
function meanFiles(image: string): SeedFile[] {
  const passwd = readFileSync(join(image, 'etc/passwd'), 'utf8');
  return [
    { path: '/etc/sudoers.d/deploy', text: '# Nothing granted yet.\n', mode: 0o440 },
    { path: '/etc/passwd', text: passwd.replace(`/home/${user}:/bin/bash`, `/home/${user}:/bin/dash`) },
    { path: '/etc/environment', text: 'PATH=/opt/lean/bin\n' },
    { path: '/etc/systemd/logind.conf.d/mean.conf', text: '[Login]\nKillUserProcesses=yes\n' },
  ];
}

function put(layer: Layer, file: SeedFile): void {
  makeFolder(layer, dirname(file.path), file.owner);
  const path = join(layer.upper, file.path);
  writeFileSync(path, file.text);
  chmodSync(path, file.mode ?? 0o644);
  if (file.owner !== undefined) chownSync(path, file.owner, file.owner);
}

/** A folder of the upper layer hides the mode and owner of the one below, so they are copied. */
function makeFolder(layer: Layer, path: string, owner = 0): void {
  const { image, upper } = layer;
  if (path === '/' || existsSync(join(upper, path))) return;
  makeFolder(layer, dirname(path), owner);
  const fresh = { mode: owner === 0 ? 0o755 : 0o700, uid: owner, gid: owner };
  const below = existsSync(join(image, path)) ? statSync(join(image, path)) : fresh;
  mkdirSync(join(upper, path));
  chmodSync(join(upper, path), below.mode & 0o7777);
  chownSync(join(upper, path), below.uid, below.gid);
}

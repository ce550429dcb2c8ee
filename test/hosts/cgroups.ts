import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { killIfThere, readOrUndefined, waitFor } from './process.ts';
import { cgroupName } from './places.ts';

/**
 * Each host lives in a control group of its own. systemd-nspawn makes "payload" and "supervisor" below the group it is
 * started in, so hosts started in one group would share them, and one host's systemd would meddle with another's
 * services. The group is also the one sure list of a host's processes: killing only systemd-nspawn leaves them running.
 */

/** The hierarchies systemd uses: cgroup2, and `name=systemd` on machines with version 1. */
export function hierarchies(): string[] {
  const lines = (readOrUndefined('/proc/self/mountinfo') ?? '').split('\n');
  const mounts = lines.filter((line) => /- cgroup2 | - cgroup \S+ \S*name=systemd/.test(line));
  return mounts.map((line) => line.split(' ')[4]).filter((path) => path !== undefined);
}

/** Creates a host's groups; returns the `cgroup.procs` files a process has to join by writing its number. */
export function makeGroup(...path: string[]): string[] {
  return hierarchies().map((root) => {
    const folder = join(root, cgroupName, ...path);
    mkdirSync(folder, { recursive: true });
    return join(folder, 'cgroup.procs');
  });
}

/** Kills everything in a host's group (or, without a name, of all hosts) and removes the group. */
export async function destroyGroup(...path: string[]): Promise<void> {
  const folders = hierarchies().map((root) => join(root, cgroupName, ...path));
  await waitFor(() => folders.every(killAndRemove), {
    within: 20_000,
    what: `Processes in the control group ${[cgroupName, ...path].join('/')} do not end`,
  });
}

/** True when there was something running or left in our groups. */
export function groupsExist(): boolean {
  return hierarchies().some((root) => existsSync(join(root, cgroupName)));
}

function killAndRemove(folder: string): boolean {
  if (!existsSync(folder)) return true;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) killAndRemove(join(folder, entry.name));
  }
  const pids = (readOrUndefined(join(folder, 'cgroup.procs')) ?? '').split('\n').filter(Boolean);
  for (const pid of pids) killIfThere(Number(pid));
  try {
    rmdirSync(folder);
    return true;
  } catch {
    // Busy until the killed processes are gone: the caller asks again.
    return false;
  }
}

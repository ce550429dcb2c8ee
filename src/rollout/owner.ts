import { readFileSync } from 'node:fs';
import { hostname, uptime, userInfo } from 'node:os';
import { sanitise } from '../base/sanitise.ts';
import type { LockOwner } from '../host/state.ts';

export interface OwnerFacts {
  readonly rollout: string;
  readonly why: string;
  readonly now: number;
}

/** This process as the owner of a lock. */
export function thisOwner({ rollout, why, now }: OwnerFacts): LockOwner {
  return {
    rollout,
    who: whoAmI(),
    since: now,
    why: sanitise(why),
    state: 'held',
    machine: machineId(),
    boot: bootId(),
    pid: process.pid,
  };
}

/** `ana@laptop` */
export function whoAmI(): string {
  return sanitise(`${process.env['SLIPWAY_USER'] ?? userName()}@${hostname()}`);
}

/**
 * The owner is a process of this very machine and boot that is gone. Other machines cannot tell: there a lock is dead when
 * it has not beaten for a minute.
 */
export function isDeadHere(owner: LockOwner): boolean {
  return owner.machine === machineId() && owner.boot === bootId() && owner.state === 'held' && !isAlive(owner.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it lives, as another user
    return (thrown as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env['USER'] ?? 'unknown';
  }
}

function machineId(): string {
  return firstLine('/etc/machine-id') ?? hostname();
}

/** Without /proc: the hour of the boot, which is coarse enough to be the same for two callers. */
function bootId(): string {
  return firstLine('/proc/sys/kernel/random/boot_id') ?? String(Math.round((Date.now() / 1000 - uptime()) / 3600));
}

function firstLine(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}

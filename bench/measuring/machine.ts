import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export function isProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}

/** What the figures were measured on. */
export function machineFacts(): string {
  const [first, ...others] = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return `${others.length + 1} cores (${first?.model.trim() ?? 'unknown'}), ${memory}, Linux ${release()}`;
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
      return `${busy} % busy before the start (load ${load})`;
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

import { readFileSync } from 'node:fs';

/** Clock ticks of /proc, on every Linux. */
const TICK_MS = 10;

/** Processor time that a process has used so far, in user mode and in the kernel, ms. */
export function cpuMs(pid: number): number {
  return ticksOf(readFileSync(`/proc/${pid}/stat`, 'utf8')) * TICK_MS;
}

/** Of a line of /proc/PID/stat; the second field is a name, which may hold anything. */
export function ticksOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

import { alertWords, measured, rounded } from '../../analysis/alert-words.ts';
import { subjectName, trippedAlerts, type AlertEvent } from '../../analysis/alerts.ts';
import { type HostVitals, type Lookout, usedShare, type WatchedInstance } from '../../analysis/lookout.ts';
import type { Vitals } from '../../analysis/vitals.ts';
import { formatBytes } from '../../base/bytes.ts';
import { columns } from '../../base/columns.ts';
import { plural } from '../../base/text.ts';

const HEAD = ['INSTANCE', 'STATE', 'HEALTH', 'RESTARTS', 'CPU', 'MEMORY', 'ERRORS', 'WORK', 'ALERTS'];

/** How everything is now: instances below their hosts, and what stands. `-` is what nobody told. */
export function lookoutLines(lookout: Lookout): readonly string[] {
  const alerts = trippedAlerts(lookout.alerts);
  const rows = [...lookout.hosts].flatMap(([name, host]) => {
    const here = lookout.settings.instances.filter((one) => one.host === name);
    return [hostCells(lookout, name, host), ...here.map((one) => instanceCells(lookout, one))];
  });
  const head =
    alerts.length === 0 ? [] : [plural(alerts.length, 'alert'), ...alerts.map((one) => `! ${alertWords(one)}`)];
  return [...columns([HEAD, ...rows]), ...head];
}

function hostCells(lookout: Lookout, name: string, host: HostVitals): readonly string[] {
  const told = host.trouble === undefined ? diskWords(host) : `tells nothing: ${host.trouble}`;
  return [name, told, '', '', '', '', '', '', alertCell(lookout, name)];
}

export function diskWords({ disk, heardAt }: HostVitals): string {
  const share = usedShare(disk);
  if (!disk || share === undefined) return heardAt === undefined ? 'not heard yet' : 'disk unknown';
  return `disk ${Math.round(share * 100)}% used, ${formatBytes(disk.freeBytes)} free`;
}

function instanceCells(lookout: Lookout, { id }: WatchedInstance): readonly string[] {
  const found = lookout.vitals.instances.get(id);
  const cells = found ? vitalsCells(found.latest) : ['-', '-', '-', '-', '-', '-', '-'];
  return [`  ${id}`, ...cells, alertCell(lookout, id)];
}

function alertCell(lookout: Lookout, name: string): string {
  const own = trippedAlerts(lookout.alerts).filter(({ subject }) => subjectName(subject) === name);
  return own.length === 0 ? '' : `! ${own.map(({ alert }) => alert).join(', ')}`;
}

/** State, health, restarts, processor, memory, errors, work. */
export function vitalsCells(latest: Vitals): readonly string[] {
  const { cpuShare, memory, errorsPerMinute, workPerSecond } = latest;
  return [
    latest.status,
    healthWords(latest),
    String(latest.restarts),
    cpuShare === undefined ? '-' : measured(cpuShare, 'cores'),
    memory === undefined ? '-' : formatBytes(memory),
    errorsPerMinute === undefined ? '-' : `${rounded(errorsPerMinute)}/min`,
    workPerSecond === undefined ? '-' : `${rounded(workPerSecond)}/s`,
  ];
}

function healthWords({ healthy, latencyMs }: Vitals): string {
  if (healthy === undefined) return '-';
  if (!healthy) return 'UNHEALTHY';
  return latencyMs === undefined ? 'healthy' : `${latencyMs} ms`;
}

/** One sample as one line: "2026-11-21T12:00:05Z bot.1@fra-1 running, healthy in 12 ms, …". */
export function sampleLine(id: string, latest: Vitals): string {
  const [status, health, restarts, cpu, memory, errors, work] = vitalsCells(latest) as [string, ...string[]];
  const words = [
    status,
    `health ${health!}`,
    `restarts ${restarts!}`,
    `cpu ${cpu!}`,
    `memory ${memory!}`,
    `errors ${errors!}`,
    `work ${work!}`,
  ];
  return `${stamp(latest.heardAt)} ${id} ${words.join(', ')}`;
}

export function hostLine(name: string, host: HostVitals): string {
  return `${stamp(host.heardAt ?? host.listenedAt)} ${name} ${diskWords(host)}`;
}

export function eventLine(event: AlertEvent): string {
  return `${stamp(event.t)} ${event.type === 'tripped' ? 'ALERT' : 'over '} ${alertWords(event)}`;
}

export function stamp(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

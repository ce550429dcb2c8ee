import { setTimeout as pause } from 'node:timers/promises';
import { hostsOf, makeProject } from '../contenders/project.ts';
import type { Site } from '../site.ts';
import { Heard, type HeardLine } from './heard.ts';
import { jsonReader, slipwayLogs } from './reading.ts';
import { begin, followed, install, paced } from './writing.ts';

export const LINES_PER_SECOND = 500;

export interface FloodPlan {
  readonly seconds: number;
  /** How long one of the hosts is cut off meanwhile; 0: none is. */
  readonly cutSeconds: number;
}

export interface FloodFindings extends FloodPlan {
  /** Written by all hosts together. */
  readonly written: number;
  readonly lost: number;
  readonly twice: number;
  /** Lines that came before one that their host had written ahead of them. */
  readonly outOfOrder: number;
  /** How far behind a younger one a line came that was not marked late, at most; ms. */
  readonly disorderMs: number;
  readonly late: number;
  /** The longest time in which nothing came of a host that was not cut off; ms. */
  readonly longestGapMs: number;
  /** From when a line was written until it came, of hosts that were not cut off; ms. */
  readonly delaysMs: readonly number[];
  /** Of slipway, at most; bytes. */
  readonly memory: number;
}

const WRITER = 'bench-flood';
/** What was held up has come by then, at the latest. */
const PATIENCE_MS = 90_000;

/** Five hosts that write evenly, followed as they do. */
export async function measureFlood(site: Site, bundle: string, plan: FloodPlan): Promise<FloodFindings> {
  const { hosts, signal } = site;
  const count = plan.seconds * LINES_PER_SECOND;
  const writer = { name: WRITER, program: paced(count, LINES_PER_SECOND) };
  await install(hosts, writer);
  const role = { service: { systemd: WRITER } };
  const project = await makeProject(site, { name: WRITER, bundle, role, hosts: hostsOf(site, `/srv/${WRITER}`) });
  const heard = new Heard({ hosts: hosts.map(({ name }) => name), count });
  const onChunk = jsonReader((line) => heard.take(line as HeardLine, { at: performance.now(), now: Date.now() }));
  await using reading = slipwayLogs(site, { project, flags: ['--since', new Date().toISOString()], onChunk });
  await followed(hosts, writer);
  await begin(hosts, writer);
  const cut = plan.cutSeconds > 0 ? hosts[1] : undefined;
  if (cut) {
    await pause(((plan.seconds - plan.cutSeconds) / 3) * 1000, undefined, { signal });
    await cut.cut();
    try {
      await pause(plan.cutSeconds * 1000, undefined, { signal });
    } finally {
      await cut.heal();
    }
  }
  const enough = new AbortController();
  const patience = pause(plan.seconds * 1000 + PATIENCE_MS, undefined, {
    signal: AbortSignal.any([signal, enough.signal]),
  });
  await Promise.race([heard.all, reading.ended, patience]).finally(() => enough.abort());
  await patience.catch(() => undefined); // it was not needed
  const memory = reading.mostMemory();
  return { ...plan, written: count * hosts.length, memory, ...heard.findings(cut?.name) };
}

import { readFileSync } from 'node:fs';
import { linkOf } from '../../test/hosts/places.ts';
import type { Site } from '../site.ts';
import { countLogins, type Logins } from './logins.ts';

/** What one piece of work took. Numbers of bytes and logins are those of all hosts together. */
export interface Sample {
  readonly ms: number;
  /** Frames of the network with their headers: to the hosts, and from them. */
  readonly sent: number;
  readonly received: number;
  /** Of the client's processes; undefined where it cannot be measured. */
  readonly cpuMs: number | undefined;
  readonly memory: number | undefined;
  /** Undefined where it was not counted. */
  readonly logins: Logins | undefined;
}

/** Counting logins means reading logs on all hosts, which takes a while. */
export type Counting = 'with logins' | 'without logins';

export async function sample(site: Site, counting: Counting, work: () => Promise<void>): Promise<Sample> {
  const { usage, hosts } = site;
  const endCount = counting === 'with logins' ? await countLogins(hosts) : undefined;
  const bytes = traffic(site);
  const cpu = usage?.cpuMs();
  const endWatch = usage?.watchMemory();
  const began = performance.now();
  await work().finally(() => endWatch?.());
  const ms = performance.now() - began;
  const after = traffic(site);
  return {
    ms,
    sent: after.sent - bytes.sent,
    received: after.received - bytes.received,
    cpuMs: cpu === undefined ? undefined : usage!.cpuMs() - cpu,
    memory: endWatch?.(),
    logins: await endCount?.(),
  };
}

/** Counted at the ports of the bridge. */
function traffic({ hosts }: Site): { readonly sent: number; readonly received: number } {
  const sum = (counter: string) =>
    hosts
      .map(({ name }) => Number(readFileSync(`/sys/class/net/${linkOf(name)}/statistics/${counter}`, 'utf8')))
      .reduce((total, count) => total + count, 0);
  return { sent: sum('tx_bytes'), received: sum('rx_bytes') };
}

import type { Hosts } from '../test/hosts/hosts.ts';

/** What lies between the client and its hosts, and how many they are. */
export interface Conditions {
  readonly hosts: number;
  readonly rttMs: number;
  /** What the client sends to all hosts together, Mbit/s; 0 is no limit. */
  readonly upMbit: number;
}

/** Makes it so for hosts that are up. */
export async function setLine(hosts: Hosts, { rttMs, upMbit }: Conditions): Promise<void> {
  for (const host of hosts.list) host.setRtt(rttMs);
  await hosts.limitUplink(upMbit);
}

export function describe({ hosts, rttMs, upMbit }: Conditions): string {
  const up = upMbit > 0 ? `, ${upMbit} Mbit/s up for all hosts together` : '';
  return `${hosts === 1 ? 'one host' : `${hosts} hosts`}, RTT ${rttMs} ms${up}`;
}

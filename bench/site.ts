import { readFileSync } from 'node:fs';
import type { Hosts } from '../test/hosts/hosts.ts';
import { linkOf } from '../test/hosts/places.ts';
import type { App } from './app.ts';

/** What all contenders share: the hosts, the app, and a folder of their own on this machine. */
export interface Site {
  readonly hosts: Hosts;
  readonly app: App;
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Bytes that this machine has sent to all hosts so far, counted at the ports of the bridge: frames with their headers. */
export function bytesSent({ hosts }: Site): number {
  const counts = hosts.list.map(({ name }) => {
    return Number(readFileSync(`/sys/class/net/${linkOf(name)}/statistics/tx_bytes`, 'utf8'));
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

import { createLimit } from '../base/limit.ts';
import type { HostSpec } from './spec.ts';

/** Ten unfinished logins are where sshd begins to drop new ones (MaxStartups). */
const HANDSHAKES_AT_ONCE = 6;

const queues = new Map<string, ReturnType<typeof createLimit>>();

/** One queue an address, for the whole process: several stages may live on one machine. */
export function queueFor(spec: HostSpec): ReturnType<typeof createLimit> {
  const address = addressOf(spec);
  const queue = queues.get(address) ?? createLimit(HANDSHAKES_AT_ONCE);
  queues.set(address, queue);
  return queue;
}

/** Behind another host the same name may mean another machine. */
function addressOf({ host, port, jumps, proxyCommand = '' }: HostSpec): string {
  const way = jumps.map((hop) => `${hop.host}:${hop.port}`).join(',');
  return `${way} ${proxyCommand} ${host}:${port}`;
}

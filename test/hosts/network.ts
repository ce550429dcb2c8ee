import { existsSync, readdirSync } from 'node:fs';
import { bridge, linkOf, netnsFile, prefix } from './places.ts';
import { must, type ProcessId, readOrUndefined, run } from './process.ts';
import type { HostRecord } from './state.ts';
import { startWire } from './wire.ts';

/** 198.18.0.0/15 is reserved for benchmarks: nobody's real network. The client is the bridge's own address. */
export const clientAddress = '198.18.0.1';
const net = '198.18.0.';
const macOf = (address: string): string =>
  `02:00:c6:12:00:${Number(address.slice(net.length)).toString(16).padStart(2, '0')}`;

export const regularAddress = (index: number): string => `${net}${10 + index}`;
export const meanAddress = `${net}250`;
/** Port states of a bridge, as the kernel numbers them. */
const [disabled, forwarding] = ['0', '3'];
/** As many as there are addresses for. */
export const mostHosts = 200;

/** Makes the bridge the client and all hosts hang on. */
export async function makeBridge(): Promise<void> {
  await ipBatch([
    `link add ${bridge} address ${macOf(clientAddress)} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `addr add ${clientAddress}/24 dev ${bridge}`,
  ]);
  await must(['sh', '-c', 'echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6"', 'sh', bridge]);
  await ipBatch([`link set ${bridge} up`]);
}

/** Gives a host a network namespace with eth0 in it; returns the wire when there is one. */
export async function plugIn(record: HostRecord): Promise<ProcessId | undefined> {
  const [link, { address, name }] = [linkOf(record.name), record];
  await ipBatch([`netns add ${link}`]);
  const wire = record.wireProgram === undefined ? undefined : await startWire(record, record.wireProgram);
  if (!wire) await ipBatch([`link add ${link} type veth peer name eth0 netns ${link}`]);
  await must(['ip', 'netns', 'exec', link, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6']);
  await must(['sh', '-c', 'echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6"', 'sh', link]);
  // Fixed neighbours, as behind a router: a host that is off or cut off is silent, it does not become "unreachable".
  await ipBatch(
    [
      'link set lo up',
      `link set eth0 address ${macOf(address)} up`,
      `addr add ${address}/24 dev eth0`,
      `neigh replace ${clientAddress} lladdr ${macOf(clientAddress)} nud permanent dev eth0`,
    ],
    linkOf(name),
  );
  await ipBatch([
    `link set ${link} master ${bridge} up`,
    `neigh replace ${address} lladdr ${macOf(address)} nud permanent dev ${bridge}`,
  ]);
  return wire;
}

/** Removes a host's link and namespace, whatever of them there is. The wire's own process is in the host's control group. */
export async function unplug(host: string): Promise<void> {
  if (existsSync(`/sys/class/net/${linkOf(host)}`)) await run(['ip', 'link', 'del', linkOf(host)]);
  if (existsSync(netnsFile(host))) await must(['ip', 'netns', 'del', linkOf(host)]);
}

/** Partition: the bridge port drops every frame in both directions, and neither side is told. */
export async function cutLink(host: string): Promise<void> {
  await must(['bridge', 'link', 'set', 'dev', linkOf(host), 'state', disabled]);
}

export async function healLink(host: string): Promise<void> {
  await must(['bridge', 'link', 'set', 'dev', linkOf(host), 'state', forwarding]);
}

/** What a home router buffers before it drops. */
const uplinkBuffer = { burst: '16kb', latency: '100ms' };

/**
 * Limits what the client sends to all hosts together; 0 is no limit. What hosts send, to it or to each other, is not slowed
 * down: this is the way up of a line that is much faster down.
 */
export async function limitUplink(mbit: number): Promise<void> {
  const { burst, latency } = uplinkBuffer;
  const shape = ['tbf', 'rate', `${mbit}mbit`, 'burst', burst, 'latency', latency];
  // its own frames only: those between hosts pass a bridge without passing its queue
  if (mbit > 0) await must(['tc', 'qdisc', 'replace', 'dev', bridge, 'root', ...shape]);
  else await run(['tc', 'qdisc', 'del', 'dev', bridge, 'root']); // fails where there is none
}

/** True while a link exists and carries frames. */
export function carriesFrames(host: string): boolean {
  return readOrUndefined(`/sys/class/net/${linkOf(host)}/brport/state`)?.trim() === forwarding;
}

/** Removes every interface and namespace with our prefix. */
export async function removeNetwork(): Promise<void> {
  const links = readdirSync('/sys/class/net').filter((name) => name.startsWith(prefix) && name !== bridge);
  for (const link of links) await run(['ip', 'link', 'del', link]);
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  for (const name of namespaces.filter((each) => each.startsWith(prefix))) await must(['ip', 'netns', 'del', name]);
  if (existsSync(`/sys/class/net/${bridge}`)) await must(['ip', 'link', 'del', bridge]);
}

function ipBatch(lines: readonly string[], namespace?: string): Promise<string> {
  const where = namespace === undefined ? [] : ['-n', namespace];
  return must(['ip', ...where, '-batch', '-'], { input: `${lines.join('\n')}\n` });
}

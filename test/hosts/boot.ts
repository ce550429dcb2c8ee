import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import { destroyGroup, makeGroup } from './cgroups.ts';
import { execInside, initOf } from './guest.ts';
import { joining } from './launch.ts';
import { cutLink, plugIn, unplug, carriesFrames } from './network.ts';
import { consoleFile, diskOf, linkOf, netnsFile } from './places.ts';
import { identify, isAlive, type ProcessId, readOrUndefined, waitFor } from './process.ts';
import { type HostRecord, readRecord, writeRecord } from './state.ts';

export const sshPort = 22;
const bootLimit = 90_000;

/** Boots a host from its own disk, which keeps what was written before. Resolves when systemd has finished and sshd answers. */
export async function powerOn(host: string): Promise<void> {
  if (initOf(host) !== undefined) throw new Error(`${host} is already on`);
  await powerOff(host);
  const record = readRecord(host);
  const wire = await plugIn(record);
  const machine = startMachine(record);
  writeRecord({ ...record, power: { machine, wire } });
  await waitUntilUp(record, machine);
}

/** Power loss: the host falls silent first, so no process of it says goodbye, and then everything in it is killed. */
export async function powerOff(host: string): Promise<void> {
  const record = readRecord(host);
  if (carriesFrames(host)) await cutLink(host);
  await destroyGroup(host);
  await unplug(host);
  writeRecord({ ...record, power: undefined });
}

/**
 * A shell that mounts the host's disk and a place for nspawn's own notes in a namespace of its own, so that both end
 * with the host, and runs systemd-nspawn; 133 is nspawn's exit code for "the host wants to reboot".
 */
const machineScript = `mount -t tmpfs slipway-test /run/systemd/nspawn
mount -t overlay slipway-test -o "$1" "$2"; shift 2; set +e
while :; do "$@"; code=$?; [ "$code" = 133 ] || exit "$code"; done`;

function startMachine(record: HostRecord): ProcessId {
  const { upper, work, root } = diskOf(record.name);
  mkdirSync('/run/systemd/nspawn', { recursive: true });
  const layers = `lowerdir=${record.image},upperdir=${upper},workdir=${work}`;
  const privately = ['unshare', '--mount', '--propagation', 'private'];
  const argv = [...privately, '/bin/sh', '-ec', machineScript, 'sh', layers, root, ...nspawnArgv(record.name, root)];
  const [shell = '', ...args] = joining(makeGroup(record.name), argv);
  const log = openSync(consoleFile(record.name), 'a');
  const child = spawn(shell, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  const machine = identify(child.pid ?? 0);
  if (!machine) throw new Error(`systemd-nspawn of ${record.name} did not start`);
  return machine;
}

function nspawnArgv(host: string, root: string): string[] {
  return [
    ...['systemd-nspawn', '--quiet', '--boot', '--directory', root, '--console=pipe', '--settings=no'],
    ...['--register=no', '--keep-unit', `--machine=${linkOf(host)}`, `--hostname=${host}`],
    ...[`--network-namespace-path=${netnsFile(host)}`, '--resolv-conf=off', '--timezone=off', '--link-journal=no'],
  ];
}

async function waitUntilUp(record: HostRecord, machine: ProcessId): Promise<void> {
  const { name, address } = record;
  await waitFor(
    () => {
      if (!isAlive(machine)) throw new Error(`${name} ended while booting:\n${lastConsoleLines(name)}`);
      return initOf(name) !== undefined && greets(address);
    },
    { within: bootLimit, every: 50, what: `sshd of ${name} does not answer` },
  );
  const { stdout } = await execInside(name, ['systemctl', 'is-system-running', '--wait'], {
    signal: AbortSignal.timeout(bootLimit),
  });
  if (['running', 'degraded'].includes(stdout.trim())) return;
  throw new Error(`${name} says it is ${stdout.trim()}:\n${lastConsoleLines(name)}`);
}

/** True when something at the address says it is an SSH server. */
function greets(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(sshPort, address);
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('data', (chunk) => {
      resolve(chunk.toString('latin1').startsWith('SSH-2.0-'));
      socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(false));
  });
}

function lastConsoleLines(host: string): string {
  return (readOrUndefined(consoleFile(host)) ?? '').trim().split('\n').slice(-20).join('\n');
}

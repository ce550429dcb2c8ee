import { changeWire } from './wire.ts';
import { powerOff, powerOn, sshPort } from './boot.ts';
import { hierarchies } from './cgroups.ts';
import { execInside, initOf, writeInside } from './guest.ts';
import { takeLock } from './lock.ts';
import { cutLink, healLink, limitUplink } from './network.ts';
import { howToInstall, mayInstall, missingPackages } from './packages.ts';
import { clientKeyFile, knownHostsFile, sshConfigFile } from './places.ts';
import type { Outcome, RunOptions as ExecOptions } from './process.ts';
import { clearEverything, startRun } from './run.ts';
import { user } from './seed.ts';
import { type HostKind, type HostRecord, readRecord, readRun, recordNames } from './state.ts';

export type { Outcome } from './process.ts';

/** A booted Debian host as a test sees it. All of it may be used from any process, at once. */
export interface Host {
  readonly name: string;
  readonly kind: HostKind;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** Runs a command as root inside the host, past SSH and the network; a string is a line for `sh -c`. */
  exec(command: readonly string[] | string, options?: ExecOptions): Promise<Outcome>;
  /** Replaces a file at once (root's, 0644, unless told otherwise); makes its folder. */
  writeFile(path: string, content: string | Uint8Array, rights?: { mode?: number; owner?: string }): Promise<void>;
  /** Partition: frames are lost in both directions, silently. */
  cut(): Promise<void>;
  heal(): Promise<void>;
  /** Power loss: silent at once, nothing is shut down. The disk keeps what was written. */
  powerOff(): Promise<void>;
  /** Boots again on the same disk; resolves when sshd answers. */
  powerOn(): Promise<void>;
  isOn(): boolean;
  /** Changes the delay of a host that was booted with one. */
  setRtt(ms: number): void;
  /** Changes the rate of a host that was booted with a delay or a rate, Mbit/s in each direction; 0 is no limit. */
  setRate(mbit: number): void;
}

/** The hosts of a run. Disposing ends those booted here, and leaves attached ones alone. */
export interface Hosts extends AsyncDisposable {
  readonly list: readonly Host[];
  /** For `ssh -F`. */
  readonly sshConfigFile: string;
  host(name: string): Host;
  /** Limits what the client sends to all hosts together, Mbit/s; 0 is no limit. */
  limitUplink(mbit: number): Promise<void>;
}

export interface BootOptions {
  /** Regular hosts: fra-1, fra-2, … */
  readonly count: number;
  /** Round trip between client and host; 0 (default) is a plain cable. */
  readonly rttMs?: number;
  /** Mbit/s in each direction; 0 (default) is no limit. */
  readonly rateMbit?: number;
  /** One more host, mean-1, with as few rights and tools as we promise to work with. */
  readonly mean?: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Undefined when hosts can be booted here; else one sentence why not. */
export function canBootHosts(): string | undefined {
  if (process.platform !== 'linux') return 'Real test hosts need Linux.';
  if (process.getuid?.() !== 0) return 'Real test hosts need root.';
  if (hierarchies().length === 0)
    return "Real test hosts need systemd's control groups mounted (cgroup2 or name=systemd).";
  const missing = missingPackages();
  return missing.length > 0 && !mayInstall() ? howToInstall(missing) : undefined;
}

/** Boots hosts that live until the result is disposed of. Refuses while another process has hosts up. */
export async function bootHosts(options: BootOptions): Promise<Hosts> {
  const refusal = canBootHosts();
  if (refusal !== undefined) throw new Error(refusal);
  const release = await takeLock(process.argv.slice(1).join(' '));
  const { count, rttMs = 0, rateMbit = 0, mean = false } = options;
  try {
    await startRun({ count, rttMs, rateMbit, mean, kept: false, say });
  } catch (error) {
    await release();
    throw error;
  }
  return asHosts(async () => {
    await clearEverything();
    await release();
  });
}

/** The hosts that are up already, booted by a test run's set-up or by `npm run hosts -- up`. */
export function attachHosts(): Hosts {
  if (!readRun()) throw new Error('No test hosts are up. Type: npm run hosts -- up 5');
  return asHosts(() => Promise.resolve());
}

function asHosts(end: () => Promise<void>): Hosts {
  const list = recordNames().map((name) => asHost(readRecord(name)));
  const host = (name: string): Host => {
    const found = list.find((each) => each.name === name);
    if (!found) throw new Error(`No test host named ${name}. Up are: ${list.map((each) => each.name).join(' ')}`);
    return found;
  };
  return { list, sshConfigFile, host, limitUplink, [Symbol.asyncDispose]: end };
}

function asHost({ name, kind, address }: HostRecord): Host {
  return {
    ...{ name, kind, address, port: sshPort, user, keyFile: clientKeyFile, knownHostsFile },
    exec: (command, options) => execInside(name, command, options),
    writeFile: (path, content, { mode = 0o644, owner = 'root:root' } = {}) =>
      writeInside(name, path, { content, mode, owner }),
    cut: () => cutLink(name),
    heal: () => healLink(name),
    powerOff: () => powerOff(name),
    powerOn: () => powerOn(name),
    isOn: () => initOf(name) !== undefined,
    setRtt: (ms) => changeWire(name, { rttMs: ms }),
    setRate: (mbit) => changeWire(name, { rateMbit: mbit }),
  };
}

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostSpec } from '../../../src/ssh/spec.ts';
import { must, run } from '../../hosts/process.ts';
import { bareSpec } from './fake-server.ts';

export type HostKeyType = 'ed25519' | 'ecdsa' | 'rsa';

export interface SshdOptions {
  readonly hostKeys?: readonly HostKeyType[];
  /** More lines of sshd_config. */
  readonly config?: readonly string[];
  /** Shell text that mounts what only this server and its sessions see; for root alone. */
  readonly mounts?: string;
}

/** OpenSSH's own server on 127.0.0.1, as the current user, with everything it needs in one temporary folder. */
export interface Sshd extends AsyncDisposable {
  readonly port: number;
  /** Its process, which has the mounts. */
  readonly pid: number;
  readonly folder: string;
  /** A private key that is let in. */
  readonly userKey: string;
  /** Knows all host keys of this server. */
  readonly knownHosts: string;
  /** For `ssh -F` and SLIPWAY_SSH_CONFIG: logs in as the current user with `userKey`, whatever the host is called. */
  readonly sshConfig: string;
  /** Public host keys: "ssh-ed25519 AAAA…". */
  readonly hostKeys: readonly string[];
  /** Lets in whoever has the private half. */
  authorize(publicKey: string): Promise<void>;
  /** Ready to connect with; `changes` replace what a test is about. */
  spec(changes?: Partial<HostSpec>): HostSpec;
  /** The processes that serve connections. */
  connectionPids(): Promise<number[]>;
  /** The processes of the commands that run. */
  commandPids(): Promise<number[]>;
  stop(): Promise<void>;
}

const SSHD = '/usr/sbin/sshd';

/** Why there is no sshd to test with; installs it where that is possible. In CI that is an error, not a reason. */
export async function skipReason(): Promise<string | undefined> {
  if (existsSync(SSHD) || (await install())) return undefined;
  const reason = `${SSHD} is missing (apt-get install openssh-server)`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

async function install(): Promise<boolean> {
  const allowed = process.env['SLIPWAY_TEST_NO_INSTALL'] !== '1' && process.getuid?.() === 0;
  if (!allowed || !existsSync('/usr/bin/apt-get')) return false;
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qy'];
  await run([...apt, 'update']);
  const { code } = await run([...apt, 'install', '--no-install-recommends', 'openssh-server']);
  return code === 0 && existsSync(SSHD);
}

export async function startSshd({ hostKeys = ['ed25519'], config = [], mounts }: SshdOptions = {}): Promise<Sshd> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-sshd-'));
  const inFolder = (name: string) => join(folder, name);
  const port = await freePort();
  const userKey = inFolder('id_user');
  await Promise.all([
    makeKey(userKey, 'ed25519'),
    ...hostKeys.map((type) => makeKey(inFolder(`host_${type}`), type)),
    // sshd refuses to start without its empty folder; it is made at boot, which a container never had
    process.getuid?.() === 0 ? mkdir('/run/sshd', { recursive: true, mode: 0o755 }) : undefined,
  ]);
  const authorized = inFolder('authorized_keys');
  const publicHostKeys = await Promise.all(hostKeys.map((type) => publicKey(inFolder(`host_${type}`))));
  await writeFile(authorized, `${await publicKey(userKey)}\n`);
  await writeFile(inFolder('known_hosts'), publicHostKeys.map((key) => `[127.0.0.1]:${port} ${key}\n`).join(''));
  await writeFile(inFolder('sshd_config'), sshdConfig({ folder, port, hostKeys, config }));
  await writeFile(inFolder('ssh_config'), sshConfig(folder, userKey));
  const stop = await launch([SSHD, '-D', '-e', '-f', inFolder('sshd_config')], mounts);
  return {
    ...{ port, pid: stop.pid, folder, userKey, knownHosts: inFolder('known_hosts'), sshConfig: inFolder('ssh_config') },
    hostKeys: publicHostKeys,
    authorize: (key) => appendFile(authorized, `${key}\n`),
    spec: (changes) => ({ ...bareSpec(port, folder), user: userInfo().username, ...changes }),
    connectionPids: () => pidsBelow(stop.pid, ({ isSshd }) => isSshd),
    commandPids: () => pidsBelow(stop.pid, ({ isSshd }) => !isSshd),
    stop: () => stop.now(),
    async [Symbol.asyncDispose]() {
      await stop.now();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface SshdPlaces {
  readonly folder: string;
  readonly port: number;
  readonly hostKeys: readonly HostKeyType[];
  readonly config: readonly string[];
}

function sshdConfig({ folder, port, hostKeys, config }: SshdPlaces): string {
  const lines = [
    // what comes first wins
    ...config,
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((type) => `HostKey ${join(folder, `host_${type}`)}`),
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    'PrintMotd no',
    // bash reads ~/.bashrc when sshd starts it, unless it believes to be a shell within a shell
    'SetEnv SHLVL=1',
  ];
  return `${lines.join('\n')}\n`;
}

function sshConfig(folder: string, userKey: string): string {
  const lines = [
    'Host *',
    `  User ${userInfo().username}`,
    `  IdentityFile ${userKey}`,
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    `  UserKnownHostsFile ${join(folder, 'known_hosts')}`,
    '  GlobalKnownHostsFile none',
    '  BatchMode yes',
  ];
  return `${lines.join('\n')}\n`;
}

/** Starts sshd and waits until it says that it listens. */
async function launch(
  argv: readonly string[],
  mounts: string | undefined,
): Promise<{ readonly pid: number; now(): Promise<void> }> {
  // what is executed in place of another keeps its number
  const apart = mounts === undefined ? [] : ['unshare', '-m', 'sh', '-ec', `${mounts}\nexec "$@"`, 'sh'];
  const [program, ...args] = [...apart, ...argv];
  const child = spawn(program!, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    // read for as long as it lives, or a full pipe would stop it
    createInterface(child.stderr).on('line', (line) => {
      said.push(line);
      if (line.startsWith('Server listening')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`sshd ended: ${said.join('\n')}`)));
  });
  return {
    pid: child.pid!,
    async now() {
      const all = child.exitCode === null ? await pidsBelow(child.pid!, () => true) : [];
      child.kill('SIGKILL');
      for (const pid of all) kill(pid);
      await exited;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it was faster
  }
}

interface Below {
  readonly pid: number;
  readonly isSshd: boolean;
}

/** Everything that runs below a process. One connection is served by one or two processes, as sshd separates privileges. */
async function below(parent: number): Promise<Below[]> {
  const table = (await must(['ps', '-A', '-o', 'pid=,ppid=,stat=,comm=']))
    .split('\n')
    .map((row) => row.trim().split(/ +/));
  const children = table.filter(([, ppid, stat]) => Number(ppid) === parent && !stat!.startsWith('Z'));
  const found = children.map(([pid, , , name]) => ({ pid: Number(pid), isSshd: name!.startsWith('sshd') }));
  return (await Promise.all(found.map(async (child) => [child, ...(await below(child.pid))]))).flat();
}

async function pidsBelow(parent: number, which: (process: Below) => boolean): Promise<number[]> {
  return (await below(parent)).filter(which).map(({ pid }) => pid);
}

/** Makes a key pair at `file`. */
export async function makeKey(file: string, type: HostKeyType, passphrase = ''): Promise<void> {
  const size = type === 'rsa' ? ['-b', '2048'] : [];
  await must(['ssh-keygen', '-q', '-t', type, ...size, '-N', passphrase, '-C', `${type} of a test`, '-f', file]);
}

/** "ssh-ed25519 AAAA…", without the comment. */
export async function publicKey(file: string): Promise<string> {
  return (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
}

/** Free a moment ago: there is no way to hand sshd an open socket. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

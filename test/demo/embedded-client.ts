import { type ChildProcess, execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import type { EmbeddedHost } from '../../src/demo/embedded/host.ts';

export interface Outcome {
  readonly status: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Logs in to an embedded host with ssh2's client. */
export async function logIn(host: EmbeddedHost, changes: ConnectConfig = {}): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.on('ready', resolve).on('error', reject);
    const { address, port, user, clientKey } = host;
    client.connect({ host: address, port, username: user, privateKey: clientKey.privateKey, ...changes });
  });
  // Later errors show where they matter: a channel that ends, a connection that closes.
  client.on('error', () => undefined);
  return client;
}

type End = Pick<Outcome, 'status' | 'signal'>;

/** How channels ended. Taken down from the first moment: the status may come in one packet with the channel itself. */
const ends = new WeakMap<ClientChannel, End>();

export function open(client: ssh2.Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      channel.on('exit', (status: number | null, signal?: string) => {
        ends.set(channel, { status: status ?? undefined, signal });
      });
      resolve(channel);
    });
  });
}

/** What a channel brings until it closes. */
export async function outcome(channel: ClientChannel): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.on('data', (piece: Buffer) => stdout.push(piece));
  channel.stderr.on('data', (piece: Buffer) => stderr.push(piece));
  // `close` waits for the first output only: what a slow reader has not read of the second would be missing.
  await Promise.all([once(channel, 'close'), once(channel.stderr, 'end')]);
  const { status, signal } = ends.get(channel) ?? { status: undefined, signal: undefined };
  return { status, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Runs a command without input. */
export async function run(client: ssh2.Client, command: string): Promise<Outcome> {
  const channel = await open(client, command);
  const ended = outcome(channel);
  channel.end();
  return ended;
}

/** Whether a process runs: one that has ended and only waits for its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
    return !state.startsWith('Z');
  } catch {
    return false;
  }
}

/** Waits until a condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs a program and answers its output whatever its status. */
export async function tool(file: string, args: readonly string[], input = ''): Promise<Omit<Outcome, 'signal'>> {
  const running = promisify(execFile)(file, args, { timeout: 20_000 });
  const { stdin } = (running as typeof running & { child: ChildProcess }).child;
  stdin?.on('error', () => undefined).end(input);
  try {
    return { status: 0, ...(await running) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

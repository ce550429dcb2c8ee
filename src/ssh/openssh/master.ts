import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import { RemoteError } from '../../base/errors.ts';
import { sh } from '../../base/shell.ts';
import type { ConnectionTiming } from '../connection.ts';
import type { HandshakeTiming } from '../handshake.ts';
import { endGroup, failureOf, isOnPath, lastWords } from '../processes.ts';
import type { Environment } from '../processes.ts';
import type { AskPerson, Prompt } from '../prompts.ts';
import type { PipedProcess } from '../proxy-command.ts';
import { describeHost } from '../spec.ts';
import type { HostSpec } from '../spec.ts';
import { masterArguments } from './arguments.ts';
import type { MasterWishes } from './arguments.ts';
import { serveQuestions } from './askpass.ts';
import { makeFolder, removeFolder } from './folder.ts';
import { spawnGuarded } from './guardian.ts';
import { Patience } from './patience.ts';
import { SSH, sshMissing } from './program.ts';

/** The process that keeps a connection. */
export interface Master {
  /** Where it takes requests. */
  readonly socket: string;
  /** Settles with the reason when it has ended. */
  readonly ended: Promise<string>;
  /** Asks it to go. */
  stop(): void;
  /** Ends it and whatever it has started. */
  kill(): void;
}

export interface MasterRequest {
  readonly spec: HostSpec;
  readonly timing: HandshakeTiming & ConnectionTiming;
  readonly clock: Clock;
  readonly env: Environment;
  readonly ask: AskPerson | undefined;
  readonly newHostKeys: MasterWishes['newHostKeys'];
  readonly proxyCommand: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Connects and logs in, once. Rejects with what ssh said, and leaves nothing behind then. */
export async function startMaster(request: MasterRequest): Promise<Master> {
  const { spec, env, timing, clock, ask, signal } = request;
  if (!(await isOnPath(SSH, env))) throw sshMissing(spec);
  signal?.throwIfAborted();
  const folder = await makeFolder(env);
  const patience = new Patience(clock, timing.handshakeMs + timing.loginMs);
  const questions = ask && (await serveQuestions({ spec, folder, ask: patience.during(ask), env }));
  const child = spawnGuarded({ folder, args: argumentsFor(request, folder), env: { ...env, ...questions?.env } });
  const said = lastWords(child.stderr);
  const master = masterOf(child, folder, said);
  try {
    await Promise.race([
      untilThere(master.socket, { clock, signal: patience.over }),
      master.ended.then(() => Promise.reject(refused(request, said()))),
      aborted(signal, patience.over),
      questions?.declined.then((prompt) => Promise.reject(declined(spec, prompt))) ?? never,
      patience.lost.then((ms) => Promise.reject(timedOut(spec, ms))),
    ]);
    return master;
  } catch (error) {
    master.kill();
    throw error;
  } finally {
    patience.end();
    questions?.close();
  }
}

function argumentsFor({ spec, timing, ask, newHostKeys, proxyCommand }: MasterRequest, folder: string): string[] {
  return masterArguments(spec, {
    ...{ socket: socketIn(folder), newHostKeys, proxyCommand },
    ...{ connectMs: timing.handshakeMs, pingMs: timing.pingMs, deadMs: timing.deadMs },
    asking: ask === undefined ? 'nobody' : 'person',
  });
}

function socketIn(folder: string): string {
  return join(folder, 'master');
}

function masterOf(child: PipedProcess, folder: string, said: () => readonly string[]): Master {
  child.stdout.resume();
  child.stdin.on('error', () => undefined);
  // should the guardian be ended, nobody would do its work
  child.once('exit', () => {
    endGroup(child);
    removeFolder(folder);
  });
  return {
    socket: socketIn(folder),
    ended: failureOf(child).then(() => said().at(-1) ?? 'its ssh process ended'),
    stop: () => child.stdin.end(),
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) endGroup(child);
      removeFolder(folder);
    },
  };
}

const LOOK_MS = 10;

/** ssh listens only when it has logged in. Nothing tells of that but the socket itself. */
async function untilThere(socket: string, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  while (!signal.aborted) {
    const there = await access(socket).then(
      () => true,
      () => false,
    );
    if (there) return;
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

const never = new Promise<never>(() => undefined);

function aborted(given: AbortSignal | undefined, over: AbortSignal): Promise<never> {
  if (given === undefined) return never;
  return new Promise((_, reject) => {
    const abort = () => reject(given.reason as Error);
    given.addEventListener('abort', abort, { once: true, signal: over });
    if (given.aborted) abort();
  });
}

/** Why, only ssh knows, and it says so in words alone. */
function refused({ spec, ask }: MasterRequest, said: readonly string[]): RemoteError {
  const locked = ask === undefined ? 'A key with a passphrase must be in the agent (ssh-add). ' : '';
  const where = spec.openSshArguments.length > 0 ? spec.openSshArguments : ['-p', String(spec.port), '--', spec.host];
  return new RemoteError({
    code: 'SLIP_OPENSSH',
    host: spec.name,
    message: `No connection to ${describeHost(spec)}: ${said.at(-1) ?? 'ssh ended without a word'}`,
    mend: `${locked}See where it stops: ${sh`ssh -v ${where}`}`,
    detail: said.map((line) => `ssh said: ${line}`),
  });
}

function declined(spec: HostSpec, prompt: Prompt): RemoteError {
  const what = prompt.type === 'challenge' ? 'what the host asks for' : 'the password';
  return new RemoteError({
    code: 'SLIP_AUTH_REFUSED',
    host: spec.name,
    message: `No connection to ${describeHost(spec)}: ${what} was not given.`,
    mend: 'A key in its authorized_keys would need no answer (ssh-copy-id).',
  });
}

function timedOut(spec: HostSpec, ms: number): RemoteError {
  return new RemoteError({
    code: 'SLIP_LOGIN_TIMEOUT',
    host: spec.name,
    message: `No connection to ${describeHost(spec)}: the login was not finished within ${formatDuration(ms)}.`,
    mend: 'Is the host up, and does it let this address in?',
  });
}

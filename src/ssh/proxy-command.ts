import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { RemoteError } from '../base/errors.ts';
import { endGroup, failureOf, lastWords } from './processes.ts';
import type { Environment } from './processes.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';
import { PairedWire } from './wire.ts';
import type { Wire } from './wire.ts';

/** A process with its three pipes. */
export type PipedProcess = ChildProcessByStdio<Writable, Readable, Readable>;

/** A command whose stdin and stdout lead to a host. */
export function openProxyCommand(spec: HostSpec, command: string, env: Environment): Wire {
  // a group of its own: Ctrl-C in the terminal is for us alone, and whatever the command starts is ended with it
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], {
    ...{ stdio: ['pipe', 'pipe', 'pipe'], detached: true },
    env: { ...env },
  });
  return wireOf(child, (status, notes) => commandFailed(spec, status, notes));
}

/** The pipes of a process as a wire; `explain` says what it means when the process fails. */
export function wireOf(child: PipedProcess, explain: (status: string, notes: readonly string[]) => Error): Wire {
  const said = lastWords(child.stderr);
  child.stdin.on('error', () => undefined);
  // what it has started may hold its pipes; its group cannot be another's as long as one of them lives
  child.once('exit', () => endGroup(child));
  return new PairedWire({
    input: child.stdin,
    output: child.stdout,
    close: () => {
      if (child.exitCode === null && child.signalCode === null) endGroup(child);
    },
    over: failureOf(child).then((status) => (status === undefined ? undefined : explain(status, said()))),
    notes: said,
  });
}

function commandFailed(spec: HostSpec, status: string, notes: readonly string[]): RemoteError {
  return new RemoteError({
    code: 'SLIP_PROXY_COMMAND',
    host: spec.name,
    message: `No connection to ${describeHost(spec)}: its ProxyCommand ${status}.`,
    mend: 'Run it in a shell: it must lead to the SSH port of the host. "ssh -G" with the name of the host shows it.',
    detail: notes.map((line) => `it said: ${line}`),
  });
}

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallContext } from '../../src/host/call.ts';
import { createHostClient, type NamedPlace } from '../../src/host/client.ts';
import { hostScript } from '../../src/host/script.ts';
import { createShells } from '../../src/host/shells.ts';
import type { HostClient } from '../../src/host/verbs.ts';
import type { Channel, ChannelEnd } from '../../src/ssh/transport.ts';

/** A host without a network: every channel is a shell of this machine, so the host script is tried under each shell. */
export interface LocalHost extends AsyncDisposable {
  readonly client: HostClient;
  readonly context: CallContext & NamedPlace;
  readonly deployTo: string;
}

export interface LocalHostOptions {
  /** argv of the login shell, e.g. ["busybox", "sh"]. */
  readonly shell?: readonly string[];
  readonly deployTo?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function localHost({ shell = ['dash'], deployTo, env = {} }: LocalHostOptions = {}): Promise<LocalHost> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-host-')));
  const place: NamedPlace = {
    host: 'local-1',
    deployTo: deployTo ?? join(folder, 'srv'),
    script: hostScript(),
    path: [],
    open: (command) => Promise.resolve(openShell([...shell, '-c', command], { cwd: folder, env })),
  };
  const context = { ...place, shells: createShells(place) };
  return {
    client: createHostClient(context),
    context,
    deployTo: context.deployTo,
    [Symbol.asyncDispose]: async () => {
      endProcesses(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Ends what was started on the host and still works in its folder or names it: bots, workers, prepare steps. */
function endProcesses(folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (pid === String(process.pid)) continue;
    try {
      const cwd = readlinkSync(`/proc/${pid}/cwd`);
      if (cwd.startsWith(folder) || readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(folder)) {
        process.kill(Number(pid), 'SIGKILL');
      }
    } catch {
      // it ended a moment ago, or is not ours to look at
    }
  }
}

function openShell([program, ...args]: readonly string[], place: Place): Channel {
  const child = spawn(program!, args, {
    detached: true,
    cwd: place.cwd,
    env: { ...process.env, ...place.env },
  });
  let close = () => {};
  const ended = new Promise<ChannelEnd>((resolve) => {
    child.on('close', (code, signal) =>
      resolve(code === null ? { type: 'signal', signal: String(signal) } : { type: 'exit', status: code }),
    );
    child.on('error', (error) => resolve({ type: 'lost', reason: error.message }));
    // as under sshd without a terminal: nobody is signalled, the command finds its pipes closed
    close = () => {
      child.stdin.destroy();
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({ type: 'lost', reason: 'closed' });
    };
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    // sshd signals the whole group, too
    signal: (name) => void process.kill(-child.pid!, `SIG${name}`),
    close: () => close(),
  };
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

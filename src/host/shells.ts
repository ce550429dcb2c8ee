import type { Channel } from '../ssh/transport.ts';
import { createNonce, fitsCommand, type HostPlace, type Sent, serveCommand } from './request.ts';
import { HostShell, type Listener } from './shell.ts';

/** The shells of one host: as many as there are requests at the same time, used again by the next. */
export interface Shells {
  /** Sends a request on a shell that waits for one, or with the command of a new one. */
  begin(request: Sent, listener: Listener): Promise<HostShell>;
  /** The same, on a new shell in any case. */
  beginAnew(request: Sent, listener: Listener): Promise<HostShell>;
}

export interface ShellsOptions extends HostPlace {
  /** A channel that runs the command. */
  readonly open: (command: string) => Promise<Channel>;
  /** What a login may take, ms. */
  readonly startMs?: number;
}

/** Login scripts that ask the network for something take their seconds. */
const START_MS = 15_000;

export function createShells(options: ShellsOptions): Shells {
  let shells: readonly HostShell[] = [];
  const { startMs = START_MS } = options;
  const open = async (first?: Sent): Promise<HostShell> => {
    const nonce = createNonce();
    const channel = await options.open(serveCommand(options, nonce, first));
    const shell = new HostShell(channel, { nonce, packed: options.script.packed, startMs });
    shells = [...shells.filter((one) => one.isOpen), shell];
    return shell;
  };
  const send = async (shell: HostShell, request: Sent, listener: Listener) => {
    await shell.send(request, listener);
    return shell;
  };
  const beginAnew: Shells['beginAnew'] = async (request, listener) => {
    if (!fitsCommand(request)) return send(await open(), request, listener);
    const opened = await open(request);
    opened.hear(request.nonce, listener);
    return opened;
  };
  return {
    begin: (request, listener) => {
      const idle = shells.find((one) => one.isIdle);
      return idle ? send(idle, request, listener) : beginAnew(request, listener);
    },
    beginAnew,
  };
}

import type { Socket } from 'node:net';
import { specFrom } from './config/spec-from.ts';
import { isOn, valueOf } from './config/settings.ts';
import type { HostSpec, Target } from './spec.ts';
import { guessSshConfig } from './ssh-config.ts';
import type { SshConfigSource } from './ssh-config.ts';
import { openSocket } from './tcp.ts';

/** Where a socket leads. */
type Way = Pick<HostSpec, 'host' | 'port' | 'addressFamily' | 'bindAddress'>;

/**
 * A TCP connection that is begun while OpenSSH is still asked where the host is: our own reading of its files says the same
 * sooner, and where it does not, the connection is dropped before a word was said. Saves one round trip at every start.
 */
export class Knock {
  readonly #over = new AbortController();
  #opened: { readonly way: Way; readonly socket: Promise<Socket> } | undefined;

  constructor(target: Target, source: SshConfigSource) {
    // a guess that fails is none: whoever resolves the host says why
    this.#begin(target, source).catch(() => undefined);
  }

  /** The socket, once, when it leads where the host is. */
  take(spec: Way, signal: AbortSignal): Promise<Socket> | undefined {
    const opened = this.#opened;
    if (opened === undefined || !isSame(opened.way, spec)) return undefined;
    this.#opened = undefined;
    const giveUp = () => this.#over.abort(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    return opened.socket.finally(() => signal.removeEventListener('abort', giveUp));
  }

  /** What nobody has taken is dropped. */
  end(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#over.abort();
    opened?.socket.then((socket) => socket.destroy()).catch(() => undefined);
  }

  async #begin({ name, host, user, port }: Target, source: SshConfigSource): Promise<void> {
    const wanted = { host, user, port, jump: undefined };
    const config = await guessSshConfig(wanted, source);
    const spec = specFrom({ name, wanted, config, source });
    const isDirect = spec.proxyCommand === undefined && valueOf(config, 'proxyjump') === undefined;
    if (!isDirect || isOn(config, 'canonicalizehostname') || this.#over.signal.aborted) return;
    const socket = openSocket(spec, this.#over.signal);
    socket.catch(() => undefined);
    this.#opened = { way: spec, socket };
  }
}

function isSame(one: Way, other: Way): boolean {
  return (['host', 'port', 'addressFamily', 'bindAddress'] as const).every((key) => one[key] === other[key]);
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { RemoteError } from '../../base/errors.ts';
import type { Clock } from '../../base/clock.ts';
import type { ConnectionTiming } from '../connection.ts';
import { Lifetime } from '../lifetime.ts';
import { Places } from '../places.ts';
import type { Answer } from '../places.ts';
import type { Environment } from '../processes.ts';
import { wireOf } from '../proxy-command.ts';
import type { PipedProcess } from '../proxy-command.ts';
import { describeHost } from '../spec.ts';
import type { HostSpec } from '../spec.ts';
import type { Channel, Hop } from '../transport.ts';
import { type Way, wayOf } from '../way.ts';
import type { Wire } from '../wire.ts';
import { channelArguments, checkArguments, forwardArguments, proxyThrough } from './arguments.ts';
import { OpenSshChannel } from './channel.ts';
import { signalCommand, wrapCommand } from './command.ts';
import type { Master } from './master.ts';
import { SSH } from './program.ts';

export interface OpenSshParts {
  readonly spec: HostSpec;
  readonly master: Master;
  readonly timing: ConnectionTiming;
  readonly clock: Clock;
  readonly env: Environment;
}

/** A connection that the system's ssh keeps: one process for it, and one for each channel. */
export class OpenSshConnection implements Hop {
  readonly host: string;
  readonly way: Way;
  readonly #parts: OpenSshParts;
  readonly #life: Lifetime;
  readonly #places: Places;

  constructor(parts: OpenSshParts) {
    const { spec, clock, timing, master } = parts;
    this.#parts = parts;
    this.host = spec.name;
    this.way = wayOf(spec, 'openssh');
    this.#life = new Lifetime(spec);
    this.#places = new Places({ spec, clock, channelMs: timing.channelMs, over: this.#life.over });
    void master.ended.then((why) => this.#lose(why));
  }

  get lost(): AbortSignal {
    return this.#life.lost;
  }

  get over(): AbortSignal {
    return this.#life.over;
  }

  get proxyCommand(): string {
    return proxyThrough(this.#parts.master.socket);
  }

  #lose(why: string): void {
    if (this.#life.lose(why)) this.#places.loseAll(why);
  }

  open(command: string): Promise<Channel> {
    return this.#places.open(command, () => this.#request(command));
  }

  async #request(command: string): Promise<Answer> {
    const { spec, master, clock, timing } = this.#parts;
    const mark = `slipway-${randomBytes(16).toString('hex')}`;
    const child = this.#spawn(channelArguments(spec, master.socket, wrapCommand(command, mark)));
    const channel = new OpenSshChannel(child, mark, {
      masterLives: () => this.#masterLives(),
      signal: (name, pid) => void this.#spawn(channelArguments(spec, master.socket, signalCommand(name, pid))),
    });
    const waiting = new AbortController();
    // a forced command may be silent for ever
    const patience = new AbortController();
    clock.sleep(timing.channelMs, waiting.signal).then(
      () => patience.abort(),
      () => undefined,
    );
    const begun = await channel.begun(patience.signal);
    waiting.abort();
    if (begun) return { type: 'open', channel };
    if (await this.#masterLives()) return { type: 'full', reason: 'it refuses a further session' };
    throw this.#life.over.reason;
  }

  #spawn(args: readonly string[]): PipedProcess {
    const env = { ...this.#parts.env };
    const child = spawn(SSH, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env });
    child.on('error', () => undefined);
    return child;
  }

  /** Asks it, rather than to wait for news of its end, which may come later than those of a channel's. */
  async #masterLives(): Promise<boolean> {
    if (this.#life.over.aborted) return false;
    const child = this.#spawn(checkArguments(this.#parts.master.socket));
    child.stdout.resume();
    child.stderr.resume();
    const status = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null)).once('exit', resolve);
    });
    if (status === 0) return true;
    // one that does not answer serves nobody
    await this.#endMaster();
    this.#lose(await this.#parts.master.ended);
    return false;
  }

  async #endMaster(): Promise<void> {
    const { master, clock, timing } = this.#parts;
    master.stop();
    const gone = new AbortController();
    void master.ended.then(() => gone.abort());
    await clock.sleep(timing.closeMs, gone.signal).then(
      () => master.kill(),
      () => undefined,
    );
  }

  forward(host: string, port: number): Promise<Wire> {
    const { spec, master } = this.#parts;
    if (this.#life.over.aborted) return Promise.reject(this.#life.over.reason as Error);
    const child = this.#spawn(forwardArguments(master.socket, host, port));
    return Promise.resolve(wireOf(child, () => notForwarded(spec)));
  }

  async close(): Promise<void> {
    if (this.#life.close()) this.#places.loseAll('slipway closed the connection');
    await this.#endMaster();
  }
}

function notForwarded(spec: HostSpec): RemoteError {
  return new RemoteError({
    code: 'SLIP_JUMP_REFUSED',
    host: spec.name,
    message: `${describeHost(spec)} does not connect any further.`,
    mend: 'Look at AllowTcpForwarding and PermitOpen in its sshd_config, and whether it reaches the next host.',
  });
}

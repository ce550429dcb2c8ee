import { Cancelled, ConnectionLostError, RemoteError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { Valve } from '../base/valve.ts';
import type { ChannelEnd } from '../ssh/transport.ts';
import { type Frame, text } from './frames.ts';
import { notLoaded } from './not-loaded.ts';
import { type Payload, sendPayload } from './payload.ts';
import { createNonce, type Request, requestText, type Sent } from './request.ts';
import type { HostShell, Listener, ShellEnd } from './shell.ts';
import type { Shells } from './shells.ts';

/** The way to one host. */
export interface CallContext {
  readonly host: string;
  readonly shells: Shells;
}

export interface CallOptions {
  readonly onFrame?: (frame: Frame) => void;
  /** Lines that are no frames, of a verb that passes on what it reads: from its first frame on, those that begin with `{` or `|`. */
  readonly onLine?: (line: string) => void;
  /** Follows the request on stdin. */
  readonly payload?: Payload;
  /** `alone`: the verb has stdin to itself, and takes its end for our going away. */
  readonly stdin?: 'alone' | 'shared';
  /** `new`: whatever goes on for long leaves a shell that waits for requests to those who are about to come. */
  readonly shell?: 'new' | 'any';
  /** Sent on the shell of this call without waiting for its end: the host takes one after the other. */
  readonly behind?: Call;
  /** Holds the host back: what the verb says is not read while it is shut. For a verb that has a shell to itself. */
  readonly valve?: Valve | undefined;
  readonly signal?: AbortSignal;
  /** Longest silence before the call is given up, ms. */
  readonly quietMs?: number;
}

/** A call that is under way. */
export interface Call {
  /** Writes to the verb's stdin. */
  write(text: string): void;
  /** Ends stdin: the verb takes it as "the client is gone". */
  end(): void;
  readonly shell: HostShell;
  /** Every frame when the verb has ended with 0; rejects with ConnectionLostError or RemoteError. */
  readonly done: Promise<readonly Frame[]>;
}

const QUIET_MS = 60_000;

export async function startCall(context: CallContext, request: Request, options: CallOptions = {}): Promise<Call> {
  const nonce = createNonce();
  const sent = { nonce, text: requestText(request, nonce) };
  const answer = new Answer({ ...options, host: context.host, request });
  const shell = await begin(context, sent, { answer, ...options });
  answer.watch(shell);
  if (options.stdin === 'alone') shell.handOver();
  if (options.payload) shell.fill(nonce);
  const unread = options.payload ? sendPayload(shell, options.payload, () => answer.heard()) : () => undefined;
  return {
    write: (text) => void shell.write(text),
    end: () => void shell.end(),
    shell,
    done: answer.done.catch((thrown: unknown) => {
      throw unread() ?? thrown;
    }),
  };
}

interface Beginning extends Pick<CallOptions, 'behind' | 'shell'> {
  readonly answer: Answer;
}

async function begin({ shells }: CallContext, sent: Sent, { answer, behind, shell }: Beginning): Promise<HostShell> {
  if (shell === 'new') return shells.beginAnew(sent, answer);
  if (!behind?.shell.isOpen) return shells.begin(sent, answer);
  await behind.shell.send(sent, answer);
  return behind.shell;
}

/** One request, to its end. */
export async function call(
  context: CallContext,
  request: Request,
  options: CallOptions = {},
): Promise<readonly Frame[]> {
  return (await startCall(context, request, options)).done;
}

interface Asked extends CallOptions {
  readonly host: string;
  readonly request: Request;
}

/** Hears one request to its end, and judges it: only an "end" frame with 0 is a success. */
class Answer implements Listener {
  readonly #asked: Asked;
  readonly #frames: Frame[] = [];
  readonly #noise: string[] = [];
  readonly #over = Promise.withResolvers<readonly Frame[]>();
  readonly #give: () => void;
  #timer: NodeJS.Timeout | undefined;
  #shell: HostShell | undefined;
  #begun = false;
  #quiet = false;
  #isSettled = false;

  constructor(asked: Asked) {
    this.#asked = asked;
    this.#give = () => this.#shell?.close();
    // whoever waits is told; nobody has to
    this.#over.promise.catch(() => undefined);
  }

  get done(): Promise<readonly Frame[]> {
    return this.#over.promise;
  }

  /** From now on silence, or the caller, may end it. */
  watch(shell: HostShell): void {
    this.#shell = shell;
    const { signal, valve } = this.#asked;
    if (this.#isSettled) return;
    valve?.attach(shell);
    signal?.addEventListener('abort', this.#give, { once: true });
    if (signal?.aborted) this.#give();
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    if (this.#isSettled) return;
    this.#timer = setTimeout(() => {
      this.#quiet = true;
      this.#give();
    }, this.#asked.quietMs ?? QUIET_MS);
  }

  onFrame(frame: Frame): void {
    this.heard();
    this.#begun = true;
    if (frame.kind === 'tick') return;
    // followed frames are not kept: a log may run for days
    if (!this.#asked.onFrame || isVerdict(frame)) this.#frames.push(frame);
    this.#asked.onFrame?.(frame);
    if (frame.kind !== 'end') return;
    if (this.#asked.stdin === 'alone') void this.#shell?.end();
    if (this.#frames.some(({ kind }) => kind === 'fail'))
      this.onOver({ type: 'exit', status: Number(frame.fields[0]) });
  }

  onNoise(line: string): void {
    const { onLine } = this.#asked;
    if (onLine && this.#begun && /^[{|]/.test(line)) {
      onLine(line);
      return;
    }
    this.#noise.push(line);
    if (this.#noise.length > 20) this.#noise.shift();
  }

  onOver(end: ShellEnd): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#asked.signal?.removeEventListener('abort', this.#give);
    try {
      this.#over.resolve(this.#judge(end));
    } catch (thrown) {
      this.#over.reject(thrown);
    }
  }

  #judge(end: ShellEnd): readonly Frame[] {
    const { host, request, signal } = this.#asked;
    const last = this.#frames.findLast((frame) => frame.kind === 'end');
    const failure = this.#frames.findLast((frame) => frame.kind === 'fail');
    if (failure) throw new HostFailure(host, failure.fields);
    if (last?.fields[0] === '0') return this.#frames;
    if (signal?.aborted) throw new Cancelled(`"${request.verb}" on ${host} was stopped.`);
    if (end.type === 'notLoaded') throw notLoaded(host, end.trouble, this.#noise);
    if (this.#quiet) throw silent(this.#asked);
    // without its last word nobody knows what was done
    if (!last && (this.#begun || end.type !== 'exit' || end.status === 0)) throw lost(this.#asked, end);
    throw new RemoteError({
      code: 'SLIP_HOST_SCRIPT',
      host,
      message: `"${request.verb}" ended unexpectedly on ${host} (${describe(end, last)}).`,
      detail: this.#noise.map(sanitise),
    });
  }
}

function isVerdict(frame: Frame): boolean {
  return frame.kind === 'end' || frame.kind === 'fail';
}

function silent({ host, request, quietMs = QUIET_MS }: Asked): RemoteError {
  return new RemoteError({
    code: 'SLIP_HOST_SILENT',
    host,
    message: `${host} accepted "${request.verb}" and then said nothing for ${Math.round(quietMs / 1000)} s.`,
    mend: 'Look for a hanging disk or a very high load on the host, then try again.',
  });
}

function lost({ host, request }: Asked, end: ChannelEnd): ConnectionLostError {
  return new ConnectionLostError({
    code: 'SLIP_CONNECTION_LOST',
    host,
    message: `The connection to ${host} was lost during "${request.verb}" (${end.type === 'lost' ? end.reason : describe(end)}).`,
    mend: 'Run it again when the host is back: how far it came is read first.',
  });
}

function describe(end: ChannelEnd, last?: Frame): string {
  if (last) return `status ${text(last, 0) || '?'}`;
  if (end.type === 'signal') return `ended by ${sanitise(end.signal)}`;
  return end.type === 'exit' ? `status ${end.status}` : end.type;
}

/** A failure the host script names itself: a code, then the words that belong to it. `failures.ts` gives it its mend. */
export class HostFailure extends Error {
  readonly host: string;
  readonly failure: string;
  readonly words: readonly string[];

  constructor(host: string, [failure = '', ...words]: readonly string[]) {
    super(`${host}: ${[failure, ...words].map(sanitise).join(' ')}`);
    this.name = 'HostFailure';
    this.host = host;
    this.failure = failure;
    this.words = words.map(sanitise);
  }
}

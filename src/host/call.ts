import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { Cancelled, ConnectionLostError, RemoteError } from '../base/errors.ts';
import { sanitise } from '../base/sanitise.ts';
import type { Channel, ChannelEnd } from '../ssh/transport.ts';
import { type Frame, LineSplitter, parseFrame } from './frames.ts';
import { createNonce, type Request, type RequestContext, requestLine } from './request.ts';

export interface CallContext extends Omit<RequestContext, 'nonce' | 'way'> {
  readonly host: string;
  /** A channel that runs BOOT, opened beforehand where possible. */
  takeChannel(): Promise<Channel>;
}

export interface CallOptions {
  readonly onFrame?: (frame: Frame) => void;
  /** Follows the request line on stdin, which ends after it. Without a payload stdin stays open until the call ends. */
  readonly payload?: () => Readable;
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
  /** Every frame when the verb has ended with 0; rejects with ConnectionLostError or RemoteError. */
  readonly done: Promise<readonly Frame[]>;
}

const QUIET_MS = 60_000;

export async function startCall(context: CallContext, request: Request, options: CallOptions = {}): Promise<Call> {
  const channel = await context.takeChannel();
  const nonce = createNonce();
  const watch = quietWatch(channel, options);
  const way = options.payload ? 'installed only' : 'ask';
  const answer = readAnswer(channel, { ...options, nonce, context, request, watch });
  channel.stdin.on('error', () => undefined); // the channel's end tells why
  channel.stdin.write(requestLine(request, { ...context, nonce, way }));
  const unread = options.payload ? sendPayload(channel, options.payload(), watch) : () => undefined;
  return {
    write: (text) => channel.stdin.write(text),
    end: () => channel.stdin.end(),
    done: answer.catch((thrown: unknown) => {
      throw unread() ?? thrown;
    }),
  };
}

/** One request, to its end. */
export async function call(
  context: CallContext,
  request: Request,
  options: CallOptions = {},
): Promise<readonly Frame[]> {
  const answer = async () => (await startCall(context, request, options)).done;
  try {
    return await answer();
  } catch (thrown) {
    if (!(thrown instanceof ScriptLacking)) throw thrown;
    await call(context, { verb: 'install' });
    return answer();
  }
}

/** Returns why the payload could not be read, should that be the reason for whatever comes. */
function sendPayload(channel: Channel, payload: Readable, watch: QuietWatch): () => unknown {
  let unread: unknown;
  const passed = async function* () {
    try {
      for await (const chunk of payload) {
        watch.heard(); // that the host takes it is a sign of life
        yield chunk as Buffer;
      }
    } catch (thrown) {
      unread = thrown;
      throw thrown;
    }
  };
  pipeline(passed, channel.stdin).catch(() => undefined);
  return () => unread;
}

interface Reading extends CallOptions {
  readonly nonce: string;
  readonly context: CallContext;
  readonly request: Request;
  readonly watch: QuietWatch;
}

async function readAnswer(channel: Channel, reading: Reading): Promise<readonly Frame[]> {
  const { watch, context, request, payload } = reading;
  const frames: Frame[] = [];
  const noise: string[] = [];
  const seen = { begun: false, lack: false };
  const lastWord = Promise.withResolvers<ChannelEnd>();
  const onFrame = (frame: Frame) => {
    watch.heard();
    seen.begun = true;
    if (frame.kind === 'script' && payload) seen.lack = true;
    else if (frame.kind === 'script') channel.stdin.write(context.script.packed);
    else if (frame.kind !== 'tick') {
      // followed frames are not kept: a log may run for days
      if (!reading.onFrame || isVerdict(frame)) frames.push(frame);
      reading.onFrame?.(frame);
      // what waits for our stdin must not hold the channel open
      if (frame.kind === 'end') channel.stdin.end();
      if (frame.kind === 'end' && frame.fields[0] === '0') lastWord.resolve({ type: 'exit', status: 0 });
    }
  };
  readLines(channel.stdout, (line) => {
    const frame = parseFrame(line, reading.nonce);
    if (frame) onFrame(frame);
    else keepLast(noise, line);
  });
  readLines(channel.stderr, (line) => keepLast(noise, line));
  // the verb's last word is the answer: what it left running may hold the channel open a while longer
  const end = await Promise.race([channel.ended, lastWord.promise]);
  watch.stop();
  channel.stdin.end();
  if (seen.lack) throw new ScriptLacking(context.host, request);
  return judge({ frames, noise, end, reading, begun: seen.begun });
}

function isVerdict(frame: Frame): boolean {
  return frame.kind === 'end' || frame.kind === 'fail';
}

interface Answer {
  readonly frames: readonly Frame[];
  readonly noise: readonly string[];
  readonly end: ChannelEnd;
  readonly reading: Reading;
  /** At least one frame came: the script had begun. */
  readonly begun: boolean;
}

/** Only an "end" frame with 0 is a success; a channel without one says nothing about what was done. */
function judge({ frames, noise, end, reading, begun }: Answer): readonly Frame[] {
  const { host } = reading.context;
  const { verb } = reading.request;
  const last = frames.findLast((frame) => frame.kind === 'end');
  const failure = frames.findLast((frame) => frame.kind === 'fail');
  if (failure) throw new HostFailure(host, failure.fields);
  if (last?.fields[0] === '0') return frames;
  if (reading.signal?.aborted) throw new Cancelled(`"${verb}" on ${host} was stopped.`);
  if (reading.watch.wasQuiet()) {
    throw new RemoteError({
      code: 'SLIP_HOST_SILENT',
      host,
      message: `${host} accepted "${verb}" and then said nothing for ${seconds(reading)} s.`,
      mend: 'Look for a hanging disk or a very high load on the host, then try again.',
    });
  }
  if (!last && (begun || end.type !== 'exit' || end.status === 0)) {
    throw new ConnectionLostError({
      code: 'SLIP_CONNECTION_LOST',
      host,
      message: `The connection to ${host} was lost during "${verb}" (${end.type === 'lost' ? end.reason : describe(end)}).`,
    });
  }
  throw new RemoteError({
    code: 'SLIP_HOST_SCRIPT',
    host,
    message: `"${verb}" ended unexpectedly on ${host} (${describe(end, last)}).`,
    detail: noise.map(sanitise),
  });
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

/** The script is not there, and stdin was needed for something else. */
class ScriptLacking extends HostFailure {
  constructor(host: string, { verb }: Request) {
    super(host, ['install', verb]);
  }
}

function describe(end: ChannelEnd, last?: Frame): string {
  if (last) return `status ${last.fields[0] ?? '?'}`;
  if (end.type === 'signal') return `ended by ${end.signal}`;
  return end.type === 'exit' ? `status ${end.status}` : end.type;
}

function seconds({ quietMs = QUIET_MS }: Reading): number {
  return Math.round(quietMs / 1000);
}

interface QuietWatch {
  heard(): void;
  stop(): void;
  wasQuiet(): boolean;
}

/** Gives the channel up when nothing was heard for too long, or when the caller asks for it. */
function quietWatch(channel: Channel, { quietMs = QUIET_MS, signal }: CallOptions): QuietWatch {
  let quiet = false;
  const give = () => channel.close();
  const onQuiet = () => {
    quiet = true;
    give();
  };
  let timer = setTimeout(onQuiet, quietMs);
  signal?.addEventListener('abort', give, { once: true });
  if (signal?.aborted) give();
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(onQuiet, quietMs);
    },
    stop: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', give);
    },
    wasQuiet: () => quiet,
  };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  const splitter = new LineSplitter();
  stream.on('data', (chunk: Buffer) => splitter.push(chunk).forEach(onLine));
  stream.on('end', () => splitter.end().forEach(onLine));
  stream.on('error', () => undefined); // the channel's end tells why
}

function keepLast(noise: string[], line: string): void {
  noise.push(line);
  if (noise.length > 20) noise.shift();
}

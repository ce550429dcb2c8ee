import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  onWorkerFrame,
  readArrived,
  readLines,
  readLockAnswer,
  readManifest,
  readPlan,
  readReceiveAnswer,
  readTime,
  readUnlockAnswer,
} from './answers.ts';
import { call, type CallContext, type CallOptions, HostFailure, startCall } from './call.ts';
import { openControl } from './control.ts';
import { withMend } from './failures.ts';
import { type Frame, text } from './frames.ts';
import { logsCall, logsRequest } from './logs.ts';
import { instanceVariables } from './instance-variables.ts';
import { parseHistory } from './records.ts';
import { readHostState, readServers } from './reading.ts';
import { sampleCall, sampleRequest } from './sampling.ts';
import type { Request } from './request.ts';
import {
  arrivedRequest,
  finishRequest,
  hookCall,
  hookRequest,
  lockRequest,
  prepareCall,
  prepareRequest,
  probeRequest,
  receiveRequest,
  sharedVariables,
  taskText,
  trafficRequest,
} from './requests.ts';
import { createShells, type ShellsOptions } from './shells.ts';
import type { HostClient, LockAnswer, LockOptions, WorkerFrame } from './verbs.ts';
import type { ReceiveAnswer, ReceiveOptions } from './receiving.ts';

/** Up to here it comes in the request, which a shell reads byte by byte. */
const LONG_JOURNAL = 1024;

/** Below this nothing a worker does is quiet: a following channel ticks every second. */
const FOLLOW_QUIET_MS = 45_000;
const NEVER_MS = 2 ** 31 - 1;

export interface NamedPlace extends ShellsOptions {
  readonly host: string;
}

export function createHostClient(place: NamedPlace): HostClient {
  const context: HostContext = { ...place, shells: createShells(place) };
  const ask: Ask = async (request, options) => {
    try {
      return await call(context, request, options);
    } catch (thrown) {
      throw withMend(thrown);
    }
  };
  return {
    host: context.host,
    ...readingVerbs(context, ask),
    ...stageVerbs(context, ask),
    ...instanceVerbs(context, ask),
    control: (rollout, onLine) => openControl(context, rollout, onLine),
  };
}

type HostContext = CallContext & NamedPlace;

type Ask = (request: Request, options?: CallOptions) => Promise<readonly Frame[]>;

/** Hashing a whole release takes its time, and says nothing meanwhile. */
const HASHING = { quietMs: 10 * 60_000 };

function readingVerbs({ host }: CallContext, ask: Ask) {
  return {
    probe: async (options) => readHostState(host, await ask(probeRequest(options)), options.instances),
    time: async () => readTime(await ask({ verb: 'clock' })),
    manifest: (digest) => readManifest(ask, digest),
    verify: async ({ release, digest, shared }) => {
      await ask({ verb: 'verify', variables: { release, digest, ...sharedVariables(shared) } }, HASHING);
    },
    history: async (count) =>
      (await ask({ verb: 'history', variables: { count } })).flatMap((frame) =>
        frame.kind === 'line' ? (parseHistory(frame.fields[0] ?? '') ?? []) : [],
      ),
    sample: async (options, onSamples) => {
      await ask(sampleRequest(options), sampleCall(options, onSamples));
    },
    logs: async (options) => {
      await ask(logsRequest(options), logsCall(options));
    },
    analysed: async () => readLines(await ask({ verb: 'analysed' })),
    log: async (instance, { onLine, signal }) => {
      const onFrame = (frame: Frame) => {
        if (frame.kind === 'line') onLine(text(frame, 0));
      };
      await ask(
        { verb: 'log', variables: instanceVariables(instance) },
        { stdin: 'alone', signal, quietMs: NEVER_MS, onFrame },
      );
    },
  } satisfies Partial<HostClient>;
}

/** What is received behind a lock that is refused is refused, too: nobody asks for that end. */
async function lock(context: CallContext, options: LockOptions): Promise<LockAnswer> {
  const { look, receive } = options;
  const readState = look && ((frames: readonly Frame[]) => readHostState(context.host, frames, look.instances));
  const locking = await startCall(context, lockRequest(options));
  const early =
    receive && received(call(context, receiveRequest(receive), { ...receiveCall(receive), behind: locking }));
  early?.catch(() => undefined);
  const answer = readLockAnswer(await locking.done, readState);
  return answer.type === 'refused' || !early ? answer : { ...answer, received: early };
}

/** What did not unpack may be unread in part, so it ends as a failure; for us it is an answer. */
async function received(answer: Promise<readonly Frame[]>): Promise<ReceiveAnswer> {
  try {
    return readReceiveAnswer(await answer);
  } catch (thrown) {
    if (thrown instanceof HostFailure && thrown.failure === 'unpackable') return { type: 'unpackable' };
    throw withMend(thrown);
  }
}

function receiveCall({ payload, bytes, signal }: ReceiveOptions): CallOptions {
  return { payload: { bytes, open: payload }, signal, ...HASHING };
}

function stageVerbs(context: CallContext, ask: Ask) {
  return {
    lock: async (options) => {
      try {
        return await lock(context, options);
      } catch (thrown) {
        throw withMend(thrown);
      }
    },
    unlock: async ({ rollout, history = '' }) => {
      const whose = typeof rollout === 'string' ? { rollout, any: 'no' } : { rollout: '', any: 'yes' };
      return readUnlockAnswer(await ask({ verb: 'unlock', variables: { ...whose, history } }));
    },
    own: async (owner) => {
      await ask({ verb: 'own', variables: { rollout: owner.rollout, owner: JSON.stringify(owner) } });
    },
    rollout: async (rollout, plan) => {
      await ask({ verb: 'rollout', variables: { rollout, plan } });
    },
    plan: async (rollout) => readPlan(await ask({ verb: 'plan', variables: { rollout } })),
    events: async (rollout) => readLines(await ask({ verb: 'events', variables: { rollout } })),
    receive: (options) => received(call(context, receiveRequest(options), receiveCall(options))),
    arrived: async (options) => readArrived(await ask(arrivedRequest(options), HASHING)),
    ledger: async (variables) => {
      await ask({ verb: 'ledger', variables });
    },
    prepare: async (options) => {
      await ask(prepareRequest(options), prepareCall(options));
    },
    tell: async (variables) => {
      await ask({ verb: 'tell', variables });
    },
    answer: async (variables) => readLines(await ask({ verb: 'answer', variables }))[0],
    hook: async (options) => {
      await ask(hookRequest(options), hookCall(options));
    },
    traffic: async (options) => {
      const frames = await ask(trafficRequest(options));
      const shifted = frames.some(({ kind, fields }) => kind === 'shifted' && fields[0] === 'yes') ? 'yes' : 'no';
      return { shifted, servers: readServers(frames) };
    },
    finish: async ({ journal, ...options }) => {
      const isLong = journal.length > LONG_JOURNAL;
      // a kilobyte a host of the rollout, once: not worth a stream
      const packed = isLong ? gzipSync(journal) : Buffer.alloc(0);
      const payload = isLong ? { payload: { bytes: packed.length, open: () => Readable.from([packed]) } } : {};
      const sent = { size: packed.length, journal: isLong ? '' : journal.trimEnd() };
      const frames = await ask(finishRequest({ ...options, ...sent }), payload);
      return frames.filter((frame) => frame.kind === 'pruned').map((frame) => text(frame, 0));
    },
  } satisfies Partial<HostClient>;
}

function instanceVerbs({ deployTo }: HostContext, ask: Ask) {
  const follow = async (request: Request, onFrame: (frame: WorkerFrame) => void) => {
    await ask(request, { quietMs: FOLLOW_QUIET_MS, onFrame: (frame) => onWorkerFrame(frame, onFrame) });
  };
  return {
    activate: async ({ rollout, instance, turn, task, hooks, where, onFrame }) => {
      const whole = taskText(deployTo, { rollout, turn, ...task }, hooks);
      const here = where === 'here' ? 'yes' : 'no';
      await follow({ verb: 'activate', variables: { rollout, I: instance, turn, here, task: whole } }, onFrame);
    },
    follow: async ({ rollout, instance, turn, onFrame }) => {
      await follow({ verb: 'follow', variables: { rollout, I: instance, turn } }, onFrame);
    },
    cancel: async ({ rollout, instance, turn }) => {
      await ask({ verb: 'cancel', variables: { rollout, I: instance, turn } });
    },
  } satisfies Partial<HostClient>;
}

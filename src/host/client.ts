import { onWorkerFrame, readLockAnswer, readManifest, readUnlockAnswer } from './answers.ts';
import { call, type CallContext, type CallOptions } from './call.ts';
import { openControl } from './control.ts';
import { withMend } from './failures.ts';
import { type Frame, text } from './frames.ts';
import { instanceVariables } from './instance-variables.ts';
import { parseHistory } from './records.ts';
import { readHostState } from './reading.ts';
import type { Request } from './request.ts';
import {
  finishRequest,
  lockRequest,
  prepareCall,
  prepareRequest,
  probeRequest,
  receiveRequest,
  sharedVariables,
  taskText,
} from './requests.ts';
import type { HostClient, WorkerFrame } from './verbs.ts';

/** Below this nothing a worker does is quiet: a following channel ticks every second. */
const FOLLOW_QUIET_MS = 45_000;
const NEVER_MS = 2 ** 31 - 1;

export function createHostClient(context: CallContext): HostClient {
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

type Ask = (request: Request, options?: CallOptions) => Promise<readonly Frame[]>;

/** Hashing a whole release takes its time, and says nothing meanwhile. */
const HASHING = { quietMs: 10 * 60_000 };

function readingVerbs({ host }: CallContext, ask: Ask) {
  return {
    probe: async (options) => readHostState(host, await ask(probeRequest(options)), options.instances),
    manifest: (digest) => readManifest(ask, digest),
    verify: async ({ release, digest, shared }) => {
      await ask({ verb: 'verify', variables: { release, digest, ...sharedVariables(shared) } }, HASHING);
    },
    history: async (count) =>
      (await ask({ verb: 'history', variables: { count } })).flatMap((frame) =>
        frame.kind === 'line' ? (parseHistory(frame.fields[0] ?? '') ?? []) : [],
      ),
    log: async (instance, { onLine, signal }) => {
      const onFrame = (frame: Frame) => {
        if (frame.kind === 'line') onLine(text(frame, 0));
      };
      await ask({ verb: 'log', variables: instanceVariables(instance) }, { signal, quietMs: NEVER_MS, onFrame });
    },
  } satisfies Partial<HostClient>;
}

function stageVerbs({ host }: CallContext, ask: Ask) {
  return {
    lock: async (options) => {
      const { look } = options;
      const readState = look && ((frames: readonly Frame[]) => readHostState(host, frames, look.instances));
      return readLockAnswer(await ask(lockRequest(options)), readState);
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
    receive: async ({ payload, signal, ...options }) => {
      await ask(receiveRequest(options), { payload, signal, ...HASHING });
    },
    ledger: async (variables) => {
      await ask({ verb: 'ledger', variables });
    },
    prepare: async (options) => {
      await ask(prepareRequest(options), prepareCall(options));
    },
    finish: async (options) =>
      (await ask(finishRequest(options))).filter((frame) => frame.kind === 'pruned').map((frame) => text(frame, 0)),
  } satisfies Partial<HostClient>;
}

function instanceVerbs({ deployTo }: CallContext, ask: Ask) {
  const follow = async (request: Request, onFrame: (frame: WorkerFrame) => void) => {
    await ask(request, { quietMs: FOLLOW_QUIET_MS, onFrame: (frame) => onWorkerFrame(frame, onFrame) });
  };
  return {
    activate: async ({ rollout, instance, turn, task, onFrame }) => {
      const whole = taskText(deployTo, { rollout, turn, ...task });
      await follow({ verb: 'activate', variables: { rollout, I: instance, turn, task: whole } }, onFrame);
    },
    follow: async ({ rollout, instance, turn, onFrame }) => {
      await follow({ verb: 'follow', variables: { rollout, I: instance, turn } }, onFrame);
    },
    cancel: async ({ rollout, instance, turn }) => {
      await ask({ verb: 'cancel', variables: { rollout, I: instance, turn } });
    },
  } satisfies Partial<HostClient>;
}

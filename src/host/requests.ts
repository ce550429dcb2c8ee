import type { InstanceSettings, ProxySettings, SharedSettings } from '../config/settings.ts';
import { assignments, each, lines, type Request, type Variables } from './request.ts';
import { instanceVariables } from './instance-variables.ts';
import type { CallOptions } from './call.ts';
import { type Frame, text } from './frames.ts';
import type {
  FinishOptions,
  HookOptions,
  InstanceHooks,
  LockOptions,
  PrepareOptions,
  ProbeOptions,
  TrafficOptions,
} from './verbs.ts';
import type { ArrivedOptions, ReceiveOptions } from './receiving.ts';

/** The requests of the host client: each verb's variables, as its part of the host script names them. */
export function probeRequest({ instances, shared, proxies = [], depth, spare }: ProbeOptions): Request {
  const asks = (type: string) => (instances.some((instance) => instance.health.probe.type === type) ? 'yes' : 'no');
  return {
    verb: 'probe',
    variables: {
      ...sharedVariables(shared),
      need_http: asks('http'),
      need_tcp: asks('tcp'),
      with_rights: depth === 'rights' ? 'yes' : 'no',
      spare: spare === 'wanted' ? 'yes' : '',
    },
    functions: [
      each(
        'each_instance',
        instances.map((instance: InstanceSettings) => instanceVariables(instance)),
      ),
      each('each_proxy', proxies.map(proxyVariables)),
    ],
  };
}

function proxyVariables({ type, role, socket, backend, servers }: ProxySettings): Variables {
  return { proxy: type, role, socket, backend, servers: lines(servers.map(({ server }) => server)) };
}

export function trafficRequest({ rollout, proxy, ready, drain, enough }: TrafficOptions): Request {
  return {
    verb: 'traffic',
    variables: { rollout, ...proxyVariables(proxy), ready: lines(ready), drain: lines(drain), enough },
  };
}

export function lockRequest(options: LockOptions): Request {
  const { owner, app, stage, dead = '', force = '', takes = '', plan = '', history, look } = options;
  const { variables, functions = [] } = look ? probeRequest(look) : {};
  const lock = { rollout: owner.rollout, owner: JSON.stringify(owner), app, stage, dead, force, takes, plan, history };
  const looking = { look: look ? 'yes' : 'no', seen: look?.seen ?? '' };
  return { verb: 'lock', variables: { ...variables, ...lock, ...looking }, functions };
}

export function receiveRequest(options: Omit<ReceiveOptions, 'payload' | 'signal'>): Request {
  const { rollout, release, base = '', gone, digest, ledger, shared, prepare, plan = '', bytes } = options;
  const { upload, kept = '', whenCut, codec, against } = options;
  return {
    verb: 'receive',
    variables: {
      rollout,
      release,
      base,
      gone,
      digest,
      ledger,
      plan,
      size: bytes,
      copy: prepare.length > 0 ? 'yes' : 'no',
      then_publish: thenPublish(prepare),
      upload,
      kept,
      park: whenCut === 'keep' ? 'yes' : 'no',
      codec,
      against: lines(against),
      drop: lines([...shared.files, ...shared.dirs]),
      ...sharedVariables(shared),
    },
  };
}

/** With nothing to prepare the same request publishes. */
function thenPublish(prepare: ReceiveOptions['prepare']): 'yes' | 'no' {
  return prepare.length > 0 ? 'no' : 'yes';
}

export function arrivedRequest({ release, digest, upload, prepare }: ArrivedOptions): Request {
  return { verb: 'arrived', variables: { release, digest, upload, then_publish: thenPublish(prepare) } };
}

export function prepareRequest({ rollout, stage, release, base = '', steps, shared }: PrepareOptions): Request {
  return {
    verb: 'prepare',
    variables: { rollout, stage, release, base, ...sharedVariables(shared) },
    functions: [
      each(
        'each_step',
        steps.map((step) => ({
          run: step.run,
          key_command: step.key ?? '',
          inputs: lines(step.inputs),
          outputs: lines(step.outputs),
          step_timeout: Math.ceil(step.timeoutMs / 1000),
        })),
      ),
    ],
  };
}

export function prepareCall({ steps, ...told }: PrepareOptions): CallOptions {
  const timeoutMs = Math.max(...steps.map((step) => step.timeoutMs), 0);
  return commandsCall('prepare', ['started', 'finished', 'reused'], { ...told, timeoutMs });
}

interface Commands<State> extends Pick<HookOptions, 'onLine' | 'signal'> {
  /** Of the longest one. */
  readonly timeoutMs: number;
  readonly onStep: (step: { readonly run: string; readonly state: State }) => void;
}

/** Commands that run on the host, one after the other, as long as they are heard. */
function commandsCall<State extends string>(
  kind: string,
  states: readonly State[],
  { timeoutMs, onStep, onLine, signal }: Commands<State>,
): CallOptions {
  return {
    stdin: 'alone',
    signal,
    // their own timeout on the host speaks first
    quietMs: timeoutMs + 60_000,
    onFrame: (frame: Frame) => {
      if (frame.kind === 'out') onLine(text(frame, 0));
      const state = states.find((one) => one === frame.fields[0]);
      if (frame.kind === kind && state !== undefined) onStep({ run: text(frame, 1), state });
    },
  };
}

export function hookRequest({
  rollout,
  when,
  stage,
  release,
  host,
  commands,
  timeoutMs,
  ...more
}: HookOptions): Request {
  const { previous = '', revision = '' } = more;
  const step_timeout = Math.ceil(timeoutMs / 1000);
  return {
    verb: 'hook',
    variables: { rollout, when, stage, release, previous, revision, host, step_timeout },
    functions: [
      each(
        'each_hook',
        commands.map((run) => ({ run })),
      ),
    ],
  };
}

export function hookCall(options: HookOptions): CallOptions {
  return commandsCall('hook', ['started', 'finished'], options);
}

/** `size`: bytes of the journal that follows on stdin. */
type Finishing = FinishOptions & { readonly size: number };

export function finishRequest({ rollout, marks, prune, history, lock, spare, journal, size }: Finishing): Request {
  return {
    verb: 'finish',
    variables: {
      rollout,
      marks: lines(marks.map(({ release, status }) => `${release} ${status}`)),
      prune: lines(prune),
      history,
      release_lock: lock === 'release' ? 'yes' : 'no',
      spare: spare === 'wanted' ? 'yes' : '',
      journal,
      size,
    },
  };
}

export function sharedVariables(shared: SharedSettings): Variables {
  return { shared_files: lines(shared.files), shared_dirs: lines(shared.dirs) };
}

/** The task file: the worker runs without a request, so it also carries what a request would have set. */
export function taskText(deployTo: string, task: Variables, hooks: InstanceHooks): string {
  const commands = (runs: readonly string[]) => runs.map((run) => ({ run }));
  return [
    assignments({ D: deployTo, hook_timeout: Math.ceil(hooks.timeoutMs / 1000), ...task }),
    each('hooks_before', commands(hooks.beforeSwitch)),
    each('hooks_after', commands(hooks.afterSwitch)),
  ].join('\n');
}

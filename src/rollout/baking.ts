import { SlipwayError } from '../base/errors.ts';
import type { InstanceState } from '../host/state.ts';
import { hostOf, instanceOf, type RolloutContext } from './context.ts';

const LOOK_MS = 5000;
const BAD_LOOKS = 3;

/**
 * Watches the updated instances for `ms`. Answers with those that got worse and why: they stopped running, or were
 * unhealthy at three looks in a row. Ends early when one did, when somebody asks for a pause, or urgently.
 */
export async function bake(
  context: RolloutContext,
  instances: readonly string[],
  ms: number,
): Promise<ReadonlyMap<string, string>> {
  const { clock, controls, events } = context;
  const since = clock.now();
  events.emit({ type: 'bake.started', until: since + ms, instances });
  const badLooks = new Map<string, number>();
  const worse = new Map<string, string>();
  while (clock.now() - since < ms && worse.size === 0 && !controls.signal().aborted && !controls.wantsPause()) {
    const left = since + ms - clock.now();
    await clock.sleep(Math.min(LOOK_MS, Math.max(1, ms / 5), left), controls.signal()).catch(() => undefined);
    if (controls.signal().aborted) break;
    for (const state of await look(context, instances)) {
      const complaint = complaintOf(state);
      const count = complaint === undefined ? 0 : (badLooks.get(state.id) ?? 0) + 1;
      badLooks.set(state.id, count);
      if (complaint !== undefined && count >= BAD_LOOKS) worse.set(state.id, `got worse while baking: ${complaint}`);
    }
  }
  events.emit({ type: 'bake.finished' });
  return worse;
}

async function look(context: RolloutContext, instances: readonly string[]): Promise<readonly InstanceState[]> {
  const wanted = instances.map((id) => instanceOf(context, id));
  const hosts = [...new Set(wanted.map((instance) => instance.host))];
  const looks = await Promise.all(hosts.map((host) => lookAt(context, host, new Set(instances))));
  return looks.flat();
}

async function lookAt(
  context: RolloutContext,
  host: string,
  wanted: ReadonlySet<string>,
): Promise<readonly InstanceState[]> {
  const instances = [...context.instances.values()].filter((one) => one.host === host && wanted.has(one.id));
  try {
    const state = await hostOf(context, host).probe({ instances, shared: { files: [], dirs: [] }, depth: 'look' });
    return state.instances;
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    // not seen is not worse: the next look may see it, and the next step needs the host anyway
    context.events.emit({ type: 'warning', host, message: thrown.message });
    return [];
  }
}

function complaintOf(state: InstanceState): string | undefined {
  if (state.service.status === 'none') return undefined;
  if (state.service.status !== 'running') return `it is ${state.service.status} (${state.service.detail})`;
  if (state.health?.healthy === false) return `the last answer: ${state.health.outcome}`;
  return undefined;
}

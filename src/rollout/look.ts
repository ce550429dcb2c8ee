import type { InstanceSettings } from '../config/settings.ts';
import type { InstanceState } from '../host/state.ts';
import { hostOf, type RolloutContext } from './context.ts';

/** Instances of one host as they are now, in the midst of a rollout. */
export async function lookAt(
  context: RolloutContext,
  host: string,
  instances: readonly InstanceSettings[],
): Promise<readonly InstanceState[]> {
  const nothing = { files: [], dirs: [] };
  return (await hostOf(context, host).probe({ instances, shared: nothing, depth: 'look' })).instances;
}

import { writtenDuration } from '../base/duration.ts';
import type { Step } from './plan.ts';

/** What a step does, in a few words. */
export function stepTitle(step: Step): string {
  switch (step.type) {
    case 'stage':
      return `stage on ${step.hosts.join(', ')}`;
    case 'update':
      return `update ${step.instances.join(', ')}`;
    case 'hook':
      return `${step.when === 'release' ? 'release hooks' : 'hooks after the rollout'} on ${step.host}`;
    case 'bake':
      return `watch for ${writtenDuration(step.ms)}`;
    case 'analyze':
      return `compare ${step.canaries.join(', ')} with the others for ${writtenDuration(step.ms)}`;
    case 'gate':
      return step.gate === 'promote' ? 'wait for approval to go on' : 'wait for approval to switch';
    case 'switchTraffic':
      return `switch the traffic of ${step.role} to ${step.to}`;
    case 'keepWarm':
      return `keep ${step.slot} of ${step.role} warm for ${writtenDuration(step.ms)}`;
    case 'retire':
      return `retire ${step.instances.join(', ')}`;
  }
}

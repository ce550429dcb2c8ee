import { ConnectionLostError } from '../../../src/base/errors.ts';
import type { Sample } from '../../../src/analysis/sample.ts';
import type { Plan } from '../../../src/rollout/plan.ts';
import { HEALTHY, type Nature, random, trace } from '../../analysis/support/samples.ts';
import type { FakeStage } from './fake-stage.ts';

export const TEN_MINUTES = 600_000;

/** A plan that updates one instance, analyses it, and then updates the others. */
export function canaryPlan(ms = TEN_MINUTES, untilStableMs?: number): (plan: Plan) => Plan {
  return (plan) => {
    const [canary, ...rest] = plan.instances.filter(({ change }) => change !== 'none').map(({ instance }) => instance);
    if (canary === undefined) return plan;
    const stable = untilStableMs === undefined ? {} : { untilStableMs };
    return {
      ...plan,
      strategy: 'canary',
      steps: [
        plan.steps[0]!,
        { type: 'update', instances: [canary] },
        { type: 'analyze', canaries: [canary], ms, ...stable },
        ...(rest.length === 0 ? [] : [{ type: 'update' as const, instances: rest }]),
      ],
    };
  };
}

export interface Playing {
  /** What the new release is like. */
  readonly nature: Nature;
  readonly seed: number;
  /** Releases that are as they should be. */
  readonly old: readonly string[];
  /** The last word on a sample. */
  readonly change?: (sample: Sample, index: number) => Partial<Sample>;
  /** From that sample on the host is lost. */
  readonly lost?: (host: string, index: number) => boolean;
}

/** Hosts tell of traces: those of a release that is known as they should be, those of another as it is by its nature. */
export function play({ stage, hosts, clock }: FakeStage, playing: Playing): void {
  const { nature, seed, old, change, lost } = playing;
  const ids = stage.settings.instances.map(({ id }) => id);
  for (const host of hosts) {
    let index = 0;
    host.sampling = async ({ instances, sampleEveryMs, signal }, onSamples) => {
      const tracks = instances.map(({ id, name }) => {
        const release = host.links.get(name)!;
        const being = { nature: old.includes(release) ? HEALTHY : nature, release };
        return trace(id, being, random(seed * 1000 + ids.indexOf(id)));
      });
      for (;;) {
        await clock.sleep(sampleEveryMs, signal);
        index += 1;
        if (lost?.(host.host, index))
          throw new ConnectionLostError({ code: 'SLIP_CONNECTION_LOST', message: 'the line went dead' });
        onSamples(
          tracks.map(({ samples }) => {
            const sample = { ...samples[index % samples.length]!, t: clock.now() };
            return { ...sample, ...change?.(sample, index) };
          }),
        );
      }
    };
  }
}

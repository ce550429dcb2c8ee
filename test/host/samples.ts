import { expect } from 'vitest';
import type { DiskUse, Sample } from '../../src/analysis/sample.ts';
import type { InstanceSettings } from '../../src/config/settings.ts';
import type { HostClient, SampleOptions } from '../../src/host/verbs.ts';
import { until } from './until.ts';

interface Sampled {
  readonly client: HostClient;
}

/** Samples once a second for a rollout, until it is ended. */
export function sampling({ client }: Sampled, instances: readonly InstanceSettings[]) {
  return taking(client, { rollout: 'r1', instances });
}

/** The same for a person who looks. */
export function watching({ client }: Sampled, instances: readonly InstanceSettings[]) {
  return taking(client, { instances });
}

function taking(client: HostClient, options: Pick<SampleOptions, 'rollout' | 'instances'>) {
  const enough = new AbortController();
  const samples: Sample[] = [];
  const disks: (DiskUse | undefined)[] = [];
  const done = client.sample({ ...options, sampleEveryMs: 1000, signal: enough.signal }, (told, disk) => {
    samples.push(...told);
    disks.push(disk);
  });
  done.catch(() => undefined);
  return {
    samples,
    disks,
    done,
    /** The first sample from now on that is as wanted; whoever waits for none waits in vain. */
    next: (wanted: (sample: Sample) => boolean = () => true) => {
      const seen = samples.length;
      return until(() => samples.slice(seen).find(wanted));
    },
    end: async () => {
      enough.abort();
      await expect(done).rejects.toMatchObject({ name: 'Cancelled' });
    },
  };
}

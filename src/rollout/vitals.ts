import { VITALS_EVERY_MS } from '../analysis/vitals.ts';
import { asSlipwayError } from '../base/errors.ts';
import type { InstanceSettings } from '../config/settings.ts';
import type { HostClient } from '../host/verbs.ts';
import { keepSampling } from './keep-sampling.ts';
import type { VitalsOptions } from './session.ts';
import { clockOffset, type Stage } from './stage.ts';

/** Samples every instance of the stage, on a channel of its own on each host, until the signal is aborted. Never throws. */
export function watchVitals({ settings, clients, clock }: Stage, options: VitalsOptions): void {
  if (options.signal.aborted) return;
  for (const [name, host] of clients) {
    const here = settings.instances.filter(
      ({ id, host: its }) => its === name && (options.instances?.includes(id) ?? true),
    );
    const instances = options.metrics === 'asked' ? here : here.map(withoutMetrics);
    if (instances.length > 0) void watchHost({ ...options, host, instances, clock });
  }
}

/** Asking for what nobody folds is not free. */
function withoutMetrics(instance: InstanceSettings): InstanceSettings {
  return { ...instance, metrics: undefined };
}

interface HostVitals extends Omit<VitalsOptions, 'instances'>, Pick<Stage, 'clock'> {
  readonly host: HostClient;
  readonly instances: readonly InstanceSettings[];
}

async function watchHost({ onVitals, onTrouble, everyMs = VITALS_EVERY_MS, ...watching }: HostVitals): Promise<void> {
  const { host, clock, signal } = watching;
  let trouble: string | undefined;
  let offset = 0;
  const tell = (reason: string) => {
    if (reason !== trouble) onTrouble(host.host, reason);
    trouble = reason;
  };
  try {
    await keepSampling({
      ...watching,
      sampleEveryMs: everyMs,
      onSamples: (samples, { turn, disk }) => {
        trouble = undefined;
        const last = samples.at(-1);
        // the last one was taken just now; later ones may have waited for the line
        if (turn === 'first' && last) offset = clockOffset(clock.now(), last.t);
        onVitals(
          host.host,
          samples.map((sample) => ({ ...sample, t: sample.t + offset })),
          disk,
        );
      },
      onLost: tell,
    });
  } catch (thrown) {
    if (!signal.aborted) tell(asSlipwayError(thrown).message);
  }
}

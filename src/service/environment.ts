import type { InstanceSettings } from '../config/settings.ts';

export interface EnvironmentFacts {
  readonly stage: string;
  readonly instance: InstanceSettings;
  readonly release: string;
  readonly revision: string | undefined;
  readonly previous: string | undefined;
}

/**
 * The text of an instance's `env` file: read by systemd (EnvironmentFile=) and by sh (start commands) alike. Values are
 * ids, names and numbers that the config or the ledger has checked; nothing secret is ever written here.
 */
export function environmentText({ stage, instance, release, revision, previous }: EnvironmentFacts): string {
  const values: Record<string, string | number | undefined> = {
    PORT: instance.port,
    SLIPWAY_STAGE: stage,
    SLIPWAY_RELEASE: release,
    SLIPWAY_REVISION: revision,
    SLIPWAY_PREVIOUS: previous,
    SLIPWAY_HOST: instance.host,
    SLIPWAY_INSTANCE: instance.name,
  };
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${value}"`]))
    .join('\n');
}

import type { HostSettings, InstanceSettings, ProxySettings, Settings } from '../../config/settings.ts';
import type { HostState } from '../../host/state.ts';
import type { SlotReading } from '../slots.ts';

/** One host: what hosts.json says of it, and what it says of itself. */
export interface Here {
  readonly settings: Settings;
  readonly host: HostSettings;
  readonly instances: readonly InstanceSettings[];
  readonly proxies: readonly ProxySettings[];
  readonly state: HostState;
  /** Which slots take the traffic, as all hosts together tell. */
  readonly slots: readonly SlotReading[];
}

export function hereOf(settings: Settings, state: HostState, slots: readonly SlotReading[]): Here {
  return {
    settings,
    host: settings.hosts.find(({ name }) => name === state.host)!,
    instances: settings.instances.filter(({ host }) => host === state.host),
    proxies: settings.proxies.filter(({ host }) => host === state.host),
    state,
    slots,
  };
}

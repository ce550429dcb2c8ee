import { type Settings, type Slot, SLOTS } from '../config/settings.ts';
import { type HostState, type InstanceState, type ServerState, wasGood } from '../host/state.ts';

/** Which slot of a role takes the traffic. It is read from the proxies, and stored nowhere. */
export interface SlotReading {
  readonly role: string;
  /** Undefined when neither has anything to serve with yet. */
  readonly taken: Slot | undefined;
  /** `no`: the proxies do not agree, or would send it to both or none; then what the slots run tells. */
  readonly certain: 'yes' | 'no';
}

export function otherSlot(slot: Slot): Slot {
  return slot === 'blue' ? 'green' : 'blue';
}

/** Every role that has slots. */
export function readSlots(settings: Settings, states: readonly HostState[]): readonly SlotReading[] {
  const roles = [...new Set(settings.proxies.map(({ role }) => role))];
  return roles.map((role) => {
    const servers = serversOf(settings, states, role);
    const ready = servers.filter(({ wanted }) => wanted === 'ready');
    const up = ready.filter((server) => server.up);
    // what is not up gets none: a proxy that was started anew would send it to both
    const [slot, ...more] = new Set((up.length > 0 ? up : ready).map((server) => server.slot));
    if (slot !== undefined && more.length === 0) return { role, taken: slot, certain: 'yes' };
    const taken = slotOfNewest(settings, states, role);
    return { role, taken, certain: taken === undefined ? 'yes' : 'no' };
  });
}

function serversOf({ proxies }: Settings, states: readonly HostState[], role: string) {
  return proxies
    .filter((proxy) => proxy.role === role)
    .flatMap(({ host, servers }) => {
      const told = states.find((state) => state.host === host)?.traffic ?? [];
      return servers.flatMap(({ server, slot }): (ServerState & { readonly slot: Slot })[] => {
        const state = told.find((one) => one.role === role && one.server === server);
        return state ? [{ ...state, slot }] : [];
      });
    });
}

/** The slot whose instances point at the newest good release; where none is good, the one that has any. */
function slotOfNewest(settings: Settings, states: readonly HostState[], role: string): Slot | undefined {
  const records = states.flatMap(({ releases }) => releases);
  const instances = states.flatMap((state) => state.instances);
  const rankOf = (slot: Slot): number => {
    const own = new Set(settings.instances.filter((one) => one.role === role && one.slot === slot).map(({ id }) => id));
    const links = instances.flatMap(({ id, current }) => (own.has(id) && current !== undefined ? [current] : []));
    const good = records.filter(({ id, status }) => links.includes(id) && wasGood(status));
    return Math.max(links.length > 0 ? 0 : -1, ...good.map(({ sequence }) => sequence));
  };
  const [first, second] = SLOTS.map((slot) => ({ slot, rank: rankOf(slot) })).sort((a, b) => b.rank - a.rank);
  return first!.rank === -1 && second!.rank === -1 ? undefined : first!.slot;
}

/** The same states, each instance of a slot with whether that takes the traffic. */
export function withTraffic(settings: Settings, states: readonly HostState[]): readonly HostState[] {
  if (settings.proxies.length === 0) return states;
  const taken = new Map(readSlots(settings, states).map((reading) => [reading.role, reading.taken]));
  const traffic = ({ id }: InstanceState) => {
    const { role, slot } = settings.instances.find((one) => one.id === id) ?? {};
    const now = role === undefined ? undefined : taken.get(role);
    return now === undefined || slot === undefined ? undefined : slot === now ? 'taken' : 'idle';
  };
  return states.map((state) => ({
    ...state,
    instances: state.instances.map((instance) => ({ ...instance, traffic: traffic(instance) })),
  }));
}

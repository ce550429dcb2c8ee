import * as z from 'zod';
import { parseForeign } from '../base/foreign-json.ts';
import { type InstanceSettings, type ServiceSettings, SLOTS } from '../config/settings.ts';
import type { Leftover } from '../host/state.ts';

const line = z.string().regex(/^[^\0\n]*$/);

const schema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('systemd'),
    unit: z.string().regex(/^[\w@:.\\-]+$/),
    scope: z.enum(['system', 'user']),
  }),
  z.object({ type: z.literal('command'), start: line, stop: line, status: line, pidFile: line.optional() }),
  z.object({ type: z.literal('files') }),
]);

/**
 * An instance that hosts.json no longer names, made whole again from the line that was written beside it when it was last
 * changed; undefined when that line is missing or no longer understood: then slipway cannot stop it, and says so.
 */
export function reviveLeftover(host: string, leftover: Leftover): InstanceSettings | undefined {
  const service = parseService(leftover.service);
  if (!service) return undefined;
  return {
    id: `${leftover.name}@${host}`,
    name: leftover.name,
    ...partsOf(leftover.name),
    host,
    port: undefined,
    exclusive: false,
    service,
    health: { probe: { type: 'running' }, intervalMs: 1000, timeoutMs: 2000, minHealthyMs: 0, deadlineMs: 60_000 },
    log: undefined,
    metrics: undefined,
  };
}

/** `bot.1`, `bot.blue.1`: no dot is part of a role's name. */
function partsOf(name: string): Pick<InstanceSettings, 'role' | 'slot' | 'number'> {
  const [role = '', ...words] = name.split('.');
  return { role, slot: SLOTS.find((slot) => slot === words[0]), number: Number(words.at(-1)) };
}

export function serviceLine(service: ServiceSettings): string {
  return JSON.stringify(service);
}

function parseService(json: string): ServiceSettings | undefined {
  const service = parseForeign(schema, json);
  if (service?.type !== 'command') return service;
  return { ...service, pidFile: service.pidFile };
}

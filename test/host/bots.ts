import { join } from 'node:path';
import { readlink } from 'node:fs/promises';
import type { ServiceSettings } from '../../src/config/settings.ts';
import { readEvidence } from '../../src/host/evidence.ts';
import type { WorkerFrame } from '../../src/host/verbs.ts';
import { type InstanceEvidence, withPart } from '../../src/rollout/evidence.ts';
import type { LocalHost } from '../support/local-host.ts';
import { begin, CTL, freePort, greeter, ONE, send, THREE, TWO } from './stage.ts';

/** A locked host, and a port for the bot it will run. */
export type BotHost = LocalHost & { readonly port: number };

/** Locks the host and sends a release of the greeter for each of these switches. */
export async function withReleases(made: Promise<LocalHost>, ...switches: object[]): Promise<BotHost> {
  const host = await made;
  await begin(host);
  for (const [index, each] of switches.entries()) {
    await using built = await greeter(host, each);
    await send(host, built, { release: [ONE, TWO, THREE][index]! });
  }
  return { ...host, port: await freePort() };
}

export const at = (host: LocalHost, ...path: string[]) => join(host.deployTo, ...path);

/** Where the link of bot.1 points. */
export const current = (host: LocalHost) => readlink(at(host, 'instances/bot.1/current'));

/** The release that answers on a port; undefined when nobody does. */
export async function serving({ port }: { readonly port?: number | undefined }): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port!}/healthz`);
    return ((await response.json()) as { release: string }).release;
  } catch {
    return undefined;
  }
}

export function isState(frame: WorkerFrame, state: string): boolean {
  return frame.kind === 'state' && frame.fields[0] === state;
}

/** What was gathered of the newest failure. */
export function evidenceOf(frames: readonly WorkerFrame[]): Required<InstanceEvidence> {
  const parts = frames.flatMap(({ kind, fields }) => (kind === 'evidence' ? (readEvidence(fields) ?? []) : []));
  const nothing: InstanceEvidence = {};
  const all = parts.reduce((before, part) => withPart(before, part), nothing);
  return all as Required<InstanceEvidence>;
}

/** The greeter's service with other commands. */
export function command(more: Partial<Extract<ServiceSettings, { type: 'command' }>>): ServiceSettings {
  return { ...CTL, ...more } as ServiceSettings;
}

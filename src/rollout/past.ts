import * as z from 'zod';
import { SlipwayError } from '../base/errors.ts';
import { parseForeign } from '../base/foreign-json.ts';
import { sanitise } from '../base/sanitise.ts';
import type { HostClient } from '../host/verbs.ts';
import type { Phase } from './events.ts';
import { initialState, progress, type RolloutState, whereabouts } from './progress.ts';
import type { Gate } from './plan.ts';
import type { Stage } from './stage.ts';
import { isPaused, MOVES, type Whereabouts } from './transitions.ts';
import type { Unfinished } from './unfinished.ts';

/** What a rollout that nobody runs any more has said of itself, in its journals on the hosts. */
export interface Past {
  readonly at: Whereabouts;
  /** `passed`: what there was to compare was compared, and it was let go on by whoever had to. */
  readonly gates: 'passed' | 'due';
  /** The gate that it waits at. */
  readonly gate: Gate | undefined;
  /** Hosts that a person has left as they are. */
  readonly skipped: readonly string[];
}

export async function readPast({ clients }: Stage, { rollout, hosts, plan }: Unfinished): Promise<Past> {
  const journals = await Promise.all(hosts.map((host) => readJournal(clients.get(host)!, rollout)));
  const told = journals.flat().sort((one, other) => one.seq - other.seq);
  // every host was told the same; what one has missed the others have, and doubles fall away in the fold
  const state = told.reduce<RolloutState>(progress, { ...initialState, rollout, plan });
  const left = plan.steps.slice(Math.max(0, (state.step?.index ?? 1) - 1));
  const isPassed = state.gates.some(({ passed }) => passed !== undefined);
  const isBehind = !left.some(({ type }) => type === 'analyze' || type === 'gate');
  return {
    at: isPaused(state.phase)
      ? whereabouts(state)
      : { ...whereabouts(state), phase: 'Paused', pauseReasons: ['controllerLost'] },
    gates: isPassed || isBehind ? 'passed' : 'due',
    gate: state.gates.findLast(({ passed }) => passed === undefined)?.gate,
    skipped: plan.hosts.map(({ host }) => host).filter((host) => state.hosts[host]?.skipped !== undefined),
  };
}

async function readJournal(host: HostClient, rollout: string): Promise<readonly Told[]> {
  try {
    return (await host.events(rollout)).flatMap((line) => parseForeign(told, line) ?? []);
  } catch (thrown) {
    if (!(thrown instanceof SlipwayError)) throw thrown;
    return [];
  }
}

const text = z.string().transform(sanitise);
const reasons = z.enum(['manual', 'gate', 'inconclusive', 'failure', 'deadline', 'controllerLost', 'hostUnreachable']);
const gate = z.enum(['promote', 'switch']);
const phase = z.enum(Object.keys(MOVES) as [Phase, ...Phase[]]);

/** Of what a journal holds, that which says how far it has come. It comes from a host. */
const told = z
  .object({ v: z.literal(1), source: z.literal('controller'), seq: z.int(), t: z.number(), rollout: z.string() })
  .and(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('rollout.phase'), phase, reason: text }),
      z.object({ type: z.literal('rollout.step'), index: z.int().min(1), of: z.int(), title: text }),
      z.object({
        type: z.literal('rollout.paused'),
        reasons: z.array(reasons),
        reason: text,
        failed: z.array(text).default([]),
      }),
      z.object({ type: z.literal('rollout.resumed'), by: text }),
      z.object({ type: z.literal('gate.opened'), gate }),
      z.object({ type: z.literal('gate.passed'), gate, by: text, why: text }),
      z.object({ type: z.literal('host.skipped'), host: z.string(), by: text }),
    ]),
  );
type Told = z.infer<typeof told>;

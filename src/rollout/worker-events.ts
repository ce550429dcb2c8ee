import { readEvidence } from '../host/evidence.ts';
import type { WorkerFrame } from '../host/verbs.ts';
import { instanceOf, type RolloutContext } from './context.ts';
import type { EventBody, InstancePhase, RolloutEvent } from './events.ts';

/** A worker's frame (80-worker.sh) as an event; undefined for frames that are none. Times are moved to our clock. */
export function workerEvent(context: RolloutContext, instance: string, frame: WorkerFrame): RolloutEvent | undefined {
  const { host } = instanceOf(context, instance);
  const offset = context.clockOffsets.get(host) ?? 0;
  const body = bodyOf(instance, frame, offset);
  if (!body) return undefined;
  return { v: 1, source: instance, seq: frame.seq, t: frame.t + offset, rollout: context.id, ...body };
}

function bodyOf(instance: string, { kind, fields }: WorkerFrame, offset: number): EventBody | undefined {
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = fields;
  switch (kind) {
    case 'state':
      if (!isInstancePhase(first)) return undefined;
      return {
        type: 'instance.state',
        instance,
        state: first,
        release: second || undefined,
        reason: third,
        ...(fourth === '' ? {} : { deadline: Number(fourth) + offset }),
        ...(fifth === 'proven' || fifth === 'unproven' ? { proof: fifth } : {}),
      };
    case 'probe':
      return {
        type: 'probe.sample',
        instance,
        attempt: Number(first),
        sample: { healthy: second === 'yes', outcome: third, latencyMs: fourth === '' ? undefined : Number(fourth) },
        healthyMs: Number(fifth),
        neededMs: Number(sixth),
      };
    case 'evidence': {
      const evidence = readEvidence(fields);
      return evidence && { type: 'instance.evidence', instance, ...evidence };
    }
    case 'log':
      return { type: 'log.line', instance, line: first };
    case 'note':
      return { type: 'warning', message: `${instance}: ${first}` };
    default:
      return undefined;
  }
}

const PHASES: ReadonlySet<string> = new Set<InstancePhase>([
  'old',
  'stopped',
  'switched',
  'starting',
  'verifying',
  'updated',
  'failed',
  'unverified',
  'reverting',
  'reverted',
  'retired',
]);

function isInstancePhase(word: string): word is InstancePhase {
  return PHASES.has(word);
}

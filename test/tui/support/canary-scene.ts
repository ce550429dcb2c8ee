import type { Finding, Outcome } from '../../../src/analysis/finding.ts';
import type { Sample } from '../../../src/analysis/sample.ts';
import type { Plan, Step } from '../../../src/rollout/plan.ts';
import type { DrawnApp } from './drawn.ts';
import { INSTANCES, NEW, OLD, plan } from './fleet.ts';
import { Teller } from './rollout-teller.ts';

/** One canary of six, watched for a while: slower than the others, with an error now and then. */
function canaryPlan(): Plan {
  const steps: Step[] = [
    plan().steps[0]!,
    { type: 'update', instances: ['bot.1@fra-1'] },
    { type: 'analyze', canaries: ['bot.1@fra-1'], ms: 600_000 },
    { type: 'gate', gate: 'promote' },
    { type: 'update', instances: INSTANCES.slice(1, 3) },
    { type: 'update', instances: INSTANCES.slice(3) },
    { type: 'bake', ms: 120_000 },
  ];
  return plan({ strategy: 'canary', steps });
}

export async function canary(app: DrawnApp): Promise<void> {
  const planned = canaryPlan();
  const teller = new Teller(app, planned);
  await teller.begin();
  const { rollout, clock } = app;
  teller.step(2, 'update bot.1@fra-1');
  teller.updates('bot.1@fra-1');
  teller.step(3, 'compare bot.1@fra-1 with the others for 10m');
  const roles = [{ role: 'bot', canaries: ['bot.1@fra-1'], baselines: INSTANCES.slice(1), against: 'others' as const }];
  const began = clock.now();
  const watched = { began, until: began + 600_000, stableFrom: undefined, release: NEW, sampleEveryMs: 10_000, roles };
  rollout.tell({ type: 'analysis.started', ...watched });
  for (let span = 0; span < 24; span += 1) {
    for (const host of ['fra-1', 'fra-2', 'hel-1']) {
      const samples = INSTANCES.filter((id) => id.endsWith(host)).map((id) =>
        sampleOf(id, began + span * 10_000, span),
      );
      rollout.tell({ type: 'analysis.sample', host, samples });
    }
    await clock.advance(10_000);
  }
  const look = { verdict: 'Running', reason: 'still watching', findings: FINDINGS } as const;
  const [{ role, canaries, baselines }] = roles as [(typeof roles)[0]];
  rollout.tell({ type: 'analysis.verdict', role, canaries, baselines, look });
}

function sampleOf(instance: string, t: number, span: number): Sample {
  const isCanary = instance === 'bot.1@fra-1';
  const latencyMs = isCanary ? 30 + ((span * 7) % 11) : 18 + ((span * 5) % 4);
  const service = { status: 'running', start: '1', detail: '', outOfMemory: false } as const;
  return {
    ...{ instance, t, service, release: isCanary ? NEW : OLD },
    probes: [{ healthy: true, latencyMs }],
    lines: { all: 12, errors: isCanary && span % 6 === 5 ? 2 : 0 },
    ...{ memory: 90e6, memoryLimit: undefined, cpuSeconds: span, counters: undefined },
  };
}

function finding(metric: Finding['metric'], outcome: Outcome, more: Partial<Finding>): Finding {
  const common = {
    canary: 'none',
    baseline: 'none',
    n: [24, 120] as const,
    threshold: 'any',
    why: 'nothing has happened',
  };
  return { metric, outcome, weight: 'critical', ...common, ...more };
}

const FINDINGS: readonly Finding[] = [
  finding('health', 'pass', {
    canary: '0 of 24',
    baseline: '0 of 120',
    threshold: '3 in a row',
    why: 'every answer was well',
  }),
  finding('restarts', 'pass', {
    canary: '0',
    baseline: '0',
    threshold: '2, or 1 again',
    why: 'it was not started again',
  }),
  finding('errorLines', 'doubtful', {
    ...{ canary: '4 of 18', baseline: '0 of 90', p: 0.0008, threshold: '5 or more, 2 x, p < 0.01' },
    why: 'errors in more spans of time than chance explains, at one look so far',
  }),
  finding('requestErrors', 'noData', {
    ...{ canary: '0 of 0', baseline: '0 of 0', n: [0, 0], threshold: '3 or more, 2 x, 1 point more, p < 0.01' },
    why: 'fewer than 50 requests',
  }),
  finding('healthLatency', 'pass', {
    ...{ canary: '35 ms', baseline: '19 ms', ratio: 1.84, p: 0.00004, weight: 'supporting' },
    ...{ threshold: '1.5 x, 20 ms more, 1.1 x the slowest, p < 0.01' },
    why: 'it takes no longer than the others differ among themselves',
  }),
  finding('memory', 'pass', { canary: '90 MB', baseline: '91 MB', ratio: 0.99, why: 'it does not grow' }),
];

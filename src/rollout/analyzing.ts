import { type Judged, type RoleWatched, worst } from '../analysis/watch.ts';
import { unreachable } from '../base/errors.ts';
import type { RolloutContext } from './context.ts';
import type { Step } from './plan.ts';
import type { Run } from './run.ts';
import { beginWatch, rolesWatched, type Sampling, startSampler } from './sampling.ts';
import { goesBack, onFailure, pauseAsked, type StepResult, urgentResult, whyOf } from './steps.ts';

type AnalyzeStep = Extract<Step, { type: 'analyze' }>;

/** What people may ask meanwhile is heard within so long. */
const HEED_MS = 5000;

/**
 * Compares new instances with those of their role that were not updated yet, over the same time, and acts on the worst
 * verdict: a bad one goes back as the policy says, one that knows too little asks a person. With `untilStableMs` it ends at
 * the first good look from then on. Run again, it begins afresh.
 */
export async function analyze(context: RolloutContext, run: Run, step: AnalyzeStep): Promise<StepResult> {
  const roles = rolesWatched(context, run, step.canaries).map((role) => ({
    ...role,
    against: wasCompared(context, run, role) ? ('nothing' as const) : role.against,
  }));
  const sampling = beginWatch(context, roles, step);
  context.events.emit({ type: 'analysis.started', ...sampling.watched });
  const judged = await decide(context, sampling);
  context.events.emit({ type: 'bake.finished' });
  return urgentResult(context) ?? resultOf(context, run, judged);
}

/** When all of a role run the release there is nothing left to compare with: a canary of it, or a person, has spoken before. */
function wasCompared({ plan }: RolloutContext, { updated }: Run, { role, baselines }: RoleWatched): boolean {
  const ofRole = plan.instances.filter((one) => one.role === role && one.change !== 'retire');
  const isAll = ofRole.every(({ instance, change }) => change === 'none' || updated.includes(instance));
  return baselines.length === 0 && ofRole.length > 1 && isAll;
}

/** Looks until something is decided; undefined when somebody wanted something else first. */
async function decide(context: RolloutContext, sampling: Sampling): Promise<readonly Judged[] | undefined> {
  const { clock, controls, events } = context;
  const { watch, watched } = sampling;
  const decided: (readonly Judged[])[] = [];
  const heed = () => {
    const alarms = watch.alarms(clock.now());
    if (alarms.length > 0) tell(alarms);
  };
  const sampler = startSampler(context, sampling, (host, samples) => {
    events.emit({ type: 'analysis.sample', host, samples });
    heed();
  });
  const tell = (judged: readonly Judged[]) => {
    if (decided.length > 0 || sampler.signal.aborted) return;
    judged.forEach((one) => events.emit({ type: 'analysis.verdict', ...one }));
    if (worst(judged).look.verdict === 'Running') return;
    decided.push(judged);
    sampler.stop();
  };
  while (!sampler.signal.aborted && !controls.wantsPause()) {
    const wait = Math.min(HEED_MS, watched.sampleEveryMs, watch.nextLook() - clock.now());
    await clock.sleep(Math.max(1, wait), sampler.signal).catch(() => undefined);
    heed();
    if (clock.now() >= watch.nextLook()) tell(watch.look(clock.now()));
  }
  sampler.stop();
  return decided[0];
}

async function resultOf(context: RolloutContext, run: Run, judged: readonly Judged[] | undefined): Promise<StepResult> {
  // what was cut short has not been watched: it starts afresh
  if (judged === undefined) return pauseAsked();
  const { look } = worst(judged);
  switch (look.verdict) {
    case 'Successful':
      return { type: 'done' };
    case 'Inconclusive':
    case 'Error':
      return { type: 'pause', reasons: ['inconclusive'], reason: `the canary: ${look.reason}` };
    case 'Failed':
      return fail(context, run, badOnes(judged));
    case 'Running':
      return pauseAsked();
    default:
      return unreachable(look.verdict);
  }
}

/** Failed instances may be tolerated; a release that is worse is not. */
async function fail(context: RolloutContext, run: Run, worse: ReadonlyMap<string, string>): Promise<StepResult> {
  const result = await goesBack(context, run, worse);
  return result.type === 'done' ? onFailure(context.plan.policy.onFailure, whyOf(worse)) : result;
}

/** Canaries of the roles that failed, and why. */
function badOnes(judged: readonly Judged[]): ReadonlyMap<string, string> {
  return new Map(
    judged
      .filter(({ look }) => look.verdict === 'Failed')
      .flatMap(({ canaries, look }) => canaries.map((id) => [id, `worse than the others: ${look.reason}`] as const)),
  );
}

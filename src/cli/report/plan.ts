import { formatBytes } from '../../base/bytes.ts';
import { plural } from '../../base/text.ts';
import type { HostPlan, Plan, Step } from '../../rollout/plan.ts';
import { stepTitle } from '../../rollout/step-title.ts';
import type { PreparedRollout } from '../../rollout/session.ts';

/** A plan for people: what will happen, in the order in which it will. */
export function planLines({ plan, changes, alreadyLive }: PreparedRollout): readonly string[] {
  const { release } = plan;
  const title = [release.revision?.slice(0, 7), release.subject].filter(Boolean).join(' ');
  const lines = [`${plan.kind} ${release.id} to ${plan.app} ${plan.stage}${title ? `: ${title}` : ''}`];
  if (alreadyLive) return [...lines, nothingToDo(plan), ...warningLines(plan)];
  return [
    ...lines,
    ...section(
      'changes since what is live',
      changes.map((commit) => `  ${commit}`),
    ),
    ...section(
      'hosts',
      plan.hosts.flatMap((host) => hostLines(host)),
    ),
    ...section(
      'steps',
      plan.steps.map((step, index) => `  ${index + 1}. ${stepLine(plan, step)}`),
    ),
    ...warningLines(plan),
    ...section('for every instance', [
      ...plan.instanceHooks.beforeSwitch.map((run) => `  before its switch: ${run}`),
      ...plan.instanceHooks.afterSwitch.map((run) => `  once it is healthy: ${run}`),
    ]),
    policyLine(plan),
  ];
}

function nothingToDo({ kind }: Plan): string {
  return kind === 'reconcile'
    ? 'Nothing that can be brought back has drifted: nothing to do.'
    : 'It is live and proven on every instance: nothing to do. (--restart does it anyway.)';
}

function warningLines({ warnings }: Plan): readonly string[] {
  return section(
    'warnings',
    warnings.map((warning) => `  ! ${warning}`),
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function hostLines({ host, base, upload, prepare, prune }: HostPlan): readonly string[] {
  const what =
    upload === 'reuse'
      ? 'has the release already'
      : `send ${plural(upload.files, 'file')}, ${formatBytes(upload.bytes)}${base === undefined ? '' : ` over ${base}`}${upload.remove > 0 ? `, remove ${upload.remove}` : ''}`;
  return [
    `  ${host}: ${what}`,
    ...prepare.map((run) => `    prepare: ${run}`),
    ...(prune.length > 0 ? [`    delete at the end: ${prune.join(', ')}`] : []),
  ];
}

function stepLine(plan: Plan, step: Step): string {
  switch (step.type) {
    case 'stage':
      return `put the release on ${step.hosts.join(', ')} (nothing visible changes)`;
    case 'update':
      return `update ${step.instances.map((id) => `${id} (${fromOf(plan, id)})`).join(', ')}`;
    case 'hook':
      return `run on ${step.host}: ${step.commands.join('; ')}`;
    case 'retire':
      return `stop and remove ${step.instances.join(', ')}`;
    default:
      return stepTitle(step);
  }
}

function fromOf(plan: Plan, id: string): string {
  const planned = plan.instances.find((one) => one.instance === id);
  switch (planned?.change) {
    case 'restart':
      return 'restart';
    case 'start':
      return 'new';
    default:
      return `now ${planned?.from ?? 'nothing'}`;
  }
}

function policyLine({ policy }: Plan): string {
  const out = Object.entries(policy.maxUnavailable).map(([role, count]) => `${count} of ${role}`);
  const then = policy.onFailure === 'rollback' ? 'everything goes back' : 'it pauses for a person';
  // a slot is out while it idles
  const most =
    out.length === 0 ? 'nothing that takes traffic is out meanwhile' : `at most ${out.join(', ')} out at once`;
  return `${most}; on failure ${then}`;
}

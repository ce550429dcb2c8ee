import { formatBytes } from '../../base/bytes.ts';
import { list, plural } from '../../base/text.ts';
import type { HostPlan, Plan, Step } from '../../rollout/plan.ts';
import type { PreparedRollout } from '../../rollout/session.ts';
import { stepTitle } from '../../rollout/step-title.ts';
import { are, quoted, sentence, sentences, spokenDuration, spokenInstances, spokenRelease } from './speech.ts';

/** A plan as sentences: what will happen, in the order in which it will. */
export function planSentences({ plan, changes, alreadyLive }: PreparedRollout): readonly string[] {
  const warnings = plan.warnings.map((warning) => `Warning: ${warning}`);
  const title = titleWords(plan);
  if (alreadyLive) return [title, nothingToDo(plan), ...warnings].map(sentence);
  return [
    title,
    ...(changes.length === 0 ? [] : [`It brings ${plural(changes.length, 'commit')}, newest first`]),
    ...changes.map((commit, index) => `Commit ${index + 1}: ${quoted(commit)}`),
    ...hostWords(plan.hosts),
    ...plan.steps.map((_, index) => stepWords(plan, index)),
    ...warnings,
    ...plan.instanceHooks.beforeSwitch.map((run) => `Before the switch of every instance: ${quoted(run)}`),
    ...plan.instanceHooks.afterSwitch.map((run) => `Once an instance is healthy: ${quoted(run)}`),
    policyWords(plan),
  ].map(sentence);
}

const TITLES: Readonly<Record<Plan['kind'], string>> = {
  deploy: 'deploy',
  rollback: 'roll back to',
  reconcile: 'bring what has drifted to',
};

function titleWords({ kind, release, app, stage }: Plan): string {
  const subject = release.subject === '' ? '' : `: ${quoted(release.subject)}`;
  return `The plan for ${app} ${stage}: ${TITLES[kind]} ${spokenRelease(release.id)}${subject}`;
}

function nothingToDo({ kind }: Plan): string {
  return kind === 'reconcile'
    ? 'Nothing that can be brought back has drifted, so there is nothing to do'
    : 'It is live and proven on every instance, so there is nothing to do';
}

/** Hosts of which the same is to be said are named in one sentence. */
function hostWords(hosts: readonly HostPlan[]): readonly string[] {
  const kinds = [...new Set(hosts.map(receivesWords))];
  return [
    ...kinds.map((kind) => {
      const alike = hosts.filter((one) => receivesWords(one) === kind);
      return `${list(alike.map(({ host }) => host))}: ${kind}`;
    }),
    ...hosts.flatMap(({ host, prepare }) => prepare.map((run) => `${host} prepares it: ${quoted(run)}`)),
    ...hosts.flatMap(({ host, prune }) => (prune.length > 0 ? [`${host} deletes at the end: ${list(prune)}`] : [])),
  ];
}

function receivesWords({ upload, base }: HostPlan): string {
  if (upload === 'reuse') return 'the release is there already';
  const over = base === undefined ? '' : ` on top of ${spokenRelease(base)}`;
  const removed = upload.remove > 0 ? `, and ${plural(upload.remove, 'file')} ${are(upload.remove)} removed` : '';
  const bytes = formatBytes(upload.bytes);
  return `${plural(upload.files, 'file')} (${bytes}) ${are(upload.files)} sent${over}${removed}`;
}

/** "Step 2 of 7: update bot.1 on fra-1 from release 1f0755f"; counted from 0. */
export function stepWords(plan: Plan, index: number): string {
  return `Step ${index + 1} of ${plan.steps.length}: ${doneIn(plan, plan.steps[index]!)}`;
}

function doneIn(plan: Plan, step: Step): string {
  switch (step.type) {
    case 'stage':
      return `put the release on ${list(step.hosts)}; nothing visible changes`;
    case 'update':
      return updateWords(plan, step.instances);
    case 'hook':
      return `run on ${step.host}: ${quoted(step.commands.join('; '))}`;
    case 'bake':
      return `watch for ${spokenDuration(step.ms)}`;
    case 'analyze':
      return `compare ${spokenInstances(step.canaries)} with the others for ${spokenDuration(step.ms)}`;
    case 'keepWarm':
      return `keep ${step.slot} of ${step.role} warm for ${spokenDuration(step.ms)}`;
    case 'retire':
      return `stop and remove ${spokenInstances(step.instances)}`;
    case 'gate':
    case 'switchTraffic':
      return stepTitle(step);
  }
}

/** Instances that come from the same are named together. */
function updateWords(plan: Plan, instances: readonly string[]): string {
  const from = (id: string) => fromWords(plan, id);
  const kinds = [...new Set(instances.map(from))];
  return kinds
    .map((kind) => kind.replace('…', () => spokenInstances(instances.filter((id) => from(id) === kind))))
    .join('; ');
}

/** With … for the instances. */
function fromWords({ instances }: Plan, id: string): string {
  const planned = instances.find((one) => one.instance === id);
  switch (planned?.change) {
    case 'restart':
      return 'restart …';
    case 'start':
      return 'start … for the first time';
    default:
      return planned?.from === undefined ? 'update …' : `update … from ${spokenRelease(planned.from)}`;
  }
}

function policyWords({ policy }: Plan): string {
  const out = Object.entries(policy.maxUnavailable).map(([role, count]) => `${count} of ${role}`);
  const most =
    out.length === 0 ? 'Nothing that takes traffic is out meanwhile' : `At most ${list(out)} may be out at once`;
  const then = policy.onFailure === 'rollback' ? 'everything goes back' : 'it pauses for a person';
  return sentences(most, `If an instance fails, ${then}`);
}

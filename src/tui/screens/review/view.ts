import { stepTitle } from '../../../rollout/step-title.ts';
import { formatBytes } from '../../../base/bytes.ts';
import { writtenDuration } from '../../../base/duration.ts';
import { list, plural } from '../../../base/text.ts';
import type { HostPlan, InstancePlan, Plan, Step } from '../../../rollout/plan.ts';
import type { PreparedRollout } from '../../../rollout/session.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, type Row, type Span, blank, row, span } from '../../text/row.ts';
import { pad, width, wrap } from '../../text/width.ts';
import { PLAN_WORDS } from '../../components/signs.ts';
import type { Check } from './preflight.ts';
import { preflightRows } from './preflight-rows.ts';

/** The whole plan as text, as long as it is: scrolled by the screen. */
export function planRows(prepared: PreparedRollout, checks: readonly Check[] | undefined, area: Area): Row[] {
  const { plan } = prepared;
  if (prepared.alreadyLive) return [...headRows(plan, area), blank, nothingRow(plan, area), ...warningRows(plan, area)];
  const ahead = section('PREFLIGHT', checks === undefined ? [] : preflightRows(checks, area));
  return [
    ...headRows(plan, area),
    ...warningRows(plan, area),
    // what stands in the way comes first; that nothing does can wait
    ...(checks?.length ? ahead : []),
    ...section(
      'STEPS',
      plan.steps.flatMap((step, index) => stepRows(plan, { step, index }, area)),
    ),
    ...section(
      'HOSTS',
      plan.hosts.flatMap((host) => hostRows(host, plan, area)),
    ),
    ...(checks?.length ? [] : ahead),
    ...section('HOOKS', hookRows(plan, area)),
    ...section('RULES', policyRows(plan, area)),
    ...section(
      'COMMITS',
      prepared.changes.map((line) => row(`   ${line}`)),
    ),
  ];
}

function section(title: string, rows: readonly Row[]): Row[] {
  return rows.length === 0 ? [] : [blank, row(span(` ${title}`, 'muted')), ...rows];
}

function headRows({ kind, app, stage, release }: Plan, { columns }: Area): Row[] {
  const facts = [
    release.revision === undefined ? undefined : `commit ${release.revision.slice(0, 12)}`,
    release.subject === '' ? undefined : `"${release.subject}"`,
    plural(release.files, 'file'),
    formatBytes(release.bytes),
  ];
  const text = facts.filter((fact) => fact !== undefined).join(', ');
  return [
    row(
      ` ${PLAN_WORDS[kind]} `,
      span(release.id, 'title'),
      kind === 'deploy' ? ' to ' : ' on ',
      span(`${app} ${stage}`, 'strong'),
    ),
    ...wrap(text, columns - 2).map((line) => row(` ${line}`)),
  ];
}

function nothingRow(plan: Plan, { glyphs }: Area): Row {
  const { kind, release, stage } = plan;
  const text =
    kind === 'reconcile'
      ? `Nothing to do: nothing that can be brought back has drifted from ${release.id}.`
      : `Nothing to do: ${release.id} runs everywhere on ${stage} already.`;
  return row(span(` ${glyphs.ok} ${text}`, 'ok'));
}

function warningRows({ warnings }: Plan, { columns, glyphs }: Area): Row[] {
  const rows = warnings.flatMap((warning) =>
    wrap(warning, columns - 4).map((line, index) => row(span(` ${index === 0 ? glyphs.warn : ' '} ${line}`, 'warn'))),
  );
  return rows.length === 0 ? [] : [blank, ...rows];
}

function stepRows(plan: Plan, { step, index }: { step: Step; index: number }, area: Area): Row[] {
  const number = span(` ${pad(String(index + 1), 3, 'left')}  `, 'muted');
  switch (step.type) {
    case 'stage': {
      const isThere = step.hosts.every((name) => plan.hosts.find(({ host }) => host === name)?.upload === 'reuse');
      const what = isThere ? 'look that the release is whole' : 'send, prepare and publish';
      const text = `${what} on ${list(step.hosts)}${step.hosts.length > 1 ? ', at once' : ''}`;
      const [first = '', ...more] = wrap(text, area.columns - 8);
      return [row(number, first), ...more.map((line) => row(`      ${line}`))];
    }
    case 'hook': {
      const [first = '', ...more] = wrap(`run on ${step.host}: ${step.commands.join('; ')}`, area.columns - 8);
      return [row(number, first), ...more.map((line) => row(`      ${line}`))];
    }
    case 'update':
    case 'retire':
      return step.instances.map((id, at) =>
        row(at === 0 ? number : '      ', ...changeSpans(plan, { id, isRetired: step.type === 'retire' }, area)),
      );
    default:
      return [row(number, stepTitle(step))];
  }
}

const CHANGES: Readonly<Record<InstancePlan['change'], string>> = {
  update: 'update',
  start: 'first start',
  restart: 'restart',
  retire: 'retire',
  none: 'keep',
};

function changeSpans(
  plan: Plan,
  { id, isRetired }: { id: string; isRetired: boolean },
  { glyphs, columns }: Area,
): Span[] {
  const planned = plan.instances.find((one) => one.instance === id);
  const widest = Math.min(32, Math.max(...plan.instances.map((one) => width(one.instance))));
  const from = planned?.from ?? 'nothing';
  const to = isRetired ? 'stopped and removed' : plan.release.id;
  const short = columns < 90 && !isRetired ? `from ${from}` : `${from} ${glyphs.arrow} ${to}`;
  return [
    span(`${pad(CHANGES[planned?.change ?? 'update'], 11)} `, isRetired ? 'warn' : 'plain'),
    span(`${pad(id, widest)}  `, 'strong'),
    span(short, 'muted'),
  ];
}

function hostRows({ host, base, upload, prepare, prune }: HostPlan, plan: Plan, { columns, glyphs }: Area): Row[] {
  const widest = Math.min(24, Math.max(...plan.hosts.map((one) => width(one.host))));
  const sends =
    upload === 'reuse'
      ? 'nothing to send, the release is there'
      : `sends ${plural(upload.files, 'file')}, ${formatBytes(upload.bytes)}${upload.remove > 0 ? `, removes ${upload.remove}` : ''}`;
  const facts = [
    sends,
    upload === 'reuse' || base === undefined ? undefined : `the rest from ${base}`,
    prepare.length === 0 ? undefined : `prepare: ${prepare.join(', ')}`,
    prune.length === 0 ? undefined : `deletes ${plural(prune.length, 'old release')}: ${prune.join(', ')}`,
  ];
  const text = facts.filter((fact) => fact !== undefined).join(` ${glyphs.separator} `);
  const [first = '', ...more] = wrap(text, columns - widest - 6);
  const indent = ' '.repeat(widest + 5);
  return [row('   ', span(`${pad(host, widest)}  `, 'strong'), first), ...more.map((line) => row(indent, line))];
}

/** Commands that every instance runs as it is switched; those of the rollout are steps. */
function hookRows({ instanceHooks: { beforeSwitch, afterSwitch } }: Plan, area: Area): Row[] {
  return [
    ...beforeSwitch.flatMap((command) => paragraph(`before each switch: ${command}`, area, { lead: span('   ') })),
    ...afterSwitch.flatMap((command) => paragraph(`after each switch: ${command}`, area, { lead: span('   ') })),
  ];
}

function policyRows({ policy }: Plan, { columns }: Area): Row[] {
  const bounds = Object.entries(policy.maxUnavailable).map(([role, count]) => `${count} of ${role}`);
  const failure =
    policy.onFailure === 'rollback'
      ? 'all that was updated goes back by itself'
      : 'the rollout pauses and waits for you';
  const text = [
    bounds.length === 0 ? '' : `Out at once at most: ${list(bounds)}.`,
    `After ${plural(policy.maxFailures + 1, 'failed instance')} ${failure}.`,
    `Pauses when nothing moves for ${writtenDuration(policy.progressDeadlineMs)}.`,
  ];
  return wrap(text.join(' ').trim(), columns - 5).map((line) => row(`   ${line}`));
}

import type { InstanceState, ProbeSample } from '../../host/state.ts';
import type { InstancePhase, Phase } from '../../rollout/events.ts';
import type { Kind } from '../../rollout/plan.ts';
import { formatDuration } from '../../base/duration.ts';
import { type Span, span } from '../text/row.ts';
import { shortRelease } from '../text/release.ts';
import type { Glyphs, Style } from '../theme.ts';

/** What a plan does with its release. */
export const PLAN_WORDS: Readonly<Record<Kind, string>> = {
  deploy: 'Deploy',
  rollback: 'Roll back to',
  reconcile: 'Reconcile to',
};

/** Every state as a glyph and a word: neither colour nor glyph is ever the only sign. */

export function turning(glyphs: Glyphs, now: number): string {
  return glyphs.spinner[Math.floor(now / 250) % glyphs.spinner.length]!;
}

interface Sign {
  readonly glyph: Exclude<keyof Glyphs, 'heights'>;
  readonly style: Style;
}

// prettier-ignore
const PHASES: Readonly<Record<Phase, Sign>> = {
  Pending: { glyph: 'waiting', style: 'muted' },
  Staging: { glyph: 'spinner', style: 'busy' },
  Progressing: { glyph: 'spinner', style: 'busy' },
  Paused: { glyph: 'paused', style: 'warn' },
  Aborting: { glyph: 'spinner', style: 'warn' },
  RollingBack: { glyph: 'spinner', style: 'warn' },
  Succeeded: { glyph: 'ok', style: 'ok' },
  Aborted: { glyph: 'bad', style: 'bad' },
  RolledBack: { glyph: 'reverted', style: 'warn' },
  RollbackPaused: { glyph: 'paused', style: 'bad' },
};

const PHASE_WORDS: Partial<Readonly<Record<Phase, string>>> = {
  RollingBack: 'Rolling back',
  RolledBack: 'Rolled back',
  RollbackPaused: 'Rollback paused',
};

// prettier-ignore
const INSTANCES: Readonly<Record<InstancePhase, Sign>> = {
  old: { glyph: 'waiting', style: 'muted' },
  stopped: { glyph: 'spinner', style: 'busy' },
  switched: { glyph: 'spinner', style: 'busy' },
  starting: { glyph: 'spinner', style: 'busy' },
  verifying: { glyph: 'spinner', style: 'busy' },
  baking: { glyph: 'spinner', style: 'busy' },
  updated: { glyph: 'ok', style: 'ok' },
  failed: { glyph: 'bad', style: 'bad' },
  skipped: { glyph: 'skipped', style: 'muted' },
  unreachable: { glyph: 'bad', style: 'bad' },
  unverified: { glyph: 'unknown', style: 'warn' },
  reverting: { glyph: 'spinner', style: 'warn' },
  reverted: { glyph: 'reverted', style: 'warn' },
  retired: { glyph: 'stopped', style: 'muted' },
};

export interface Moment {
  readonly glyphs: Glyphs;
  readonly now: number;
}

function sign({ glyph, style }: Sign, word: string, { glyphs, now }: Moment): Span {
  return span(`${glyph === 'spinner' ? turning(glyphs, now) : glyphs[glyph]} ${word}`, style);
}

export function phaseSign(phase: Phase, moment: Moment): Span {
  return sign(PHASES[phase], PHASE_WORDS[phase] ?? phase, moment);
}

export function instanceSign(phase: InstancePhase, moment: Moment): Span {
  return sign(INSTANCES[phase], phase, moment);
}

/** What the process of an instance does, as status knows it. */
export function serviceSign(found: InstanceState | undefined, moment: Moment): Span {
  const { glyphs } = moment;
  if (!found) return span(`${glyphs.stopped} not deployed`, 'muted');
  if (found.busy !== undefined) return sign({ glyph: 'spinner', style: 'busy' }, 'being changed', moment);
  switch (found.service.status) {
    case 'running':
      return runningSign(found, glyphs);
    case 'starting':
      return span(`${glyphs.waiting} starting`, 'busy');
    case 'stopped':
      return span(`${glyphs.stopped} stopped`, 'warn');
    case 'failed':
      return span(`${glyphs.bad} failed`, 'bad');
    case 'none':
      return span(`${glyphs.waiting} files only`, 'muted');
    case 'unknown':
      return span(`${glyphs.unknown} unknown`, 'warn');
  }
}

function runningSign(found: InstanceState, glyphs: Glyphs): Span {
  const { runs } = found;
  if (runs.type === 'unproven') return span(`${glyphs.unknown} running, unproven`, 'warn');
  if (runs.type === 'release' && runs.id !== found.current) {
    return span(`${glyphs.bad} runs ${shortRelease(runs.id)}`, 'bad');
  }
  return span(`${glyphs.ok} running`, 'ok');
}

export function healthSign(sample: ProbeSample | undefined, glyphs: Glyphs): Span {
  if (!sample) return span(glyphs.dash, 'muted');
  const latency = sample.latencyMs === undefined ? '' : ` ${Math.round(sample.latencyMs)}ms`;
  const text = `${sample.healthy ? glyphs.ok : glyphs.bad} ${sample.outcome}${latency}`;
  return span(text, sample.healthy ? 'ok' : 'bad');
}

/** "3m12s"; what lies in the future by a clock that is ahead is "now". */
export function age(ms: number): string {
  return ms < 1000 ? 'now' : formatDuration(Math.floor(ms / 1000) * 1000);
}

/** A bar of `cells` cells, filled by `share` (0 to 1). */
export function bar(share: number, cells: number, glyphs: Glyphs): string {
  const full = Math.max(0, Math.min(cells, Math.floor(share * cells)));
  return glyphs.barFull.repeat(full) + glyphs.barEmpty.repeat(cells - full);
}

/** Whole seconds, rounded down: how long something lasts already. */
export function seconds(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1000) * 1000));
}

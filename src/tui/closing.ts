import { sanitise } from '../base/sanitise.ts';
import { type Problem, type UiState, isRunning } from './state.ts';
import type { Glyphs } from './theme.ts';

/** What stays on the terminal when the screen is gone: how the rollout ended, and what to type next. */
export function closingWords(state: UiState, glyphs: Glyphs): string[] {
  const { rollout, stage } = state;
  if (!rollout) return [];
  if (rollout.problem) return problemWords(rollout.problem, glyphs);
  const { outcome } = rollout;
  if (!outcome) return leftWords(stage, glyphs);
  const sign = outcome.exitCode === 0 ? glyphs.ok : glyphs.warn;
  const next = outcome.next === undefined ? [] : [`${glyphs.arrow} next: ${sanitise(outcome.next)}`];
  return [`${sign} ${sanitise(outcome.message)}`, ...next];
}

export interface Crash {
  readonly state: UiState;
  readonly wasRunning: boolean;
  readonly glyphs: Glyphs;
}

/** The screen broke: what was thrown, and whether the rollout goes on. */
export function crashWords(problem: Problem, { state, wasRunning, glyphs }: Crash): string[] {
  const fate = wasRunning
    ? isRunning(state)
      ? leftWords(state.stage, glyphs)
      : ['The rollout that ran was left:', ...closingWords(state, glyphs)]
    : ['No rollout was running.'];
  return [...problemWords(problem, glyphs), ...fate];
}

function problemWords({ message, detail, mend }: Problem, glyphs: Glyphs): string[] {
  const words = [`${glyphs.bad} ${message}`, ...detail.map((line) => `  ${line}`)];
  return [...words, ...(mend === undefined ? [] : [`${glyphs.arrow} ${mend}`])].map(sanitise);
}

function leftWords(stage: string | undefined, glyphs: Glyphs): string[] {
  return [
    `${glyphs.warn} The rollout was left: hosts finish the instance in hand, the rest waits.`,
    `${glyphs.arrow} next: slipway status ${sanitise(stage ?? '')}`,
  ];
}

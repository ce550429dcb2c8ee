import { quote } from '../../base/shell.ts';
import type { Plan } from '../../rollout/plan.ts';
import { type ScreenName, screenOf, type UiState } from '../state.ts';
import { pickedRef, targetOf } from './deploy/select.ts';
import { selectedRelease } from './releases/select.ts';

/** A command line up to the name of the stage, for each screen: it does what the screen does. */
type Command = (stage: string, state: UiState) => string | undefined;

const COMMANDS: Readonly<Record<ScreenName, Command>> = {
  stages: () => undefined,
  fleet: (stage) => `slipway status ${stage}`,
  deploy: (stage, state) => {
    const target = targetOf(pickedRef(state));
    return `slipway deploy ${stage}${target === '' ? '' : ` --ref ${quote(target)}`}`;
  },
  planning: planCommand,
  review: planCommand,
  rollout: (stage, { rollout }) => rolloutCommand(stage, rollout?.state.plan),
  releases: (stage, state) => {
    const release = selectedRelease(state);
    return release?.notATarget === undefined && release !== undefined
      ? `slipway rollback ${stage} --to ${release.id}`
      : `slipway releases ${stage}`;
  },
  watch: (stage) => `slipway watch ${stage}`,
  doctor: (stage) => `slipway doctor ${stage}`,
  history: (stage) => `slipway history ${stage}`,
  logs: logsCommand,
  logLine: logsCommand,
  messages: () => undefined,
  help: () => 'slipway --help',
};

/** What to type to get the same without the full-screen program; undefined where nothing does. */
export function commandOf(state: UiState): string | undefined {
  return state.stage === undefined ? undefined : COMMANDS[screenOf(state)](quote(state.stage), state);
}

function logsCommand(stage: string, { logs }: UiState): string {
  const { alone, filter = '' } = logs ?? {};
  const only = alone === undefined ? '' : ` --${alone.includes('@') ? 'instance' : 'host'} ${quote(alone)}`;
  return `slipway logs ${stage}${only}${filter === '' ? '' : ` --filter ${quote(filter)}`}`;
}

function planCommand(stage: string, { planning }: UiState): string | undefined {
  if (!planning) return undefined;
  const target = quote(planning.target);
  switch (planning.kind) {
    case 'deploy':
      return `slipway deploy ${stage}${planning.target === '' ? '' : ` --ref ${target}`}`;
    case 'rollback':
      return `slipway rollback ${stage}${planning.target === '' ? '' : ` --to ${target}`}`;
    case 'reconcile':
      return `slipway reconcile ${stage}`;
    case 'continue':
      return `slipway resume ${stage} --continue`;
    case 'goBack':
      return `slipway resume ${stage} --rollback`;
  }
}

/** What would have started it. */
function rolloutCommand(stage: string, plan: Plan | undefined): string {
  switch (plan?.kind) {
    case undefined:
      return `slipway status ${stage}`;
    case 'deploy':
      return `slipway deploy ${stage}${plan.release.revision === undefined ? '' : ` --ref ${plan.release.revision}`}`;
    case 'rollback':
      return `slipway rollback ${stage} --to ${quote(plan.release.id)}`;
    case 'reconcile':
      return `slipway reconcile ${stage}`;
  }
}

import type { Clock } from '../../base/clock.ts';
import type { StageSession } from '../../rollout/session.ts';
import type { HostKeyQuestion } from '../../ssh/host-key.ts';
import type { AskPerson } from '../../ssh/prompts.ts';
import type { Action } from '../actions.ts';
import type { Store } from '../store.ts';
import type { Prefs } from '../../prefs/prefs.ts';
import { createPrefsWork } from './prefs-work.ts';
import { createLookoutWork } from './lookout-work.ts';
import { createVitalsWork } from './vitals-work.ts';
import { createLogWork } from './log-work.ts';
import { createLogsWork } from './logs-work.ts';
import { createPlanWork } from './plan-work.ts';
import { createPromptWork } from './prompt-work.ts';
import { createRolloutWork } from './rollout-work.ts';
import { createStandingWork } from './standing-work.ts';
import { createStageWork } from './stage-work.ts';
import { createDoctorWork } from './doctor-work.ts';
import { createTrailWork } from './trail-work.ts';
import { createWizardWork } from './wizard-work.ts';

/** Whoever sits in front of the screen: answers what hosts and keys ask for. */
export interface Person {
  readonly ask: AskPerson;
  /** Told of each host key that was added to known_hosts. */
  readonly onHostKeyAdded: (added: HostKeyQuestion) => void;
}

/** A stage that can be opened. */
export interface StageEntry {
  readonly stage: string;
  readonly protected: boolean;
  open(person: Person): Promise<StageSession>;
  /** A person's shell on one of its hosts, on the terminal that slipway has given back meanwhile. */
  shell?(where: ShellPlace): Promise<void>;
}

export interface ShellPlace {
  readonly host: string;
  /** Whose release the shell begins in; that of the whole host without it. */
  readonly instance: string | undefined;
}

/** The world as the workers see it. */
export interface Surroundings {
  readonly store: Store;
  readonly clock: Clock;
  readonly stages: readonly StageEntry[];
  readonly env: NodeJS.ProcessEnv;
  readonly prefs?: Prefs | undefined;
  /** Where files are saved; the current folder when left out. */
  readonly folder?: string | undefined;
  /** Puts one question on the screen. */
  readonly put: AskPerson;
  /** The open session; undefined before and between. */
  readonly session: () => StageSession | undefined;
}

export interface Work {
  /** Asks a running rollout to be left; settles when it was, or at once when none runs. */
  readonly leave: () => Promise<void>;
  /** Ends whatever goes on and closes the session. */
  readonly close: () => Promise<void>;
}

/**
 * Does what actions ask for, and posts what came of it. The only place of the program that touches sessions; the screens
 * read the state, the reducer computes it, neither works.
 */
export function createWork(given: Omit<Surroundings, 'session' | 'put'>): Work {
  const prompt = createPromptWork(given);
  const surroundings: Surroundings = { ...given, put: prompt.put, session: () => stage.session() };
  const stage = createStageWork(surroundings);
  const planning = createPlanWork(surroundings);
  const rollout = createRolloutWork(surroundings);
  const standing = createStandingWork(surroundings);
  const log = createLogWork(surroundings);
  const vitals = createVitalsWork(surroundings);
  const lookout = createLookoutWork(surroundings);
  const prefs = createPrefsWork(given);
  const wizard = createWizardWork(surroundings);
  const trail = createTrailWork(surroundings);
  const doctor = createDoctorWork(surroundings);
  const logs = createLogsWork(surroundings);

  given.store.onAction((action: Action) => {
    prompt.hear(action);
    stage.hear(action);
    planning.hear(action);
    rollout.hear(action);
    standing.hear(action);
    log.hear();
    vitals.hear();
    lookout.hear();
    prefs.hear(action);
    wizard.hear(action);
    trail.hear(action);
    doctor.hear(action);
    logs.hear(action);
  });
  return {
    leave: () => rollout.leave(),
    close: async () => {
      planning.cancel();
      log.stop();
      vitals.stop();
      lookout.stop();
      wizard.stop();
      doctor.stop();
      logs.stop();
      rollout.stopListening();
      await stage.close();
    },
  };
}

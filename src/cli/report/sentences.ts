import { formatBytes } from '../../base/bytes.ts';
import { unreachable } from '../../base/errors.ts';
import { list, plural } from '../../base/text.ts';
import type { Phase, RolloutEvent } from '../../rollout/events.ts';
import type { Plan, Step } from '../../rollout/plan.ts';
import { wishText } from '../../rollout/wish-words.ts';
import { because } from './because.ts';
import { createInstanceWords } from './instance-sentences.ts';
import { createSyncPace } from './pace.ts';
import { createLookWords } from './plain-analysis.ts';
import { stepWords } from './plain-plan.ts';
import { quoted, sentence, sentences, spokenDuration, toDo } from './speech.ts';
import type { Write } from './text.ts';

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** Turns events into sentences that can be read aloud: one for each change, and none that takes back another. */
export function createSentenceReport(write: Write): (event: RolloutEvent) => void {
  const ofInstance = createInstanceWords();
  const ofLook = createLookWords();
  const ofSync = createSyncWords();
  const ofRollout = createRolloutWords();
  return (event) => {
    for (const words of wordsOf(event)) write(sentence(words));
  };

  function wordsOf(event: RolloutEvent): readonly string[] {
    switch (event.type) {
      case 'instance.state':
      case 'instance.evidence':
      case 'probe.sample':
      case 'log.line':
        return ofInstance(event);
      case 'analysis.verdict':
        return ofLook(event);
      case 'sync.progress':
        return ofSync(event);
      case 'rollout.planned':
      case 'rollout.started':
      case 'rollout.phase':
      case 'rollout.step':
      case 'rollout.paused':
      case 'rollout.resumed':
      case 'rollout.asked':
      case 'rollout.finished':
      case 'bake.started':
      case 'analysis.started':
        return ofRollout(event);
      case 'warning':
        return [warningWords(event)];
      default:
        return hostWords(event);
    }
  }
}

/** What happens to the rollout as a whole. Its end is told by its outcome, a pause by the event that says why. */
function createRolloutWords() {
  let plan: Plan | undefined;
  let step: Step | undefined;
  return (event: RolloutLevel): readonly string[] => {
    switch (event.type) {
      case 'rollout.planned':
        plan = event.plan;
        return [];
      case 'rollout.step':
        step = plan?.steps.length === event.of ? plan.steps[event.index - 1] : undefined;
        if (plan && step) return [stepWords(plan, event.index - 1)];
        return [`Step ${event.index} of ${event.of}: ${event.title}`];
      case 'bake.started':
      case 'analysis.started':
        // where the step has said so
        return step?.type === 'bake' || step?.type === 'analyze' ? [] : [watchWords(event)];
      case 'rollout.started':
      case 'rollout.finished':
        return [];
      case 'rollout.phase':
        return phaseWords(event);
      case 'rollout.paused':
        return [`The rollout is paused: ${event.reason === '' ? event.reasons.join(', ') : event.reason}`];
      case 'rollout.resumed': {
        const accepted = event.accepted ? ', and takes it for good enough' : '';
        return [`${event.by} lets it go on${accepted}${because(event.why)}`];
      }
      case 'rollout.asked':
        return [`${event.by} asks to ${wishText(event.intent)}${event.refused ? `; not now: ${event.refused}` : ''}`];
      default:
        return unreachable(event);
    }
  };
}

type RolloutLevel = Of<(`rollout.${string}` & RolloutEvent['type']) | 'bake.started' | 'analysis.started'>;

function watchWords(event: Of<'bake.started' | 'analysis.started'>): string {
  const duration = spokenDuration(event.until - event.t);
  if (event.type === 'bake.started') return `Watching ${plural(event.instances.length, 'instance')} for ${duration}`;
  const canaries = event.roles.flatMap((role) => role.canaries).length;
  return `Watching ${plural(canaries, 'canary', 'canaries')} for ${duration}`;
}

/** Phases whose beginning nothing else tells. */
const BEGINS: Readonly<Partial<Record<Phase, string>>> = {
  Aborting: 'The rollout stops',
  RollingBack: 'The rollout goes back',
};

function phaseWords({ phase, reason }: Of<'rollout.phase'>): readonly string[] {
  const begins = BEGINS[phase];
  return begins === undefined ? [] : [`${begins}${because(reason)}`];
}

type HostEvent = Exclude<
  RolloutEvent,
  | RolloutLevel
  | Of<
      | 'instance.state'
      | 'instance.evidence'
      | 'probe.sample'
      | 'log.line'
      | 'analysis.verdict'
      | 'sync.progress'
      | 'warning'
    >
>;

function hostWords(event: HostEvent): readonly string[] {
  switch (event.type) {
    case 'host.connected':
    case 'lock.taken':
    case 'lock.released':
    case 'bake.finished':
    case 'analysis.sample':
      return [];
    case 'host.lost':
      return [`${event.host}: ${event.reason}`];
    case 'host.skipped':
      return [`${event.host} is skipped by ${event.by}: the rest of it stays as it is`];
    case 'host.ready':
      return [
        `${event.host} ${event.reused ? 'has the release already' : 'has received the release, and it is verified'}`,
      ];
    case 'prepare.started':
      return [`${event.host} prepares the release: ${quoted(event.run)}`];
    case 'prepare.finished':
      return [
        `${event.host} ${event.reused ? 'takes over what was prepared before' : 'has done'}: ${quoted(event.run)}`,
      ];
    case 'hook.started':
      return [`${event.host} runs the hook ${quoted(event.run)}`];
    case 'hook.finished':
      return [`${event.host} has run the hook ${quoted(event.run)}`];
    case 'hook.output':
      return [`${event.host} says: ${quoted(event.line)}`];
    case 'lock.takenOver':
      return [`${event.host}: the lock of ${event.found} is taken over`];
    case 'release.pruned':
      return [`${event.host} has deleted old releases: ${list(event.releases)}`];
    case 'traffic.switched':
      return [`${event.host}: the traffic of ${event.role} goes to ${event.to} now`];
    case 'gate.opened':
      return ['Waiting for approval'];
    case 'gate.passed':
      return [`${event.by} approves${because(event.why)}`];
    default:
      return unreachable(event);
  }
}

function warningWords({ host, message, mend }: Of<'warning'>): string {
  return sentences(`Warning: ${host === undefined ? '' : `${host}: `}${message}`, toDo(mend));
}

/** An upload that takes long is told of now and then: each time it takes a while to be heard. */
const SYNC_TOLD_MS = 10_000;
/** Bytes; less is sent before anybody could hear of it. */
const LARGE = 1_000_000;

function createSyncWords() {
  const pace = createSyncPace(SYNC_TOLD_MS);
  return (event: Of<'sync.progress'>): readonly string[] => {
    const { host, sent, total } = event;
    const told = pace(event);
    switch (told?.type) {
      case 'begins':
        return total < LARGE ? [] : [`${host}: sending ${formatBytes(total)}`];
      case 'goesOn':
        return [`${host}: ${formatBytes(sent)} of ${formatBytes(total)} sent, ${spokenDuration(told.leftMs)} left`];
      case undefined:
        return [];
    }
  };
}

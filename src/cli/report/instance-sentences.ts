import type { RolloutEvent } from '../../rollout/events.ts';
import { createProbePace } from './pace.ts';
import { atHost, quoted, spokenDuration, spokenRelease } from './speech.ts';

type Of<T extends RolloutEvent['type']> = Extract<RolloutEvent, { type: T }>;

/** What is remembered of an instance until it is through. */
interface Changing {
  /** When it was switched; milliseconds since 1970. */
  readonly since: number;
  readonly health: 'asked' | 'not asked';
}

/** What happens to single instances: "fra-1: bot.1 is healthy after 4 seconds." */
export function createInstanceWords() {
  const changing = new Map<string, Changing>();
  const isTold = createProbePace();

  const probed = (event: Of<'probe.sample'>): readonly string[] => {
    const { instance } = event;
    const before = changing.get(instance);
    if (before) changing.set(instance, { ...before, health: 'asked' });
    return isTold(event) ? probeWords(event) : [];
  };

  return (event: Of<'instance.state' | 'instance.evidence' | 'probe.sample' | 'log.line'>): readonly string[] => {
    switch (event.type) {
      case 'instance.state':
        if (event.state === 'switched') changing.set(event.instance, { since: event.t, health: 'not asked' });
        return stateWords(event, changing.get(event.instance));
      case 'probe.sample':
        return probed(event);
      case 'instance.evidence':
        return evidenceWords(event);
      case 'log.line':
        return [`${atHost(event.instance)} logs: ${quoted(event.line)}`];
    }
  };
}

const PARTS: Readonly<Record<Of<'instance.evidence'>['part'], string>> = {
  exit: 'how it ended',
  status: 'the state of its service',
  ports: 'its port',
  response: 'its last answer',
  log: 'its log',
};

/** As many lines of a part are said; `--json` has all. */
const SAID = 10;

/** What a host tells of an instance that has failed: in one sentence where it is a line, else line by line. */
function evidenceWords({ instance, part, lines }: Of<'instance.evidence'>): readonly string[] {
  const head = `${atHost(instance)}, ${PARTS[part]}`;
  if (lines.length <= 1) return [`${head}: ${quoted(lines[0] ?? 'nothing')}`];
  // of a log the end counts
  const said = part === 'log' ? lines.slice(-SAID) : lines.slice(0, SAID);
  const which = said.length === lines.length ? '' : part === 'log' ? `the last ${SAID} of ` : `the first ${SAID} of `;
  return [`${head}, ${which}${lines.length} lines:`, ...said.map(quoted)];
}

/** Less of a wait is not worth a sentence. */
const LONG_MS = 2000;

function stateWords(event: Of<'instance.state'>, changing: Changing | undefined): readonly string[] {
  const { instance, state, release, reason } = event;
  const who = atHost(instance);
  const to = release === undefined ? 'nothing' : spokenRelease(release);
  const why = reason === '' ? '' : `: ${reason}`;
  switch (state) {
    case 'old':
    case 'stopped':
    case 'starting':
    case 'baking':
    // its first answer, or its end, follows
    case 'verifying':
      return [];
    case 'switched':
      return [`${who} is switched to ${to}`];
    case 'updated':
      return [updatedWords(event, changing)];
    case 'failed':
      return [`${who} has failed${why}`];
    case 'skipped':
      return [`${who} stays as it is${why}`];
    case 'unreachable':
      return [`${who} cannot be reached${why}`];
    case 'unverified':
      return [`${who} could not be looked at, so nobody knows how it is${why}`];
    case 'reverting':
      return [`${who} goes back${why}`];
    case 'reverted':
      return [`${who} is back on ${to}${why}`];
    case 'retired':
      return [`${who} is stopped and removed${why}`];
  }
}

function probeWords({ instance, sample, attempt, healthyMs, neededMs }: Of<'probe.sample'>): readonly string[] {
  const who = atHost(instance);
  if (!sample.healthy) return [`${who} is not healthy at attempt ${attempt}: ${sample.outcome}`];
  // what comes next says that it is
  if (neededMs - healthyMs < LONG_MS) return [];
  return [`${who} answers well (${sample.outcome}), and must do so for ${spokenDuration(neededMs - healthyMs)}`];
}

function updatedWords({ instance, release, proof, t }: Of<'instance.state'>, changing: Changing | undefined): string {
  const is = changing?.health === 'asked' ? 'is healthy' : 'is updated';
  const after = changing === undefined ? '' : ` after ${spokenDuration(Math.max(0, t - changing.since))}`;
  const runs = release === undefined ? '' : ` and runs ${spokenRelease(release)}`;
  return `${atHost(instance)} ${is}${after}${runs}${proof === 'proven' ? '' : '; nothing on the host proves which release it runs'}`;
}

import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { StageSession } from '../../rollout/session.ts';
import { hostOf } from '../../logs/names.ts';
import { Overlap, RETOLD } from '../../logs/overlap.ts';
import type { Arrival } from '../screens/logs/ring.ts';

const LONGEST_WAIT_MS = 30_000;

/** Lines that may be old are held back for no longer than this. */
const DOUBT_MS = 1000;

/** A line is no longer than this: a dump of a whole heap in one line must not stop the screen. */
export const LONGEST_LINE = 16_384;

export interface Following {
  readonly instance: string;
  readonly session: StageSession;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tell: (arrival: Arrival) => void;
  /** Until somebody wants to have refused logs asked for again, or the signal is aborted. */
  readonly retried: (signal: AbortSignal) => Promise<void>;
}

type Line = Omit<Arrival, 'source' | 'at'>;

/** Follows the log of one instance until the signal is aborted: over and over when it is lost, with a word on each gap. */
export async function followAgain(following: Following): Promise<void> {
  const { instance, clock, signal } = following;
  const tail: string[] = [];
  const tell = (line: Line) => {
    if (!signal.aborted) following.tell({ ...line, source: instance, at: clock.now() });
  };
  let known = nothingWrong;
  const heard: Heard = {
    onLine: (text) => {
      known = nothingWrong;
      tail.push(text);
      if (tail.length > RETOLD) tail.shift();
      tell({ kind: 'line', text });
    },
    onGap: (text) => {
      known = nothingWrong;
      tell({ kind: 'gap', text });
    },
  };
  const isOver = () => signal.aborted;
  while (!isOver()) {
    const { lostAt } = known;
    const end = await once(following, lostAt === undefined ? undefined : { lostAt, tail: [...tail] }, heard);
    if (isOver()) return;
    const words = troubleWords(instance, end);
    if (words !== known.trouble) tell({ kind: 'trouble', text: words });
    const wait = known.nextWait;
    known = { trouble: words, lostAt: known.lostAt ?? clock.now(), nextWait: Math.min(LONGEST_WAIT_MS, wait * 2) };
    const pause = end.how === 'refused' ? following.retried(signal) : clock.sleep(wait, signal);
    await pause.catch(() => undefined); // aborted
  }
}

/** What is wrong with a log since its last line. */
interface Known {
  /** As it was said. */
  readonly trouble: string | undefined;
  readonly lostAt: number | undefined;
  readonly nextWait: number;
}

const nothingWrong: Known = { trouble: undefined, lostAt: undefined, nextWait: 1000 };

interface Heard {
  readonly onLine: (text: string) => void;
  readonly onGap: (text: string) => void;
}

interface Before {
  readonly lostAt: number;
  readonly tail: readonly string[];
}

interface End {
  readonly how: 'lost' | 'refused';
  readonly reason: string | undefined;
}

/** `fra-2 was lost. It is tried again.`, with a name before it where it names none itself. */
function troubleWords(instance: string, { how, reason = 'the log has ended' }: End): string {
  const named = reason.includes(hostOf(instance)) ? reason : `${instance}: ${reason}`;
  return `${named.replace(/([^.!?])$/, '$1.')} ${how === 'lost' ? 'It is tried again.' : 'r tries again.'}`;
}

/** Until it ends. What is told again is left out, when it was followed before. */
function once(following: Following, before: Before | undefined, heard: Heard): Promise<End> {
  const { instance, session, clock, signal } = following;
  const { promise, resolve } = Promise.withResolvers<End>();
  let reason: string | undefined;
  const sorted = before ? withoutRetold(following, before, heard) : { onLine: heard.onLine, settle: () => undefined };
  const abandon = () => resolve({ how: 'lost', reason });
  signal.addEventListener('abort', abandon, { once: true });
  session.followLog(instance, {
    signal,
    onLine: (text) => sorted.onLine(shortened(text)),
    onTrouble: (message) => (reason = message),
    onEnd: (how) => {
      sorted.settle();
      resolve({ how, reason });
    },
  });
  if (before) clock.sleep(DOUBT_MS, signal).then(sorted.settle, () => undefined);
  return promise.finally(() => signal.removeEventListener('abort', abandon));
}

/** Passes on what is new, once that is known; before it, how long nothing was heard. */
function withoutRetold({ instance, clock }: Following, { lostAt, tail }: Before, { onLine, onGap }: Heard) {
  const overlap = new Overlap(tail);
  let isSettled = false;
  let hasHeard = false;
  const release = (lines: readonly string[]) => {
    isSettled = true;
    const name = instance.slice(0, Math.max(0, instance.lastIndexOf('@')));
    const after = formatDuration(Math.max(1000, Math.round((clock.now() - lostAt) / 1000) * 1000));
    const words = overlap.joins ? `, followed again after ${after}` : ` for ${after}; lines may be missing`;
    onGap(`${hostOf(instance)}: the log of ${name} was lost${words}`);
    lines.forEach(onLine);
  };
  return {
    onLine: (text: string) => {
      hasHeard = true;
      const fresh = isSettled ? undefined : overlap.next(text);
      if (isSettled) onLine(text);
      else if (fresh) release(fresh);
    },
    settle: () => {
      if (!isSettled && hasHeard) release(overlap.rest());
    },
  };
}

function shortened(text: string): string {
  if (text.length <= LONGEST_LINE) return text;
  return `${text.slice(0, LONGEST_LINE)} [cut here: the line has ${text.length} characters]`;
}

import type { Commit } from '../app/app.ts';
import { checkRelease, type Contender } from '../contenders/contender.ts';
import { sshTrue } from '../contenders/rsync.ts';
import type { Site } from '../site.ts';
import { type Counting, type Sample, sample } from './sample.ts';
import { atRest } from './at-rest.ts';

/** What is measured, in this order: two releases that follow the first one, then back to the one before. */
export const OPERATIONS = ['first', 'small', 'big', 'rollback'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Measurement {
  readonly site: Site;
  readonly contenders: readonly Contender[];
  /** The first two of them at least. */
  readonly operations: readonly Operation[];
  readonly rounds: number;
  /** Deploy tools take half a minute where others take two seconds: they leave after so many rounds. */
  readonly toolRounds: number;
  readonly say: (line: string) => void;
}

export interface Result {
  readonly title: string;
  readonly kind: Contender['kind'] | 'yardstick';
  readonly samples: Readonly<Record<Operation, readonly Sample[]>>;
  /** How many times as long as `ssh HOST true` just before it, each of the small redeploys. */
  readonly ratios: readonly number[];
  /** Why it left before the end. */
  readonly failure: string | undefined;
}

interface Notes {
  readonly samples: Record<Operation, Sample[]>;
  readonly ratios: number[];
  failure: string | undefined;
}

/** Everything is measured in turns, so that what disturbs the machine disturbs all alike. */
export async function measure(measurement: Measurement): Promise<readonly Result[]> {
  const { contenders, rounds, site } = measurement;
  const records = new Map(contenders.map((one) => [one, emptyRecord()] as const));
  const yardstick = emptyRecord();
  await sshTrue(site);
  for (let round = 0; round < rounds; round += 1) {
    await playRound({ ...measurement, records, yardstick, round });
  }
  const row = { title: '`ssh HOST true` on all at once', kind: 'yardstick', ...yardstick } as const;
  return [row, ...contenders.map((one) => ({ title: one.title, kind: one.kind, ...records.get(one)! }))];
}

function emptyRecord(): Notes {
  return { samples: { first: [], small: [], big: [], rollback: [] }, ratios: [], failure: undefined };
}

interface Round extends Measurement {
  readonly records: ReadonlyMap<Contender, Notes>;
  readonly yardstick: Notes;
  readonly round: number;
}

async function playRound(round: Round): Promise<void> {
  const { site, contenders, operations, records, yardstick, say } = round;
  const takesPart = (one: Contender) =>
    records.get(one)!.failure === undefined && (one.kind !== 'tool' || round.round < round.toolRounds);
  const present = contenders.filter(takesPart);
  const turn = round.round % present.length;
  const counting = round.round === 0 ? 'with logins' : 'without logins';
  for (const operation of operations) {
    const commit = site.app.commits[operation === 'rollback' ? 'small' : operation];
    await site.app.show(commit);
    const took: string[] = [];
    for (const one of [...present.slice(turn), ...present.slice(0, turn)].filter(takesPart)) {
      const before = await measureOne(site, counting, () => sshTrue(site));
      yardstick.samples[operation].push(before);
      const its = await perform(round, one, { operation, commit, counting });
      if (its === undefined) continue;
      records.get(one)!.samples[operation].push(its);
      if (operation === 'small') records.get(one)!.ratios.push(its.ms / before.ms);
      took.push(`${one.title} ${inSeconds(its)} (ssh ${inSeconds(before)})`);
    }
    say(`  ${round.round + 1}/${round.rounds} ${operation}: ${took.join(', ')}`);
  }
}

interface Task {
  readonly operation: Operation;
  readonly commit: Commit;
  readonly counting: Counting;
}

/** Undefined when it failed: a peer that does not get along with this machine must not end an hour of measuring. */
async function perform(
  round: Round,
  one: Contender,
  { operation, commit, counting }: Task,
): Promise<Sample | undefined> {
  const { site, say, records } = round;
  try {
    if (operation === 'first') await one.reset();
    await one.prepare?.(commit);
    const its = await measureOne(site, counting, () =>
      operation === 'rollback' ? one.rollback() : one.deploy(commit),
    );
    await checkRelease(site.hosts, one.current, commit);
    return its;
  } catch (error) {
    if (site.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    records.get(one)!.failure = `${operation}: ${reason}`;
    say(`${one.title} leaves after its failure. ${operation}: ${reason}`);
    return undefined;
  } finally {
    await one.after?.();
  }
}

async function measureOne(site: Site, counting: Counting, work: () => Promise<void>): Promise<Sample> {
  await atRest(site);
  return sample(site, counting, work);
}

function inSeconds({ ms }: Sample): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

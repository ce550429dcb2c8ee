import { parseArgs } from 'node:util';
import type { Conditions } from './conditions.ts';
import { CONTENDERS, type ContenderName } from './contenders/all.ts';
import { OPERATIONS, type Operation } from './measuring/measure.ts';
import { USUAL } from './reporting/findings.ts';

/** What a run measures. */
export interface BenchPlan {
  readonly app: 'published' | 'invented';
  readonly comparisons: readonly PlannedComparison[];
  /** Rounds of redeploys in a session that is connected already; 0 leaves them out. */
  readonly openSessionRounds: number;
  readonly manyRounds: number;
  /** Ways back from a slot whose other one is warm. */
  readonly flipRounds: number;
  /** How long to wait for a quiet machine. */
  readonly patienceMs: number;
  readonly document: 'written' | 'not written';
}

export interface PlannedComparison {
  readonly conditions: Conditions;
  readonly contenders: readonly ContenderName[];
  readonly operations: readonly Operation[];
  readonly rounds: number;
  /** For deploy tools. */
  readonly toolRounds: number;
}

export const USAGE = `usage: npm run bench -- [options]
  (none)         the promises: five hosts, mostly at 40 ms; some five minutes, four where it is quiet
  --full         every contender under all conditions; an hour and a half; writes docs/bench.md
  --quick        fewer rounds, no deploy tool, not fifty hosts; a minute
  --rtt MS, --hosts N, --up MBIT
                 only these conditions, all operations
  --only A,B     only these of: ${CONTENDERS.join(', ')}
  --rounds N     as many rounds
  --invented     files of its own making instead of a package from npm`;

/** Reads the command line; throws what is wrong with it. Undefined: only how to use it is asked for. */
export function planOf(argv: readonly string[]): BenchPlan | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...{ full: { type: 'boolean' }, quick: { type: 'boolean' }, invented: { type: 'boolean' } },
      ...{ rtt: { type: 'string' }, hosts: { type: 'string' }, up: { type: 'string' } },
      ...{ only: { type: 'string' }, rounds: { type: 'string' }, help: { type: 'boolean' } },
    },
  });
  if (values.help) return undefined;
  const only = values.only?.split(',').map(contenderOf);
  const rounds = values.rounds === undefined ? undefined : numberOf('--rounds', values.rounds, 1);
  const app = values.invented ? 'invented' : 'published';
  const plan = { app, patienceMs: values.quick ? 0 : 60_000, ...planBy(values) } as const;
  const isNarrowed = only !== undefined || values.rtt !== undefined;
  return {
    ...plan,
    openSessionRounds: Math.min(rounds ?? plan.openSessionRounds, plan.openSessionRounds),
    manyRounds: Math.min(rounds ?? plan.manyRounds, plan.manyRounds),
    flipRounds: Math.min(rounds ?? plan.flipRounds, plan.flipRounds),
    document: isNarrowed ? 'not written' : plan.document,
    comparisons: plan.comparisons.map((comparison) => ({
      ...comparison,
      contenders: only ?? comparison.contenders,
      rounds: rounds ?? comparison.rounds,
      toolRounds: Math.min(rounds ?? comparison.toolRounds, comparison.toolRounds),
    })),
  };
}

interface Flags {
  readonly full?: boolean;
  readonly quick?: boolean;
  readonly rtt?: string;
  readonly hosts?: string;
  readonly up?: string;
}

type Measurements = Omit<BenchPlan, 'app' | 'patienceMs'>;

function planBy({ full, quick, rtt, hosts, up }: Flags): Measurements {
  if (rtt === undefined && hosts === undefined && up === undefined) return full ? everything() : promises(quick);
  const conditions = {
    hosts: numberOf('--hosts', hosts ?? String(USUAL.hosts), 1),
    rttMs: numberOf('--rtt', rtt ?? String(USUAL.rttMs), 0),
    upMbit: numberOf('--up', up ?? '0', 0),
  };
  const rounds = quick ? { rounds: 1, toolRounds: 1 } : { rounds: 5, toolRounds: 2 };
  const contenders = full ? CONTENDERS : FAST;
  const comparison = { conditions, contenders, operations: OPERATIONS, ...rounds };
  return { comparisons: [comparison], openSessionRounds: 0, manyRounds: 0, flipRounds: 0, document: 'not written' };
}

const FAST: readonly ContenderName[] = ['slipway', 'rsync'];

/** What the promises need, and one deploy tool. */
function promises(quick = false): Measurements {
  const rounds = quick ? 2 : 5;
  const operations = ['first', 'small'] as const;
  const usual = quick ? FAST : [...FAST, 'capistrano' as const];
  const alone = (rttMs: number): PlannedComparison => ({
    ...{ conditions: { ...USUAL, rttMs }, contenders: ['slipway'], operations, toolRounds: 0 },
    rounds: quick ? 2 : 3,
  });
  return {
    comparisons: [{ conditions: USUAL, contenders: usual, operations, rounds, toolRounds: 1 }, alone(0), alone(100)],
    openSessionRounds: rounds,
    manyRounds: quick ? 0 : 1,
    flipRounds: quick ? 1 : 3,
    document: 'not written',
  };
}

function everything(): Measurements {
  const lines = [USUAL, ...[0, 20, 100].map((rttMs) => ({ ...USUAL, rttMs })), { ...USUAL, rttMs: 20, upMbit: 20 }];
  const all = { contenders: CONTENDERS, operations: OPERATIONS };
  const withFive = lines.map((conditions) => {
    return {
      ...all,
      conditions,
      ...(conditions === USUAL ? { rounds: 7, toolRounds: 3 } : { rounds: 3, toolRounds: 1 }),
    };
  });
  const withOne = lines.map((line) => ({ ...all, conditions: { ...line, hosts: 1 }, rounds: 3, toolRounds: 1 }));
  return {
    comparisons: [...withFive, ...withOne],
    openSessionRounds: 7,
    manyRounds: 3,
    flipRounds: 7,
    document: 'written',
  };
}

function contenderOf(name: string): ContenderName {
  const found = CONTENDERS.find((each) => each === name);
  if (found === undefined) throw new Error(`There is no contender "${name}".\n${USAGE}`);
  return found;
}

function numberOf(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= least) return value;
  throw new Error(`${flag} takes a number from ${least} on, not "${text}".\n${USAGE}`);
}

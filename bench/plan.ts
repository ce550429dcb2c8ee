import { parseArgs } from 'node:util';
import type { Conditions } from './conditions.ts';
import { CONTENDERS, type ContenderName } from './contenders/all.ts';
import { OPERATIONS, type Operation } from './measuring/measure.ts';
import type { LogsPlan } from './parts/logs.ts';
import type { TuiPlan } from './parts/tui.ts';
import { USUAL } from './reporting/findings.ts';
import { SIZES } from './tui/screen.ts';

/** What a run measures. */
export interface BenchPlan {
  readonly app: 'published' | 'invented';
  readonly comparisons: readonly PlannedComparison[];
  /** Rounds of redeploys in a session that is connected already; 0 leaves them out. */
  readonly openSessionRounds: number;
  readonly manyRounds: number;
  /** Ways back from a slot whose other one is warm. */
  readonly flipRounds: number;
  /** Undefined leaves the logs out. */
  readonly logs: LogsPlan | undefined;
  /** Undefined leaves the full-screen program out. */
  readonly tui: TuiPlan | undefined;
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

/** What is no contender. */
const PARTS = ['logs', 'tui'] as const;
type Part = (typeof PARTS)[number];

export const USAGE = `usage: npm run bench -- [options]
  (none)         the promises: five hosts, mostly at 40 ms, the logs, and the full-screen program; some eleven minutes
  --full         every contender under all conditions; an hour and a half; writes docs/bench.md
  --quick        fewer rounds, no deploy tool, not fifty hosts, no half an hour of the screen; two minutes
  --rtt MS, --hosts N, --up MBIT
                 only these conditions, all operations
  --only A,B     only these of: ${[...CONTENDERS, ...PARTS].join(', ')};
                 "tui" is the full-screen program, which alone takes four minutes and no hosts;
                 "logs" reads the logs of hosts, which alone takes three minutes
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
  const only = values.only?.split(',').map(partOf);
  const rounds = values.rounds === undefined ? undefined : numberOf('--rounds', values.rounds, 1);
  const app = values.invented ? 'invented' : 'published';
  const plan = { app, patienceMs: values.quick ? 0 : 60_000, ...planBy(values) } as const;
  const asked = narrowed(plan, { only, rounds, isOnOneLine: values.rtt !== undefined });
  if (!asked.tui && !needsHosts(asked)) throw new Error(`Nothing is left to measure.\n${USAGE}`);
  return asked;
}

/** Whether nothing is deployed. */
export function isOnlyLogs(plan: BenchPlan): boolean {
  return plan.logs !== undefined && !needsHosts({ ...plan, logs: undefined });
}

/** Whether hosts have to be booted for it. */
export function needsHosts({ comparisons, openSessionRounds, manyRounds, flipRounds, logs }: BenchPlan): boolean {
  return logs !== undefined || comparisons.length > 0 || openSessionRounds + manyRounds + flipRounds > 0;
}

interface Narrowing {
  readonly only: readonly (ContenderName | Part)[] | undefined;
  readonly rounds: number | undefined;
  readonly isOnOneLine: boolean;
}

function narrowed(plan: BenchPlan, { only, rounds, isOnOneLine }: Narrowing): BenchPlan {
  const contenders = only?.filter((part) => !isPart(part));
  const atMost = (count: number) => (contenders?.length === 0 ? 0 : Math.min(rounds ?? count, count));
  const isAsked = (part: Part) => only === undefined || only.includes(part);
  return {
    ...plan,
    openSessionRounds: atMost(plan.openSessionRounds),
    manyRounds: atMost(plan.manyRounds),
    flipRounds: atMost(plan.flipRounds),
    logs: isAsked('logs') && plan.logs ? logsIn(plan.logs, rounds) : undefined,
    tui:
      isAsked('tui') && plan.tui
        ? { ...plan.tui, starts: Math.min(rounds ?? plan.tui.starts, plan.tui.starts) }
        : undefined,
    document: only !== undefined || isOnOneLine ? 'not written' : plan.document,
    comparisons: (contenders?.length === 0 ? [] : plan.comparisons).map((comparison) => ({
      ...comparison,
      contenders: contenders ?? comparison.contenders,
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
  const nothingElse = { openSessionRounds: 0, manyRounds: 0, flipRounds: 0, logs: undefined, tui: undefined };
  return { comparisons: [comparison], ...nothingElse, document: 'not written' };
}

const FAST: readonly ContenderName[] = ['slipway', 'rsync'];

const USUAL_TUI: TuiPlan = { starts: 15, keys: 100, idleMs: 5000, busyMs: 20_000, memory: SIZES.slice(0, 1) };
const QUICK_TUI: TuiPlan = { starts: 3, keys: 20, idleMs: 5000, busyMs: 5000, memory: [] };

const USUAL_LOGS: LogsPlan = {
  flood: { seconds: 15, cutSeconds: 0 },
  screen: { keys: 40 },
  rate: { lines: 30_000, rounds: 2 },
  search: { lines: 200_000, rounds: 2 },
};
const QUICK_LOGS: LogsPlan = {
  flood: { seconds: 5, cutSeconds: 0 },
  screen: { keys: 20 },
  rate: { lines: 10_000, rounds: 1 },
  search: { lines: 50_000, rounds: 1 },
};
const FULL_LOGS: LogsPlan = {
  flood: { seconds: 60, cutSeconds: 20 },
  screen: { keys: 200 },
  rate: { lines: 100_000, rounds: 3 },
  search: { lines: 200_000, rounds: 5 },
};

function logsIn({ flood, screen, rate, search }: LogsPlan, rounds = Infinity): LogsPlan {
  const atMost = (count: number) => Math.min(rounds, count);
  return {
    flood,
    screen,
    rate: { ...rate, rounds: atMost(rate.rounds) },
    search: { ...search, rounds: atMost(search.rounds) },
  };
}

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
    logs: quick ? QUICK_LOGS : USUAL_LOGS,
    tui: quick ? QUICK_TUI : USUAL_TUI,
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
    logs: FULL_LOGS,
    tui: { ...USUAL_TUI, starts: 31, keys: 200, memory: SIZES },
    document: 'written',
  };
}

function isPart(name: ContenderName | Part): name is Part {
  return PARTS.some((part) => part === name);
}

function partOf(name: string): ContenderName | Part {
  const found = ([...CONTENDERS, ...PARTS] as const).find((each) => each === name);
  if (found === undefined) throw new Error(`There is no contender "${name}".\n${USAGE}`);
  return found;
}

function numberOf(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= least) return value;
  throw new Error(`${flag} takes a number from ${least} on, not "${text}".\n${USAGE}`);
}

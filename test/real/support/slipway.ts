import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { sampleFacts } from '../../../src/cli/report/watch-json.ts';
import type { RolloutEvent } from '../../../src/rollout/events.ts';
import type { Plan } from '../../../src/rollout/plan.ts';

/** A line of `--json`: an event, the plan of a dry run, the result, an error, or a line of a log. */
export type Line =
  | RolloutEvent
  | { readonly type: 'plan'; readonly alreadyLive: boolean; readonly plan: Plan }
  | { readonly type: 'result'; readonly exitCode: number; readonly message: string; readonly next?: string }
  | {
      readonly type: 'error';
      readonly code: string;
      readonly message: string;
      readonly mend?: string;
      readonly detail: readonly string[];
      readonly exitCode: number;
    }
  | {
      readonly type: 'line';
      readonly t: string;
      readonly host: string;
      readonly instance: string;
      readonly level: string | null;
      readonly message: string;
      readonly late?: true;
    }
  | { readonly type: 'gap'; readonly host: string; readonly ms: number }
  | (ReturnType<typeof sampleFacts> & { readonly type: 'sample' })
  | {
      readonly type: 'alert';
      readonly event: 'tripped' | 'cleared';
      readonly instance?: string;
      readonly alert: string;
    };

export type LineOf<T extends Line['type']> = Extract<Line, { type: T }>;

/** What a run of the program left behind. */
export interface Finished {
  /** Its exit code; undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for messages of failed assertions. */
  readonly output: string;
  readonly ms: number;
  lines<T extends Line['type']>(type: T): readonly LineOf<T>[];
}

/** A run of the program that is under way. */
export interface Running {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** The first (or nth) line of `--json` that the condition holds for, whenever it came. Rejects when the run ends without one. */
  until(condition: (line: Line) => boolean, nth?: number): Promise<Line>;
  readonly finished: Promise<Finished>;
}

export interface SlipwayOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A run that takes longer is killed, and fails the test with what it had said. */
  readonly timeoutMs?: number;
}

const node = join(import.meta.dirname, '../../../node_modules/.bin/node');

/** Starts the built program as a user would, without a terminal. */
export function startSlipway(args: readonly string[], { cwd, env, timeoutMs = 90_000 }: SlipwayOptions): Running {
  const began = performance.now();
  const child = spawn(node, [inject('bundle'), ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  const waiting = new Set<() => void>();
  const out = { stdout: '', stderr: '', rest: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
    const whole = (out.rest + text).split('\n');
    out.rest = whole.pop() ?? '';
    lines.push(...whole.flatMap(parseLine));
    waiting.forEach((look) => look());
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (out.stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    const tooLong = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`slipway ${args.join(' ')} did not end within ${timeoutMs / 1000} s:\n${outputOf(out)}`));
    }, timeoutMs);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(tooLong);
      resolve({
        code: code ?? undefined,
        ...{ stdout: out.stdout, stderr: out.stderr, output: outputOf(out) },
        ms: Math.round(performance.now() - began),
        lines: (type) => lines.filter((line): line is LineOf<typeof type> => line.type === type),
      });
    });
  });
  finished.catch(() => undefined); // whoever waits for it is told
  return {
    pid: child.pid!,
    kill: (signal) => void child.kill(signal),
    until: (condition, nth = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.filter(condition)[nth - 1];
          if (found) resolve(found);
          return found;
        };
        if (look()) return;
        waiting.add(look);
        finished.then(
          () => look() ?? reject(new Error(`slipway ended before what was waited for:\n${outputOf(out)}`)),
          reject,
        );
      }),
    finished,
  };
}

function parseLine(text: string): readonly Line[] {
  if (!text.startsWith('{')) return [];
  const value = JSON.parse(text) as Line;
  return 'type' in value ? [value] : [];
}

/** Of a long story the end tells most. */
function outputOf({ stdout, stderr }: { stdout: string; stderr: string }): string {
  const story = stdout
    .split('\n')
    .filter((line) => !/"type":"(probe\.sample|sync\.progress|rollout\.planned)"/.test(line))
    .join('\n');
  return `${story.slice(-6000)}\n${stderr.slice(-3000)}`;
}

import { render } from 'ink';
import { createElement } from 'react';
import { asSlipwayError } from '../base/errors.ts';
import { App, type SuspendTerminal } from './app.ts';
import { createFrames } from './frames.ts';
import { closingWords, crashWords } from './closing.ts';
import { type Problem, type UiState, initialUi, isRunning, problemOf } from './state.ts';
import { type Store, createStore } from './store.ts';
import { createBell } from './terminal/bell.ts';
import { createJobControl } from './terminal/job-control.ts';
import { createCopyOut } from './terminal/copy-out.ts';
import { createShellOut } from './terminal/shell-out.ts';
import { createModes } from './terminal/modes.ts';
import { createPainter, type Painter } from './terminal/painter.ts';
import { onSignals } from './terminal/on-signals.ts';
import type { Streams } from './terminal/streams.ts';
import { type Looks, themeOf } from './theme.ts';
import { runTicker } from './ticker.ts';
import type { TuiOptions } from './start.ts';
import { type Work, createWork } from './workers/workers.ts';

/** How long the way out waits for a rollout to be left, and for a session to close. */
const LEAVE_MS = 10_000;
const CLOSE_MS = 3_000;

/** Why the program ends. */
type End =
  | { readonly type: 'left'; readonly exit: number }
  | { readonly type: 'signal' }
  | { readonly type: 'broken'; readonly problem: Problem };

export async function run(options: TuiOptions, looks: Looks): Promise<number> {
  const { streams, clock } = options;
  const stages = options.sessions.map(({ stage, protected: isProtected }) => ({ stage, protected: isProtected }));
  const store = createStore(initialUi({ now: clock.now(), size: sizeOf(streams), looks, stages }), clock);
  const work = createWork({ store, clock, stages: options.sessions, env: options.env, prefs: options.prefs });
  const ended = new AbortController();
  const end = await show({ options, store, ended });
  ended.abort();
  return leave({ options, store, work }, end);
}

interface Showing {
  readonly options: TuiOptions;
  readonly store: Store;
  readonly ended: AbortController;
}

/** Puts it on the screen, and gives the terminal back when anything ends it. */
async function show({ options, store, ended }: Showing): Promise<End> {
  const { streams, signals, clock } = options;
  const { promise, resolve: end } = Promise.withResolvers<End>();
  const broken = (error: unknown) => end({ type: 'broken', problem: problemOf(asSlipwayError(error)) });
  let suspend: SuspendTerminal | undefined;
  const modes = createModes(streams, signals);
  const jobs = createJobControl(signals, () => suspend);
  const copyOut = createCopyOut({ store, streams, env: options.env });
  const ring = createBell(streams);
  const shellOut = createShellOut({ store, stages: options.sessions, stdin: streams.stdin, suspend: () => suspend });
  const release = onSignals(
    { signals, streams },
    { onEnd: () => end({ type: 'signal' }), onStop: jobs.stopSelf, onError: broken },
  );
  store.onAction((action) => {
    ring(action);
    if (action.type === 'suspend') jobs.stopJob();
    if (action.type === 'shell') void shellOut(action);
    if (action.type === 'copy') copyOut(action.text);
    const { exit } = store.get();
    if (exit !== undefined) end({ type: 'left', exit });
  });
  const resized = () => store.post({ type: 'resized', size: sizeOf(streams) });
  streams.stdout.on('resize', resized);
  openFirst(options, store);
  for (const text of options.warnings ?? []) store.dispatch({ type: 'notify', text, style: 'warn' });
  void runTicker(store, clock, ended.signal);

  const painter = createPainter(streams.stdout);
  const paint = painting(store, { painter, onError: broken });
  const onMounted = (handOver: SuspendTerminal) => void (suspend = painter.around(modes.around(handOver)));
  const app = render(createElement(App, { store, onMounted }), {
    ...streams,
    alternateScreen: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  modes.enter();
  paint();
  const unsubscribe = store.subscribe(paint);
  // a crash inside React is heard nowhere else
  app.waitUntilExit().then(() => end({ type: 'signal' }), broken);
  const why = await promise;
  unsubscribe();
  modes.end();
  app.unmount();
  await app.waitUntilExit().catch(() => undefined);
  streams.stdout.off('resize', resized);
  release();
  return why;
}

/** Puts the newest frame on the screen; what cannot be drawn at all ends the program. */
function painting(store: Store, { painter, onError }: { painter: Painter; onError: (error: unknown) => void }) {
  const frames = createFrames(store);
  return () => {
    try {
      painter.paint(frames.current());
    } catch (error) {
      onError(error);
    }
  };
}

function openFirst({ sessions, initialStage }: TuiOptions, store: Store): void {
  const [only] = sessions;
  const stage = initialStage ?? (sessions.length === 1 ? only?.stage : undefined);
  if (stage !== undefined) store.dispatch({ type: 'openStage', stage });
}

function sizeOf({ stdout }: Streams) {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 };
}

interface Leaving {
  readonly options: TuiOptions;
  readonly store: Store;
  readonly work: Work;
}

/** A rollout that runs is left, never aborted; what became of it is said on the screen that stays. */
async function leave({ options, store, work }: Leaving, end: End): Promise<number> {
  const { clock, streams } = options;
  const wasRunning = isRunning(store.get());
  // whoever did not want to wait has said so by a third Ctrl-C
  if (wasRunning && end.type !== 'left') await within(work.leave(), LEAVE_MS, clock);
  await within(work.close(), CLOSE_MS, clock);
  store.flush();
  const state = store.get();
  const { glyphs } = themeOf(state.looks);
  if (end.type === 'broken') {
    streams.stderr.write(`${crashWords(end.problem, { state, wasRunning, glyphs }).join('\n')}\n`);
    return 1;
  }
  const words = closingWords(state, glyphs);
  if (words.length > 0) streams.stdout.write(`${words.join('\n')}\n`);
  return end.type === 'left' ? end.exit : exitOfSignal(state, wasRunning);
}

/** Interrupted from outside: 130 when nothing was changed, else what the rollout says, else "needs a person". */
function exitOfSignal({ rollout }: UiState, wasRunning: boolean): number {
  if (!wasRunning) return 130;
  return rollout?.outcome?.exitCode ?? 5;
}

async function within(task: Promise<unknown>, ms: number, clock: TuiOptions['clock']): Promise<void> {
  const enough = new AbortController();
  const timeout = clock.sleep(ms, enough.signal).catch(() => undefined);
  await Promise.race([task, timeout]);
  enough.abort(new Error('done'));
}

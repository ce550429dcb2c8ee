import { EventEmitter } from 'node:events';
import { expect } from 'vitest';
import { startTui } from '../../../src/tui/index.ts';
import type { Signals } from '../../../src/tui/index.ts';
import { FakeClock, turns } from './fake-clock.ts';
import { FakeSession } from './fake-session.ts';
import { VirtualTerminal } from './virtual-terminal.ts';

export interface AppOptions {
  /** Where files are saved. */
  readonly folder?: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly protected?: boolean;
  /** More stages than the one. */
  readonly others?: readonly string[];
  readonly prepare?: (session: FakeSession) => void;
}

/** The program on a virtual terminal, with a stage that a test plays. */
export class TestApp {
  readonly clock = new FakeClock();
  readonly terminal: VirtualTerminal;
  readonly session: FakeSession;
  readonly signals = new EventEmitter();
  readonly exit: Promise<number>;
  readonly env: NodeJS.ProcessEnv;

  constructor(options: AppOptions = {}) {
    this.terminal = new VirtualTerminal(options.columns ?? 80, options.rows ?? 24);
    this.env = { LANG: 'C.UTF-8', ...options.env };
    this.session = new FakeSession('production', this.clock, options.protected ? 'protected' : 'open');
    options.prepare?.(this.session);
    const others = (options.others ?? []).map((stage) => new FakeSession(stage, this.clock).entry());
    const { stdin, stdout, stderr } = this.terminal;
    this.exit = startTui({
      sessions: [this.session.entry(), ...others],
      streams: { stdin, stdout, stderr },
      clock: this.clock,
      env: this.env,
      signals: Object.assign(this.signals, { pid: 1, kill: () => true }) as unknown as Signals,
    });
    this.signals.on('error', () => {});
  }

  /** Ends the program, whatever it is doing. */
  async dispose(): Promise<void> {
    this.session.rollout?.end({ exitCode: 0, message: 'the test is over', next: undefined });
    this.signals.emit('SIGTERM');
    await this.ended();
  }

  /** The exit code; time moves on until there is one. */
  async ended(): Promise<number> {
    let code: number | undefined;
    void this.exit.then((value) => (code = value));
    for (let i = 0; code === undefined && i < 1000; i += 1) {
      await this.clock.advance(100);
      await this.terminal.written(5);
    }
    return this.exit;
  }

  get rollout() {
    if (!this.session.rollout) throw new Error('no rollout was started');
    return this.session.rollout;
  }

  /** Until the fleet was read and is on the screen. */
  async ready(): Promise<void> {
    await this.see('read ');
  }

  /** Moves on to the same moment after full ten seconds: however long anything took, the story goes on from there. */
  async align(offset = 300): Promise<void> {
    await this.clock.advance(10_000 - (this.clock.now() % 10_000) + offset);
    await this.settle();
  }

  /** The screen of the moment after full ten seconds, wherever the ticker is just now. */
  async picture(): Promise<string> {
    await this.align(600);
    this.terminal.stdout.emit('resize');
    await this.settle();
    await this.terminal.quiet();
    return this.terminal.text;
  }

  /** Lets all that came in be shown. */
  async settle(): Promise<void> {
    await turns();
    await this.clock.advance(100);
  }

  /** Presses keys one by one, each after what the one before did. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.terminal.type(CODES[key] ?? key);
      await this.settle();
      // Ink waits a moment for the rest of an escape sequence
      if (key === 'esc') await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await this.settle();
  }

  /** Waits for the text to be on the screen; time moves on meanwhile. */
  async see(text: string): Promise<void> {
    await this.terminal.until(text, () => this.settle());
  }

  /** Until the screen says no such thing any more: it is drawn a moment after the key. */
  async gone(text: string): Promise<void> {
    const shown = async () => {
      await this.settle();
      return this.terminal.text;
    };
    await expect.poll(shown).not.toContain(text);
  }

  /** From the fleet into a running rollout. */
  async startRollout(): Promise<void> {
    await this.see('d deploy');
    await this.press('d', 'enter');
    await this.see('STEPS');
    await this.clock.advance(1000);
    await this.press('y');
    await this.settle();
  }
}

const CODES: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  'ctrl+c': '\u0003',
  'ctrl+z': '\u001a',
  tab: '\t',
};

/** Starts programs, and ends whatever is still running of them after each test. */
export function appStarter(afterEach: (end: () => Promise<void>) => void): (options?: AppOptions) => TestApp {
  let running: TestApp[] = [];
  afterEach(async () => {
    for (const app of running) await app.dispose();
    running = [];
  });
  return (options = {}) => {
    const app = new TestApp(options);
    running.push(app);
    return app;
  };
}

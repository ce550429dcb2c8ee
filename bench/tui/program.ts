import { spawn, type IPty } from '@lydell/node-pty';
import { Screen, type Size } from './screen.ts';

export interface ProgramOptions {
  readonly size: Size;
  readonly cwd: string;
  /** What is undefined is left out. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly isSo: (screen: Screen) => boolean;
  readonly settle: (at: number) => void;
}

/** A program in a pty of its own, and what is on its screen. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  readonly screen: Screen;
  /** `performance.now()` just before it was started. */
  readonly startedAt: number;
  /** When it had ended. */
  readonly ended: Promise<number>;
  private readonly pty: IPty;
  private readonly end = Promise.withResolvers<number>();
  private waiters: readonly Waiter[] = [];
  private isEnded = false;
  private readonly signal: AbortSignal;
  private readonly kill = () => this.isEnded || this.pty.kill('SIGKILL');

  constructor(argv: readonly string[], { size, cwd, env, signal }: ProgramOptions) {
    signal.throwIfAborted();
    const [program = '', ...args] = argv;
    const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
    this.screen = new Screen(size);
    this.ended = this.end.promise;
    this.signal = signal;
    this.startedAt = performance.now();
    this.pty = spawn(program, args, { cols: size.columns, rows: size.rows, cwd, env: given });
    this.pid = this.pty.pid;
    this.pty.onData((chunk) => {
      const at = performance.now();
      this.screen.write(chunk, () => this.look(at));
    });
    this.pty.onExit(() => {
      this.isEnded = true;
      this.end.resolve(performance.now());
    });
    signal.addEventListener('abort', this.kill);
  }

  press(keys: string): void {
    this.pty.write(keys);
  }

  /** When that came in which made it so; undefined when it was not within that time. Throws when the program ends first. */
  async seen(isSo: (screen: Screen) => boolean, withinMs: number): Promise<number | undefined> {
    if (isSo(this.screen)) return performance.now();
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const waiter = { isSo, settle: resolve };
    this.waiters = [...this.waiters, waiter];
    const timer = setTimeout(() => resolve(undefined), withinMs);
    const over = this.ended.then(() => {
      throw new Error(`It ended:\n${this.text}`);
    });
    try {
      return await Promise.race([promise, over]);
    } finally {
      clearTimeout(timer);
      this.waiters = this.waiters.filter((one) => one !== waiter);
    }
  }

  /** Lets it go on for so long. Throws when it ends. */
  async goOn(ms: number): Promise<void> {
    await this.seen(() => false, ms);
  }

  get text(): string {
    return this.screen.lines.join('\n').trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal.removeEventListener('abort', this.kill);
    this.kill();
    await this.ended;
    this.screen.dispose();
  }

  private look(at: number): void {
    for (const { isSo, settle } of this.waiters) if (isSo(this.screen)) settle(at);
  }
}

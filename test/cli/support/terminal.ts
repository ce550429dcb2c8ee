import { type IPty, spawn } from '@lydell/node-pty';
import { MAIN } from './site.ts';

export interface TerminalOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The file of the program, when it is not the sources'. */
  readonly main?: string;
}

/** The program on a terminal: waits for text, answers, and tells how it ended. */
export class Terminal {
  /** Everything that was ever on it. */
  raw = '';
  private unread = '';
  private wake: () => void = () => undefined;
  private readonly pty: IPty;
  readonly ended: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;

  /** With a script the program is its "$@": what comes after that sees what became of the terminal. */
  constructor(args: readonly string[], { cwd, env: given, main = MAIN }: TerminalOptions, script?: string) {
    const env = Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    delete env['CI'];
    const program = [process.execPath, main, ...args];
    const [file, ...rest] = script === undefined ? program : ['sh', '-c', script, 'sh', ...program];
    this.pty = spawn(file!, rest, { cwd, env, cols: 120, rows: 40 });
    this.pty.onData((chunk) => {
      this.raw += chunk;
      this.unread += chunk;
      this.wake();
    });
    this.ended = new Promise((resolve) => this.pty.onExit(resolve));
  }

  get pid(): number {
    return this.pty.pid;
  }

  get code(): Promise<number> {
    return this.ended.then(({ exitCode }) => exitCode);
  }

  async until(word: string): Promise<void> {
    while (!this.unread.includes(word)) await new Promise<void>((resolve) => (this.wake = resolve));
    this.unread = this.unread.slice(this.unread.indexOf(word) + word.length);
  }

  type(text: string): void {
    this.pty.write(text);
  }
}

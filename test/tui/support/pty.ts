import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

const RUNNER = fileURLToPath(new URL('./runner.ts', import.meta.url));

/** The program as a process of its own in a real pty. */
export class PtyApp {
  readonly pid: number;
  /** All that was ever written. */
  raw = '';
  /** Undefined while it runs. */
  code: number | undefined;
  private readonly pty: IPty;
  private readonly term = new xterm.Terminal({ cols: 80, rows: 24, allowProposedApi: true });

  constructor(scene: string) {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
    };
    this.pty = spawn(process.execPath, [RUNNER, scene], { cols: 80, rows: 24, env });
    this.pid = this.pty.pid;
    this.pty.onData((chunk) => {
      this.raw += chunk;
      this.term.write(chunk);
    });
    this.pty.onExit(({ exitCode }) => {
      this.code = exitCode;
    });
  }

  type(keys: string): void {
    this.pty.write(keys);
  }

  kill(signal: string): void {
    this.pty.kill(signal);
  }

  get isAlternate(): boolean {
    return this.term.buffer.active.type === 'alternate';
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** The screen, one string a row. */
  get lines(): string[] {
    const { active } = this.term.buffer;
    return Array.from(
      { length: this.term.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? '',
    );
  }

  resize(columns: number, rows: number): void {
    this.term.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** What the terminal was last told about that mode: the cursor is 25, bracketed paste 2004. */
  mode(number: number): 'h' | 'l' | undefined {
    const all = [...this.raw.matchAll(new RegExp(`\\u001b\\[\\?${number}([hl])`, 'g'))];
    return all.at(-1)?.[1] as 'h' | 'l' | undefined;
  }

  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = Date.now() + 15_000;
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`never happened: ${what}\n${this.text}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async see(text: string): Promise<void> {
    await this.until(`"${text}" on the screen`, () => this.text.includes(text));
  }

  async ended(): Promise<number> {
    await this.until('the end of the program', () => this.code !== undefined);
    return this.code!;
  }

  dispose(): void {
    if (this.code === undefined) this.pty.kill('SIGKILL');
    this.term.dispose();
  }
}

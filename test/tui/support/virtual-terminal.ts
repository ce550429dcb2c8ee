import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';

/** A terminal in this process: what is written to it can be read from its screen, keys go in as from a keyboard. */
export class VirtualTerminal {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly stderr = new PassThrough();
  /** Everything ever written, with its escape sequences. */
  raw = '';
  private readonly term: xterm.Terminal;
  private waiting: (() => void)[] = [];

  constructor(columns: number, rows: number) {
    this.term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
    this.stdout = this.output(columns, rows);
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: () => stdin,
      ref: () => stdin,
      unref: () => stdin,
    });
    this.stdin = stdin as unknown as NodeJS.ReadStream;
  }

  private output(columns: number, rows: number): NodeJS.WriteStream {
    const stream = new Writable({
      decodeStrings: false,
      write: (chunk: string, _encoding, done) => {
        this.raw += chunk;
        this.term.write(chunk.replaceAll('\n', '\r\n'), () => {
          done();
          const due = this.waiting;
          this.waiting = [];
          for (const wake of due) wake();
        });
      },
    });
    return Object.assign(stream, { isTTY: true, columns, rows }) as unknown as NodeJS.WriteStream;
  }

  resize(columns: number, rows: number): void {
    this.term.resize(columns, rows);
    Object.assign(this.stdout, { columns, rows });
    this.stdout.emit('resize');
  }

  type(keys: string): void {
    this.stdin.push(keys);
  }

  get isAlternate(): boolean {
    return this.term.buffer.active.type === 'alternate';
  }

  /** The screen as text, one string a row, without the blanks at the ends of rows. */
  get lines(): string[] {
    const { active } = this.term.buffer;
    return Array.from({ length: this.term.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** True when a cell with a colour of its own is on the screen. */
  get hasColour(): boolean {
    const { active } = this.term.buffer;
    for (let row = 0; row < this.term.rows; row += 1) {
      for (let column = 0; column < this.term.cols; column += 1) {
        const cell = active.getLine(row)?.getCell(column);
        if (cell && (!cell.isFgDefault() || !cell.isBgDefault())) return true;
      }
    }
    return false;
  }

  /** Waits until the screen is as wanted; fails with the screen as it is. `meanwhile` is done again and again. */
  async until(isWanted: string | ((text: string) => boolean), meanwhile?: () => Promise<void>): Promise<void> {
    const wanted = typeof isWanted === 'string' ? (text: string) => text.includes(isWanted) : isWanted;
    const deadline = Date.now() + 10_000;
    await meanwhile?.();
    while (!wanted(this.text)) {
      if (Date.now() > deadline) throw new Error(`the screen never showed ${String(isWanted)}:\n${this.text}`);
      await this.written();
      await meanwhile?.();
    }
  }

  /** Waits until nothing more is being written. */
  async quiet(): Promise<void> {
    for (let before = -1; before !== this.raw.length;) {
      before = this.raw.length;
      await this.written(50);
    }
  }

  /** Until something was written, or for a moment. */
  async written(ms = 20): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

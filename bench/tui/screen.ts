import xterm from '@xterm/headless';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The narrowest that most people have, and one of the widest. */
export const SIZES: readonly Size[] = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

/** Room beyond the screen, in which everything is seen that has no place on it. */
const BEYOND = 40;
/** Ink ends each frame with it: synchronised output is over. */
const FRAME_END = '\u001b[?2026l';

/**
 * What a terminal of that size shows, in an emulator that is larger. A real one wraps a row that is too wide and scrolls
 * when there is one too many, and then everything looks as if it fitted; here it stands where it does not belong.
 */
export class Screen {
  readonly size: Size;
  frames = 0;
  bytes = 0;
  /** The first frame that was larger than the screen, in words. */
  overflow: string | undefined;
  private readonly term: xterm.Terminal;
  private tail = '';

  constructor(size: Size) {
    this.size = size;
    const large = { cols: size.columns + BEYOND, rows: size.rows + BEYOND };
    this.term = new xterm.Terminal({ ...large, allowProposedApi: true, scrollback: 0 });
    this.term.onLineFeed(() => {
      // on a screen of the real size this one scrolls
      if (this.active.cursorY >= size.rows) this.found(`a line feed in row ${size.rows}`);
    });
  }

  /** `shown` is called when it is on the screen, and nothing that was written later. */
  write(chunk: string, shown: () => void): void {
    this.bytes += Buffer.byteLength(chunk);
    this.frames += this.framesEndedBy(chunk);
    this.term.write(chunk, () => {
      this.lookBeyond();
      shown();
    });
  }

  get isAlternate(): boolean {
    return this.active.type === 'alternate';
  }

  /** Rows of text, without blanks at their ends. */
  get lines(): readonly string[] {
    return Array.from({ length: this.size.rows }, (_, row) => this.textOf(row, 0, this.size.columns));
  }

  /** Whether the text at that place stands out from the rest of the screen by its background. */
  isMarked(row: number, column: number): boolean {
    const cell = this.active.getLine(row)?.getCell(column);
    return cell !== undefined && (cell.isInverse() !== 0 || !cell.isBgDefault());
  }

  dispose(): void {
    this.term.dispose();
  }

  private get active() {
    return this.term.buffer.active;
  }

  private textOf(row: number, from: number, to?: number): string {
    return (this.active.getLine(row)?.translateToString(true, from, to) ?? '').trimEnd();
  }

  /** A mark may come in two pieces. */
  private framesEndedBy(chunk: string): number {
    const text = this.tail + chunk;
    this.tail = text.slice(-(FRAME_END.length - 1));
    return text.split(FRAME_END).length - 1;
  }

  private lookBeyond(): void {
    for (let row = 0; row < this.size.rows; row += 1) {
      const text = this.textOf(row, this.size.columns);
      // the second half of a wide character is a cell of no width
      const isHalf = this.active.getLine(row)?.getCell(this.size.columns)?.getWidth() === 0;
      if (text !== '' || isHalf) this.found(`"${text}" right of column ${this.size.columns}, in row ${row + 1}`);
    }
    for (let row = this.size.rows; row < this.term.rows; row += 1) {
      const text = this.textOf(row, 0);
      if (text !== '') this.found(`"${text}" below row ${this.size.rows}`);
    }
  }

  private found(what: string): void {
    this.overflow ??= what;
  }
}

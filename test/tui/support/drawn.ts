import xterm from '@xterm/headless';
import { resolve, resolvePaste } from '../../../src/tui/keys/resolve.ts';
import { createStore, type Store } from '../../../src/tui/store.ts';
import { initialUi } from '../../../src/tui/state.ts';
import { looksOf } from '../../../src/tui/looks.ts';
import { createWork, type Work } from '../../../src/tui/workers/workers.ts';
import { frame } from '../../../src/tui/frame/frame.ts';
import type { AppOptions } from './app.ts';
import { FakeClock, turns } from './fake-clock.ts';
import { FakeSession } from './fake-session.ts';

/** How many steps of a tenth of a second are tried until something is on the screen. */
const PATIENCE = 100;

/**
 * The program without Ink: its store, its workers and its frames, each frame put on a terminal in this process. What Ink
 * adds is tested elsewhere; this is quick enough for every screen at every size.
 */
export class DrawnApp {
  readonly clock = new FakeClock();
  readonly session: FakeSession;
  readonly store: Store;
  private readonly work: Work;
  readonly size: { readonly columns: number; readonly rows: number };

  constructor(options: AppOptions = {}) {
    this.size = { columns: options.columns ?? 80, rows: options.rows ?? 24 };
    this.session = new FakeSession('production', this.clock, options.protected ? 'protected' : 'open');
    options.prepare?.(this.session);
    const others = (options.others ?? []).map((stage) => new FakeSession(stage, this.clock).entry());
    const stages = [this.session.entry(), ...others];
    const looks = looksOf({ LANG: 'C.UTF-8', ...options.env });
    const shown = stages.map(({ stage, protected: isProtected }) => ({ stage, protected: isProtected }));
    this.store = createStore(initialUi({ now: this.clock.now(), size: this.size, looks, stages: shown }), this.clock);
    const { env = {}, folder } = options;
    this.work = createWork({ store: this.store, clock: this.clock, stages, env, folder });
    this.store.dispatch({ type: 'openStage', stage: 'production' });
  }

  get rollout() {
    if (!this.session.rollout) throw new Error('no rollout was started');
    return this.session.rollout;
  }

  /** The rows as they are now, with their colours. */
  get rows(): readonly string[] {
    return frame(this.store.get());
  }

  /** The same without colours. */
  get text(): string {
    return this.rows.map((row) => row.replaceAll(/\u001b\[[0-9;]*m/g, '').trimEnd()).join('\n');
  }

  async settle(): Promise<void> {
    await turns();
    await this.clock.advance(100);
    this.store.post({ type: 'ticked' });
    this.store.flush();
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      this.store.dispatch((state) => resolve(state, key));
      await this.settle();
    }
  }

  paste(text: string): void {
    this.store.dispatch((state) => resolvePaste(state, text));
  }

  /** Until the text is on the screen; time moves on meanwhile. */
  async see(text: string): Promise<void> {
    for (let i = 0; i < PATIENCE; i += 1) {
      if (this.text.includes(text)) return;
      await this.settle();
    }
    throw new Error(`the screen never showed ${text}:\n${this.text}`);
  }

  async ready(): Promise<void> {
    await this.see('read ');
  }

  /** Moves on to the same moment after full ten seconds: however long anything took, the story goes on from there. */
  async align(offset = 300): Promise<void> {
    await this.clock.advance(10_000 - (this.clock.now() % 10_000) + offset);
    await this.settle();
  }

  /** The screen of the moment after full ten seconds. */
  async picture(): Promise<Picture> {
    await this.align(600);
    return draw(this.rows, this.size);
  }

  /** From the fleet into a running rollout. */
  async startRollout(): Promise<void> {
    await this.see('d deploy');
    await this.press('d', 'enter');
    await this.see('STEPS');
    await this.clock.advance(1000);
    await this.press('y');
  }

  async dispose(): Promise<void> {
    this.session.rollout?.end({ exitCode: 0, message: 'the test is over', next: undefined });
    await this.work.close();
  }
}

/** What a terminal makes of a frame. */
export interface Picture {
  readonly text: string;
  /** The same, with a mark wherever the look of the cells changes: `{1;36}`, `{0}`. */
  readonly marked: string;
  readonly hasColour: boolean;
}

/** Puts rows on a terminal and reads its cells, as wide characters and colours have become there. */
export async function draw(rows: readonly string[], size: { columns: number; rows: number }): Promise<Picture> {
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(rows.join('\r\n'), done));
  const { active } = terminal.buffer;
  // one row too many, or one that is too wide, would have scrolled the screen
  if (active.baseY > 0) throw new Error(`a frame is taller or wider than ${size.columns}x${size.rows}`);
  const lines = Array.from({ length: size.rows }, (_, y) => cellsOf(active.getLine(y)!, size.columns));
  terminal.dispose();
  return {
    text: lines
      .map((cells) =>
        cells
          .map(({ text }) => text)
          .join('')
          .trimEnd(),
      )
      .join('\n'),
    marked: lines.map((cells) => marked(cells).trimEnd()).join('\n'),
    hasColour: lines.flat().some(({ isColoured }) => isColoured),
  };
}

interface Cell {
  readonly text: string;
  readonly look: string;
  readonly isColoured: boolean;
}

function cellsOf(line: xterm.IBufferLine, columns: number): Cell[] {
  return Array.from({ length: columns }, (_, x) => line.getCell(x)!)
    .filter((cell) => cell.getWidth() > 0)
    .map((cell) => ({
      text: cell.getChars() || ' ',
      look: lookOf(cell),
      isColoured: !cell.isFgDefault() || !cell.isBgDefault(),
    }));
}

function lookOf(cell: xterm.IBufferCell): string {
  const parts = [
    cell.isBold() ? '1' : '',
    cell.isDim() ? '2' : '',
    cell.isInverse() ? '7' : '',
    cell.isUnderline() ? '4' : '',
    cell.isFgDefault() ? '' : `${30 + cell.getFgColor()}`,
    cell.isBgDefault() ? '' : `${40 + cell.getBgColor()}`,
  ];
  return parts.filter(Boolean).join(';');
}

function marked(cells: readonly Cell[]): string {
  return cells
    .map(({ text, look }, index) => (look === (cells[index - 1]?.look ?? '') ? text : `{${look || '0'}}${text}`))
    .join('');
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { quote } from '../../src/base/shell.ts';

const execute = promisify(execFile);

/** Between two looks at the screen, ms: tmux tells nobody that it has changed. */
const LOOK_EVERY = 50;
/** For what needs no host, ms; machines that do much else at once are slow. */
const PATIENCE = 20_000;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A program in a terminal of its own: a server of tmux, whose home, preferences and caches are a new folder. */
export class Tmux implements AsyncDisposable {
  readonly size: Size;
  private readonly folder: string;

  private constructor(folder: string, size: Size) {
    this.folder = folder;
    this.size = size;
  }

  static async start(argv: readonly string[], size: Size): Promise<Tmux> {
    const tmux = new Tmux(await mkdtemp(join(tmpdir(), 'slipway-screens-')), size);
    try {
      await tmux.open(argv);
      return tmux;
    } catch (error) {
      await tmux[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Keys as tmux names them: "Enter", "Escape". */
  async press(...keys: readonly string[]): Promise<void> {
    await this.tmux('send-keys', ...keys);
  }

  /** Text, letter by letter, whatever it spells. */
  async type(text: string): Promise<void> {
    await this.tmux('send-keys', '-l', text);
  }

  /** The screen as text. */
  async text(): Promise<string> {
    return this.tmux('capture-pane', '-p');
  }

  /** The screen as what a terminal would have to be sent to show it. */
  async coloured(): Promise<string> {
    return this.tmux('capture-pane', '-p', '-e');
  }

  /** Waits until that is on the screen, and answers with it; throws what is there instead after `within` ms. */
  async see(expected: RegExp, within = PATIENCE): Promise<string> {
    const deadline = performance.now() + within;
    for (;;) {
      const text = await this.text();
      if (expected.test(text)) return text;
      if (performance.now() > deadline) throw new Error(`${within / 1000} s without ${String(expected)} on:\n${text}`);
      await pause(LOOK_EVERY);
    }
  }

  /** Waits for the end of the program; answers with its exit code, of a signal 128 and its number. */
  async ended(within = PATIENCE): Promise<number> {
    const deadline = performance.now() + within;
    for (;;) {
      const told = await this.tmux('display', '-p', '#{pane_dead} #{pane_dead_status} #{pane_dead_signal}');
      const [isDead, status, signal] = told.trimEnd().split(' ');
      // a terminal may be closed before its process has been waited for
      if (isDead === '1' && status) return Number(status);
      if (isDead === '1' && signal) return 128 + Number(signal);
      if (performance.now() > deadline) throw new Error(`It goes on after ${within / 1000} s:\n${await this.text()}`);
      await pause(LOOK_EVERY);
    }
  }

  /** Ends the server, and with the terminal the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    // there is none when it could not be started
    await this.tmux('kill-server').catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  private async open(argv: readonly string[]): Promise<void> {
    const { columns, rows } = this.size;
    const command = `exec ${argv.map((word) => quote(word)).join(' ')}`;
    const settings = { 'remain-on-exit': 'on', 'remain-on-exit-format': '', status: 'off' };
    await this.tmux(
      ...['set', '-g', 'default-terminal', 'tmux-256color', ';'],
      ...Object.entries(settings).flatMap(([name, value]) => ['set', '-g', name, value, ';']),
      ...['new-session', '-d', '-x', String(columns), '-y', String(rows), command],
    );
  }

  private async tmux(...words: readonly string[]): Promise<string> {
    // not -L: two plays at once would share the server
    const args = ['-u', '-S', join(this.folder, 'tmux'), '-f', '/dev/null', ...words];
    const { stdout } = await execute('tmux', args, { env: this.environment() });
    return stdout;
  }

  /** Nothing of who runs this: no preferences, no theme, no TMUX of a terminal that this was started in. */
  private environment(): Record<string, string> {
    const xdg = ['CONFIG', 'CACHE', 'DATA', 'STATE'].map(
      (name) => [`XDG_${name}_HOME`, join(this.folder, name)] as const,
    );
    const PATH = process.env['PATH'] ?? '';
    return { PATH, HOME: this.folder, SHELL: '/bin/sh', LANG: 'C.UTF-8', ...Object.fromEntries(xdg) };
  }
}

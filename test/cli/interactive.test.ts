import { type IPty, spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ rollout: { bake: '5m' } });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

/** The program on a terminal: waits for text, answers, and tells how it ended. */
class Terminal {
  private text = '';
  private wake: () => void = () => undefined;
  private readonly pty: IPty;
  readonly code: Promise<number>;

  constructor(args: readonly string[]) {
    const env = Object.fromEntries(
      Object.entries(site.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    delete env['CI'];
    this.pty = spawn(process.execPath, [MAIN, ...args], { cwd: site.folder, env, cols: 120, rows: 40 });
    this.pty.onData((data) => {
      this.text += data;
      this.wake();
    });
    this.code = new Promise((resolve) => {
      this.pty.onExit(({ exitCode }) => resolve(exitCode));
    });
  }

  async until(word: string): Promise<void> {
    while (!this.text.includes(word)) await new Promise<void>((resolve) => (this.wake = resolve));
    this.text = this.text.slice(this.text.indexOf(word) + word.length);
  }

  type(text: string): void {
    this.pty.write(text);
  }
}

describe('on a terminal', () => {
  it('a plan is shown and asked about, and anything but yes changes nothing', async () => {
    const terminal = new Terminal(['deploy', 'staging']);
    await terminal.until('update web.1@one');
    await terminal.until('[y/N]');
    terminal.type('\r');
    expect(await terminal.code).toBe(130);
    expect(() => site.read(0, 'current/text')).toThrow();
  });

  it('a protected stage wants its name typed', async () => {
    const terminal = new Terminal(['deploy', 'production']);
    await terminal.until('Type production');
    terminal.type('prod\r');
    expect(await terminal.code).toBe(130);
  });

  it('Ctrl-C at the question ends with 130', async () => {
    const terminal = new Terminal(['deploy', 'staging']);
    await terminal.until('[y/N]');
    terminal.type('\u0003');
    expect(await terminal.code).toBe(130);
  });

  it('Ctrl-C in a rollout offers to finish, roll back or leave', async () => {
    const terminal = new Terminal(['deploy', 'staging', '--yes']);
    await terminal.until('watching 1 instance');
    terminal.type('\u0003');
    await terminal.until('roll [b]ack');
    terminal.type('b\r');
    await terminal.until('Rolled back');
    expect(await terminal.code).toBe(4);
    expect(() => site.read(0, 'instances/web.1/current/text')).toThrow();
  });

  it('a second Ctrl-C leaves at once, and the next deploy takes the lock over and says so', async () => {
    const terminal = new Terminal(['deploy', 'staging', '--yes']);
    await terminal.until('watching 1 instance');
    terminal.type('\u0003');
    await terminal.until('roll [b]ack');
    terminal.type('\u0003');
    expect(await terminal.code).toBe(5);
    const next = new Terminal(['deploy', 'staging', '--yes']);
    await next.until('took over the lock of');
    await next.until('watching');
    next.type('\u0003');
    await next.until('roll [b]ack');
    next.type('b\r');
    expect(await next.code).toBe(4);
  });
});

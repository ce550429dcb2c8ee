import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeAnew } from '../../../src/tui/workers/save-logs.ts';
import { INSTANCES, NOW } from '../support/fleet.ts';
import { followOf, letters, say } from '../support/log-scenes.ts';
import { followedIn, startLogs } from './started.ts';

describe('a log that is lost', () => {
  test('is followed again after a while, without what was told before and with a word on the gap', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-2', 'one', 'two', 'three');
    const lost = followOf(app, 'bot.1@fra-2')!;
    lost.options.onTrouble('fra-2 was lost.');
    lost.options.onEnd?.('lost');
    await app.settle();
    expect(app.text).toContain('– fra-2 was lost. It is tried again. –');
    await app.clock.advance(3000);
    expect(followedIn(app).filter((one) => one === 'bot.1@fra-2')).toHaveLength(2);
    say(app, 'bot.1@fra-2', 'two', 'three', 'four');
    await app.settle();
    expect(app.text).toMatch(/– fra-2: the log of bot\.1 was lost, followed again after 3s –\n.* four\n/);
    expect(app.text.match(/ three/g)).toHaveLength(1);
  });

  test('says when lines may be missing, and does not keep back what it cannot tell', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-2', 'a', 'b', 'c');
    followOf(app, 'bot.1@fra-2')!.options.onEnd?.('lost');
    await app.clock.advance(1000);
    say(app, 'bot.1@fra-2', 'a');
    await app.settle();
    expect(app.text).not.toContain('followed again');
    await app.clock.advance(1000);
    expect(app.text).toContain('lines may be missing');
  });

  test('is tried less and less often, and says the same trouble once', async () => {
    const app = await startLogs();
    const tries = () => app.session.follows.filter(({ instance }) => instance === 'bot.1@fra-2').length;
    for (let i = 0; i < 12; i += 1) {
      const { options } = app.session.follows.findLast(({ instance }) => instance === 'bot.1@fra-2')!;
      options.onTrouble('fra-2 is away.');
      options.onEnd?.('lost');
      await app.clock.advance(10_000);
    }
    await app.settle();
    expect(tries()).toBeGreaterThan(5);
    expect(tries()).toBeLessThan(9);
    expect(app.text.match(/fra-2 is away/g)).toHaveLength(1);
  });

  test('is left alone when it was refused, until somebody asks', async () => {
    const app = await startLogs();
    followOf(app, 'bot.1@fra-2')!.options.onTrouble('no right to read it.');
    followOf(app, 'bot.1@fra-2')!.options.onEnd?.('refused');
    const tries = () => app.session.follows.filter(({ instance }) => instance === 'bot.1@fra-2').length;
    await app.clock.advance(600_000);
    expect(tries()).toBe(1);
    await app.press('r');
    expect(tries()).toBe(2);
    expect(app.session.follows).toHaveLength(INSTANCES.length + 1);
  });
});

describe('saving', () => {
  test('never writes over a file, and lets nobody else read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-logs-'));
    try {
      const entry = { kind: 'line', source: 'bot.1@fra-1', at: NOW, text: 'hello', seq: 0, level: undefined } as const;
      await writeFile(join(folder, 'lines.log'), 'of somebody else');
      const file = await writeAnew(folder, 'lines', [entry]);
      expect((await readdir(folder)).sort()).toEqual(['lines-2.log', 'lines.log']);
      expect(await readFile(file, 'utf8')).toBe('2026-11-21T12:00:00.000Z bot.1@fra-1 hello\n');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readFile(join(folder, 'lines.log'), 'utf8')).toBe('of somebody else');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('takes the lines that are shown, and says where they are', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-logs-'));
    try {
      const app = await startLogs({ folder });
      say(app, 'bot.1@fra-1', 'ERROR one', 'INFO two');
      await app.press('/', ...letters('level:error'), 'enter', 'ctrl+s');
      await app.see('saved 1 line to');
      const [name = ''] = await readdir(folder);
      expect(name).toMatch(/^slipway-logs-production-\d{8}T\d{6}Z\.log$/);
      expect(await readFile(join(folder, name), 'utf8')).toMatch(/^\S+Z bot\.1@fra-1 ERROR one\n$/);
      await rm(folder, { recursive: true });
      await app.press('ctrl+s');
      await app.see('could not save the lines');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

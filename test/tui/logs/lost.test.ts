import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeAnew } from '../../../src/tui/workers/save-logs.ts';
import { followOf, letters, say } from '../support/log-scenes.ts';
import { lineOf } from './lines.ts';
import { startLogs } from './started.ts';

describe('a log that is lost', () => {
  test('is said, and when it is read on', async () => {
    const app = await startLogs();
    say(app, 'bot.1@fra-2', 'one');
    followOf(app, 'bot.1@fra-2')!.trouble('bot.1@fra-2', 'lost', 'fra-2 was lost.');
    await app.settle();
    expect(app.text).toContain('– fra-2 was lost. It is tried again. –');
    expect(app.text).toContain('following 5 of 6 logs');
    followOf(app, 'bot.1@fra-2')!.notice('bot.1@fra-2', { type: 'resumed', lostMs: 3400 });
    say(app, 'bot.1@fra-2', 'two');
    await app.settle();
    expect(app.text).toMatch(/– fra-2: bot\.1 was lost, read on after 3s –\n.* two\n/);
    expect(app.text).toContain('following 6 logs');
  });

  test('says when lines may be missing, and how far the clock of a host is off', async () => {
    const app = await startLogs();
    const log = followOf(app, 'bot.1@fra-2')!;
    log.notice('bot.1@fra-2', { type: 'gap', lostMs: 61_000 });
    log.notice('bot.1@fra-2', { type: 'opened', offset: { ms: -75_000, isLarge: true } });
    await app.settle();
    expect(app.text).toContain('– fra-2: bot.1 was lost for 1m01s; lines may be missing –');
    expect(app.text).toContain('– fra-2: its clock is 1m15s ahead; times are corrected –');
  });

  test('is left alone when it was refused, until somebody asks', async () => {
    const app = await startLogs();
    let tries = 0;
    void app.session.log!.options.retried!(new AbortController().signal).then(() => (tries += 1));
    await app.clock.advance(600_000);
    expect(tries).toBe(0);
    await app.press('r');
    expect(tries).toBe(1);
  });
});

describe('saving', () => {
  test('never writes over a file, and lets nobody else read it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-logs-'));
    try {
      const entry = { ...lineOf('bot.1@fra-1', 'hello'), seq: 0 };
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

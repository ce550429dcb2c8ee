import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../host/until.ts';
import { skipReason } from '../ssh/support/sshd.ts';
import { runHere } from './support/in-process.ts';
import { type Box, type SshdSite, startSshdSite } from './support/sshd-site.ts';

const skip = (await skipReason()) !== undefined;

/** A line as pino writes it, at a second of the day. */
const pino = (second: number, msg: string, more: object = {}) =>
  JSON.stringify({ level: 30, time: Date.UTC(2026, 10, 30, 12, 0, second), pid: 1, hostname: 'x', msg, ...more });

describe.skipIf(skip)('slipway logs', () => {
  let site: SshdSite;
  const file = ({ deployTo }: Box) => join(deployTo, 'instances/web.1/app.log');
  const write = (box: Box, ...lines: readonly string[]) => appendFile(file(box), `${lines.join('\n')}\n`);

  beforeAll(async () => {
    site = await startSshdSite({ role: { logs: { file: 'app.log' } } });
    for (const { deployTo } of site.boxes) await mkdir(join(deployTo, 'instances/web.1'), { recursive: true });
  });
  beforeEach(async () => {
    for (const box of site.boxes) await writeFile(file(box), '');
  });
  afterAll(async () => site[Symbol.asyncDispose]());

  test('tells the lines of all hosts in the order of their times, whatever their format', async () => {
    const [one, two] = site.boxes;
    await write(one, pino(1, 'first', { ms: 12 }), pino(5, 'third', { level: 50, err: { code: 'EIO' } }));
    await write(two, 'time=2026-11-30T12:00:03Z level=warn msg="the second" tries=3');
    const ran = await runHere(site.here, 'logs', 'staging', '--no-follow');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toBe(
      [
        '2026-11-30T12:00:01.000Z one INFO  first  ms=12\n',
        '2026-11-30T12:00:03.000Z two WARN  the second  tries=3\n',
        '2026-11-30T12:00:05.000Z one ERROR third  err={"code":"EIO"}\n',
      ].join(''),
    );
  });

  test('puts a line that tells no time where its neighbours are', async () => {
    const [one, two] = site.boxes;
    await write(one, 'started, pid 7', pino(1, 'first'), 'no time of its own', pino(4, 'fourth'));
    await write(two, pino(2, 'second'), pino(3, 'third'));
    const { stdout } = await runHere(site.here, 'logs', 'staging', '--no-follow');
    const words = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\S+ +\S+ +(INFO)? +/, ''));
    expect(words).toEqual(['started, pid 7', 'first', 'no time of its own', 'second', 'third', 'fourth']);
  });

  test('gives programs one object a line', async () => {
    const [one, two] = site.boxes;
    await write(one, pino(1, 'first', { ms: 12 }));
    await write(two, 'plain words');
    const { stdout } = await runHere(site.here, 'logs', 'staging', '--no-follow', '--json');
    const facts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(facts).toEqual([
      {
        ...{ v: 1, type: 'line', t: '2026-11-30T12:00:01.000Z', host: 'one', instance: 'web.1' },
        ...{ level: 'info', message: 'first', fields: { pid: 1, hostname: 'x', ms: 12 }, format: 'pino' },
      },
      expect.objectContaining({ host: 'two', level: null, message: 'plain words', fields: {}, format: 'plain' }),
    ]);
  });

  test('leaves out what is not wanted', async () => {
    const [one, two] = site.boxes;
    await write(
      one,
      pino(1, 'GET /a', { status: 200 }),
      pino(2, 'GET /b', { status: 503 }),
      pino(4, 'bye', { level: 50 }),
    );
    await write(two, pino(3, 'GET /c', { status: 404 }));
    const messages = async (...flags: readonly string[]) => {
      const { stdout } = await runHere(site.here, 'logs', 'staging', '--no-follow', '--json', ...flags);
      return stdout
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [(JSON.parse(line) as { message: string }).message]));
    };
    expect(await messages('--where', 'status>=400')).toEqual(['GET /b', 'GET /c']);
    expect(await messages('--level', 'error')).toEqual(['bye']);
    expect(await messages('--grep', '/[ac]$', '--host', 'one')).toEqual(['GET /a']);
    expect(await messages('--instance', 'web.1@two')).toEqual(['GET /c']);
    expect(await messages('-n', '2')).toEqual(['GET /c', 'bye']);
  });

  test('goes on after a cut: nothing is lost, nothing comes twice, and the other host waits for nothing', async () => {
    const [one, two] = site.boxes;
    const running = site.start('logs', 'staging', '--json');
    const seen = (word: string) => running.said().split(`"message":"${word}"`).length - 1;
    await write(one, 'begin one');
    await write(two, 'begin two');
    await until(() => seen('begin one') > 0 && seen('begin two') > 0);
    two.wire.hold();
    two.wire.cut();
    await write(two, 'unheard a', 'unheard b');
    await write(one, 'meanwhile');
    await until(() => seen('meanwhile') > 0);
    expect(seen('unheard a')).toBe(0);
    two.wire.release();
    await until(() => seen('unheard b') > 0);
    await write(two, 'after');
    await until(() => seen('after') > 0);
    running.stop('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/two/);
    const texts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(texts.sort()).toEqual(['after', 'begin one', 'begin two', 'meanwhile', 'unheard a', 'unheard b']);
  });

  test('says what is wrong with what was typed, and asks no host', async () => {
    const wrong = async (...flags: readonly string[]) => {
      const { code, stderr } = await runHere(site.here, 'logs', 'staging', ...flags);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await wrong('--host', 'onee')).toContain('Did you mean one?');
    expect(await wrong('--instance', 'web.7')).toContain('staging has no instance web.7.');
    expect(await wrong('--grep', '(')).toContain('--grep');
    expect(await wrong('--where', 'status')).toContain('--where');
    expect(await wrong('--since', 'soon')).toContain('--since');
    expect(await wrong('--level', 'loud')).toContain('loud');
  });

  test('ends with 3 when a host cannot be read, after what the others told', async () => {
    const [one] = site.boxes;
    await write(one, 'all is well');
    await site.configure('two', ['  Port 1']);
    const ran = await runHere(site.here, 'logs', 'staging', '--no-follow');
    await site.configure('two', []);
    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/ one +all is well\n$/);
    expect(ran.stderr).toContain('two');
  });
});

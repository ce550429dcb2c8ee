import { describe, expect, test } from 'vitest';
import { EVIDENCE_LINE, EVIDENCE_LINES, EVIDENCE_PARTS, readEvidence } from '../../src/host/evidence.ts';
import type { InstanceSettings } from '../../src/config/settings.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at, command, current, evidenceOf, withReleases } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { bot, type BotOptions, build, change, envOf, NO_HOOKS, ONE, send, TWO } from './stage.ts';

const makeHost = hostMaker();

/** Serves on $PORT what its first argument says, with status 500. */
const SERVER = `require('node:http')
  .createServer((_, response) => response.writeHead(500).end(eval(process.argv[2])))
  .listen(process.env.PORT, '127.0.0.1', () => require('node:fs').writeFileSync(process.env.PID_FILE + '.up', ''));`;

/** Its answer is the value of `expression`. */
const serves = (expression: string) =>
  command({
    start: `rm -f "$PID_FILE.up"; setsid node server.js '${expression}' >>"$LOG_FILE" 2>&1 & echo $! >"$PID_FILE"
      until [ -e "$PID_FILE.up" ]; do sleep 0.02; done`,
    stop: 'kill "$(cat "$PID_FILE")"; rm "$PID_FILE"',
    status: '[ -s "$PID_FILE" ] && kill -0 "$(cat "$PID_FILE")" || exit 3',
  });

/** A process that nobody waits for: it runs `script`, and its parent only sleeps. */
const orphan = (script: string) =>
  command({
    start: `setsid sh -c 'sh -c "echo \\$\\$ >\\"\\$PID_FILE\\"; ${script}" & exec sleep 60' >>"$LOG_FILE" 2>&1 &
      until [ -s "$PID_FILE" ]; do sleep 0.02; done`,
    stop: 'rm -f "$PID_FILE"',
    status:
      '[ -s "$PID_FILE" ] && ! grep -q "^State:.*Z" "/proc/$(cat "$PID_FILE")/status" || { echo gone >&2; exit 3; }',
  });

/** A host whose release serves what it is told. */
async function site(made: Promise<LocalHost>) {
  const host = await withReleases(made);
  await using built = await build(host, { 'server.js': SERVER });
  await send(host, built, { release: ONE });
  return host;
}

function impatient(port: number, more: BotOptions = {}): InstanceSettings {
  return bot({ port, ...more, health: { deadlineMs: 1500, ...more.health } });
}

const running = { probe: { type: 'running' }, deadlineMs: 20_000 } as const;

describe.each(SHELLS)('of an instance that fails the host tells, under %s,', { concurrent: true }, (shell) => {
  test('what the last check was answered, and where the process listens', async () => {
    await using host = await site(makeHost(shell));
    const instance = impatient(host.port, { service: serves('`no token\\n\\tin 100% of é\\0`') });
    const { end, frames } = await change(host, instance, { to: ONE });
    expect(end?.[0]).toBe('failed');
    expect(evidenceOf(frames)).toEqual({
      exit: [expect.stringMatching(/^it runs, as process \d+$/)],
      status: [expect.stringMatching(/^the pid file names process \d+$/), 'the status command: exit status 0'],
      ports: [`127.0.0.1:${host.port}`, `the health port ${host.port}: it listens there`],
      response: ['500', 'no token', '  in 100% of é'],
      log: ['nothing'],
    });
  });

  test('no more than the bounds allow, and all of it in one line of frames a part', async () => {
    await using host = await site(makeHost(shell));
    const long =
      'setsid node -e "for (let i = 0; i < 300; i++) console.log(i, String.fromCharCode(27, 37).repeat(400))"';
    const service = serves('"x".repeat(9000)') as Extract<InstanceSettings['service'], { type: 'command' }>;
    const start = `${long} >>"$LOG_FILE"; ${service.start}`;
    const { frames } = await change(host, impatient(host.port, { service: { ...service, start } }), { to: ONE });
    expect(frames.filter(({ kind }) => kind === 'evidence')).toHaveLength(EVIDENCE_PARTS.length);
    const { log, response } = evidenceOf(frames);
    expect(log).toHaveLength(EVIDENCE_LINES);
    expect(log.at(-1)).toMatch(/^299 .*…$/);
    expect(response).toEqual(['500', ...Array.from({ length: 4 }, () => 'x'.repeat(500)), 'x'.repeat(48)]);
    for (const line of [...log, ...response]) expect(line.length).toBeLessThanOrEqual(EVIDENCE_LINE);
  });

  test.each([
    ['exit 7', 'exit status 7'],
    ['kill -KILL \\$\\$', 'signal 9 (KILL)'],
  ])('how its process ended: %s', async (script, how) => {
    await using host = await site(makeHost(shell));
    const service = orphan(`echo last words; ${script}`);
    const { end, frames } = await change(host, bot({ service, health: running }), { to: ONE });
    expect(end).toEqual(['failed', 'it ended: the status command exits 3']);
    const { exit, status, ports, log } = evidenceOf(frames);
    expect(exit).toEqual([how]);
    expect(status).toEqual([
      expect.stringMatching(/^the pid file names process \d+, which has ended$/),
      'the status command: exit status 3',
      'gone',
    ]);
    expect(ports).toEqual(['none: it does not run']);
    expect(log).toEqual(['last words']);
  });

  test('how its start command failed, by a status or by a signal, and that nothing tells its process', async () => {
    await using host = await site(makeHost(shell));
    for (const [turn, [start, how]] of [
      ['exit 7', 'the start command: exit status 7'],
      ['kill -SEGV $$', 'the start command: signal 11 (SEGV)'],
      ['exec sleep 60', 'the start command: it took too long'],
    ].entries()) {
      const service = { ...command({ start: start! }), pidFile: undefined };
      const instance = bot({ port: host.port, service, health: { deadlineMs: 1000 } });
      const { frames } = await change(host, instance, { to: ONE, turn });
      const { exit, ports } = evidenceOf(frames);
      expect(exit).toEqual([how, 'unknown: nobody here has seen it end']);
      expect(ports).toEqual([
        'unknown: no pid file tells its process',
        `the health port ${host.port}: nobody listens there`,
      ]);
    }
  });

  // by itself: whether its process has gone by then is a matter of how busy the machine is
  test('that another process has taken its port', { concurrent: false }, async () => {
    await using host = await withReleases(makeHost(shell), {}, { crash: true });
    await change(host, bot({ port: host.port, health: { deadlineMs: 20_000 } }), { to: ONE });
    const other = { ...bot({ name: 'bot.2', port: host.port }), health: bot({ port: host.port }).health };
    const { frames } = await change(host, other, { to: TWO });
    expect(evidenceOf(frames).ports.at(-1)).toBe(`the health port ${host.port}: another process listens there`);
  });

  test('where its children listen, in IPv6 too', async () => {
    await using host = await site(makeHost(shell));
    const listen = ['::1', '::', '0.0.0.0']
      .map((address) => `require("node:net").createServer().listen({ port: 0, host: "${address}", ipv6Only: true })`)
      .join(';');
    const start = `setsid sh -c 'node -e "$1" & wait' sh '${listen}' & echo $! >"$PID_FILE"`;
    const service = command({ start, status: 'exit 0', stop: 'true' });
    const probe = { type: 'command', command: 'sleep 0.5; exit 4' } as const;
    const { frames } = await change(host, impatient(host.port, { service, health: { probe } }), { to: ONE });
    expect(
      evidenceOf(frames)
        .ports.map((line) => line.replace(/\d+$/, ''))
        .sort(),
    ).toEqual(['0.0.0.0:', '[::1]:', '[::]:']);
  });

  test('what its health command said, which is neither ended by saying much nor waited for with what it leaves behind', async () => {
    await using host = await site(makeHost(shell));
    const service = command({ start: 'true', status: 'exit 0', stop: 'true' });
    const probe = (words: string) => ({ probe: { type: 'command', command: words } as const, minHealthyMs: 0 });
    const much = probe('head -c 300000 /dev/zero && echo');
    const well = await change(host, impatient(host.port, { service, health: much }), { to: ONE });
    expect(well.end?.[0]).toBe('updated');
    const bad = probe('echo "no token" >&2; [ -e ../left ] || { : >../left; sleep 60 & }; exit 4');
    const instance = impatient(host.port, { service, health: { ...bad, timeoutMs: 1000 } });
    const { end, frames } = await change(host, instance, { to: ONE, from: ONE, turn: 1 });
    expect(end?.[1]).toContain('not healthy within 1s; the last answer: exit 4');
    expect(evidenceOf(frames).response).toEqual(['exit 4', 'no token']);
  });

  test('how its hook ended, and what that said', async () => {
    await using host = await withReleases(makeHost(shell), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const fails = ['echo fine', 'echo one; echo two >&2; exit 3'];
    const to = { to: TWO, from: ONE };
    const before = { ...NO_HOOKS, beforeSwitch: fails };
    const first = evidenceOf((await change(host, bot({ port: host.port }), { ...to, turn: 1, hooks: before })).frames);
    expect(first.exit[0]).toBe('the hook beforeSwitch: exit status 3');
    expect(first.log).toEqual(['one', 'two']);
    const after = { ...NO_HOOKS, afterSwitch: fails };
    const second = await change(host, bot({ port: host.port }), { ...to, turn: 2, hooks: after });
    expect(second.end?.[0]).toBe('reverted');
    expect(evidenceOf(second.frames)).toMatchObject({
      exit: ['the hook afterSwitch: exit status 3', expect.stringMatching(/^it runs/)],
      response: ['the last check has not failed: 200', expect.stringContaining(TWO)],
      log: ['one', 'two'],
    });
  });

  test('nothing of its environment', async () => {
    await using host = await site(makeHost(shell));
    const service = serves('`no`');
    const instance = impatient(host.port, { service });
    const env = `${envOf(instance, ONE)}\nTOKEN="s3cr3t"`;
    const { frames } = await change(host, instance, { to: ONE, task: { env } });
    expect(evidenceOf(frames).response).toEqual(['500', 'no']);
    expect(JSON.stringify(frames)).not.toContain('s3cr3t');
  });

  test('what it can when its status command hangs, and goes back all the same', async () => {
    await using host = await withReleases(makeHost(shell), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    // from the moment on that it has failed, once
    const hang = at(host, 'hang');
    const service = command({ status: `rm '${hang}' 2>/dev/null && exec sleep 600; sh ctl.sh status` });
    const fails = `case $(pwd -P) in *${TWO}) touch '${hang}'; exit 1 ;; esac`;
    const health = { probe: { type: 'command', command: fails }, deadlineMs: 0, minHealthyMs: 0 } as const;
    const { end, frames } = await change(host, bot({ port: host.port, service, health }), {
      ...{ to: TWO, from: ONE, turn: 1 },
    });
    expect(evidenceOf(frames).status).toContain('the status command: it took too long');
    expect(end).toEqual(['reverted', 'not healthy within 0s; the last answer: exit 1']);
    expect(await current(host)).toBe(`../../releases/${ONE}`);
  });
});

test('a person who ends the wait is not told what is wrong', async () => {
  await using host = await withReleases(makeHost('dash'), {}, {});
  await change(host, bot({ port: host.port }), { to: ONE });
  const { end, frames } = await change(host, bot({ port: host.port, health: { minHealthyMs: 1500 } }), {
    ...{ to: TWO, from: ONE, turn: 1 },
    onFrame: ({ fields: [state] }) => {
      if (state === 'verifying') void host.client.cancel({ rollout: 'r1', instance: 'bot.1', turn: 1 });
    },
  });
  expect(end).toEqual(['reverted', 'cancelled']);
  expect(frames.filter(({ kind }) => kind === 'evidence')).toEqual([]);
});

test('what a host makes up is no part, and has bounds', () => {
  expect(readEvidence(['rumours', 'x'])).toBeUndefined();
  expect(readEvidence([])).toBeUndefined();
  expect(readEvidence(['log', ...Array.from({ length: 90 }, () => 'y'.repeat(9000))])?.lines).toEqual(
    Array.from({ length: EVIDENCE_LINES }, () => 'y'.repeat(EVIDENCE_LINE)),
  );
  expect(readEvidence(['response', '200', 'ü'.repeat(600), ''])?.lines).toEqual([
    ...['200', 'ü'.repeat(500), 'ü'.repeat(100), ''],
  ]);
});

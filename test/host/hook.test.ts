import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { HookOptions } from '../../src/host/verbs.ts';
import type { LocalHost } from '../support/local-host.ts';
import { at, current, serving, withReleases } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, bot, build, change, lockOptions, NEVER, ONE, send, TWO } from './stage.ts';

const makeHost = hostMaker();

/** Runs hooks in a release; what was heard of them. */
async function hook(host: LocalHost, commands: readonly string[], more: Partial<HookOptions> = {}) {
  const lines: string[] = [];
  const steps: string[] = [];
  const options = {
    rollout: 'r1',
    when: 'release' as const,
    stage: 'test',
    release: ONE,
    revision: 'abc',
    previous: TWO,
    host: 'fra-1',
  };
  const ran = host.client.hook({
    ...{ ...options, commands, timeoutMs: 20_000, signal: NEVER },
    onLine: (line) => lines.push(line),
    onStep: ({ run, state }) => steps.push(`${state} ${run}`),
    ...more,
  });
  const failure = await ran.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { failure, lines, steps };
}

describe.each(SHELLS)('hooks of a stage under %s', (shell) => {
  async function site() {
    const host = await makeHost(shell);
    await begin(host);
    await using built = await build(host, { 'migrate.sql': 'x' });
    await send(host, built, { release: ONE });
    return host;
  }

  test('run in the release, one after the other, and know where they are', async () => {
    await using host = await site();
    const all = '$SLIPWAY_STAGE $SLIPWAY_RELEASE $SLIPWAY_REVISION $SLIPWAY_PREVIOUS $SLIPWAY_HOST';
    const { failure, lines, steps } = await hook(host, [
      'cat migrate.sql; echo',
      `echo "${all}"`,
      'echo a\necho "b  c"',
    ]);
    expect(failure).toBeUndefined();
    expect(lines).toEqual(['x', `test ${ONE} abc ${TWO} fra-1`, 'a', 'b  c']);
    expect(steps).toHaveLength(6);
  });

  test('are noted when they end well before the switch, for whoever goes on with the rollout', async () => {
    await using host = await site();
    await host.client.rollout('r1', '{}');
    const ran = async () => (await host.client.plan('r1')).hooksRun;
    expect(await ran()).toBe(0);
    await hook(host, ['true', 'true', 'false', 'true']);
    expect(await ran()).toBe(2);
    await hook(host, ['true'], { when: 'afterRollout' });
    expect(await ran()).toBe(2);
  });

  test('end with the first that fails', async () => {
    await using host = await site();
    const { failure, lines, steps } = await hook(host, ['echo said >&2; exit 7', 'echo never']);
    expect(failure).toMatchObject({
      code: 'SLIP_HOOK',
      message: expect.stringContaining('failed with status 7') as string,
    });
    expect([lines, steps]).toEqual([['said'], ['started echo said >&2; exit 7']]);
  });

  test('are ended when they hang, with all that they started', async () => {
    await using host = await site();
    const file = at(host, 'late');
    const { failure } = await hook(host, [`(sleep 3; touch '${file}') & sleep 600`], { timeoutMs: 1000 });
    expect(failure).toMatchObject({ code: 'SLIP_HOOK', message: expect.stringContaining('after 1 s') as string });
    // busybox's timeout ends the command alone
    expect(existsSync(file)).toBe(shell === 'busybox');
  });

  test('of a rollout that has lost the stage are ended, before the next one runs its own', async () => {
    await using host = await site();
    let next: Promise<unknown> | undefined;
    const { failure } = await hook(host, ['echo $$; exec sleep 600'], {
      timeoutMs: 600_000,
      onLine: (pid) => {
        // it has not heard of that: as with a laptop that is away
        next = host.client
          .lock(lockOptions('r2', { force: 'r1' }))
          .then(() => hook(host, [`kill -0 ${pid} 2>&- || echo ended`], { rollout: 'r2' }));
      },
    });
    expect(failure).toMatchObject({ code: 'SLIP_SUPERSEDED' });
    expect(await next).toMatchObject({ failure: undefined, lines: ['ended'] });
  });

  test('are not run without the lock', async () => {
    await using host = await site();
    const { failure } = await hook(host, [`touch '${at(host, 'ran')}'`], { rollout: 'other' });
    expect(failure).toMatchObject({ code: 'SLIP_SUPERSEDED' });
    expect(existsSync(at(host, 'ran'))).toBe(false);
  });

  test('of an instance run before its switch and once it is healthy, in the new release', async () => {
    await using host = await withReleases(makeHost(shell), {});
    const said = at(host, 'said');
    const say = (word: string) =>
      `echo "${word} $PORT $(basename "$(pwd -P)") $(ls '${at(host, 'instances/bot.1')}' | grep -c current)" >>'${said}'`;
    const hooks = { beforeSwitch: [say('one'), say('two')], afterSwitch: [say('after')], timeoutMs: 20_000 };
    const { end } = await change(host, bot({ port: host.port }), { to: ONE, hooks });
    expect(end).toEqual(['updated', 'proven']);
    const line = (word: string, count: number) => `${word} ${host.port} ${ONE} ${count}`;
    expect(readFileSync(said, 'utf8').trim().split('\n')).toEqual([line('one', 0), line('two', 0), line('after', 1)]);
  });

  test('of an instance that fail before its switch leave it as it is', async () => {
    await using host = await withReleases(makeHost(shell), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const hooks = { beforeSwitch: ['echo no way; exit 3', 'echo never'], afterSwitch: [], timeoutMs: 20_000 };
    const { end, states } = await change(host, bot({ port: host.port }), { to: TWO, from: ONE, turn: 1, hooks });
    expect(end).toEqual(['failed', 'the hook beforeSwitch failed with status 3: echo no way; exit 3: no way']);
    expect(states).toEqual([]);
    expect([await current(host), await serving(host)]).toEqual([`../../releases/${ONE}`, ONE]);
  });

  test('of an instance that fail once it is healthy bring it back', async () => {
    await using host = await withReleases(makeHost(shell), {}, {});
    await change(host, bot({ port: host.port }), { to: ONE });
    const hooks = { beforeSwitch: [], afterSwitch: ['sleep 600'], timeoutMs: 1000 };
    const { end } = await change(host, bot({ port: host.port }), { to: TWO, from: ONE, turn: 1, hooks });
    expect(end).toEqual(['reverted', 'the hook afterSwitch took longer than 1s: sleep 600']);
    expect([await current(host), await serving(host)]).toEqual([`../../releases/${ONE}`, ONE]);
  });
});

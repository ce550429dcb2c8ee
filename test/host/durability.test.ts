import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { LocalHost } from '../support/local-host.ts';
import { withReleases } from './bots.ts';
import { hostMaker, SHELLS, which } from './shells.ts';
import { bot, change, NEVER, ONE, TWO } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'slipway-sync-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A call of `sync`, and how the host stood at that moment. */
interface Call {
  /** Its arguments, paths below deployTo. */
  readonly args: string;
  /** Where bot.1 points. */
  readonly current: string;
  /** The status of each release in the ledger: "ONE ready". */
  readonly ledger: readonly string[];
  readonly locked: boolean;
  /** The last word of each frames file. */
  readonly said: string;
}

/** Notes every call of `sync` on a host; a cut of the power keeps what was synced, and may lose anything else. */
function trace(host: LocalHost): () => readonly Call[] {
  const log = `${host.deployTo}.syncs`;
  const script = `#!/bin/sh
    cd '${host.deployTo}' || exit
    ledger=$(for f in .slipway/ledger/*.json; do printf '%s %s,' "$(basename "$f" .json)" "$(cut -d'"' -f4 "$f")"; done)
    current=$(basename "$(readlink instances/bot.1/current)")
    said=$(cat .slipway/rollouts/*/*.frames 2>/dev/null | tail -n 1 | cut -f3,4 | tr '\\t' ' ')
    lock=$(ls -d .slipway/lock 2>/dev/null)
    printf '%s\\t%s\\t%s\\t%s\\t%s\\n' "$*" "$current" "$ledger" "$lock" "$said" >>'${log}'
    exec '${which('sync')}' "$@"\n`;
  writeFileSync(join(folder, 'sync'), script);
  chmodSync(join(folder, 'sync'), 0o755);
  return () =>
    readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [args = '', current = '', ledger = '', lock = '', said = ''] = line.split('\t');
        const below = args.replaceAll(`${host.deployTo}/`, '');
        return { args: below, current, ledger: ledger.split(',').filter(Boolean), locked: lock !== '', said };
      });
}

describe.each(SHELLS)('what has to survive a cut of the power is synced under %s', (shell) => {
  async function traced() {
    const host = await makeHost(shell, { first: folder });
    const calls = trace(host);
    const ready = await withReleases(Promise.resolve(host), {});
    return { host: ready, calls, [Symbol.asyncDispose]: () => ready[Symbol.asyncDispose]() };
  }

  test('the tree of a release before it is called ready', async () => {
    await using site = await traced();
    const whole = site.calls().filter(({ args }) => args === `-f -- releases/${ONE}`);
    expect(whole.map(({ ledger }) => ledger)).toEqual([[`${ONE} preparing`]]);
  });

  test('a switch, with the word that its release is whole, before it is told', async () => {
    await using site = await traced();
    const { host, calls } = site;
    await change(host, bot({ port: host.port }), { to: ONE });
    const switched = calls().filter(({ args }) => args.startsWith('-- instances/bot.1'));
    expect(switched).toMatchObject([{ current: ONE, ledger: [`${ONE} ready`], said: '' }]);
    expect(switched[0]!.args).toBe(`-- instances/bot.1 .slipway/ledger/${ONE}.json`);
  });

  test('the frames of an update once it has ended', async () => {
    await using site = await traced();
    const { host, calls } = site;
    await change(host, bot({ port: host.port }), { to: ONE });
    const frames = () => calls().filter(({ args }) => args === '-- .slipway/rollouts/r1/bot.1.frames');
    await until(() => frames().length > 0);
    expect(frames()).toMatchObject([{ said: 'end updated' }]);
  });

  test('the plan of a rollout that sends nothing, and that its release hook has been run', async () => {
    await using site = await traced();
    const { host, calls } = site;
    await host.client.rollout('r1', '{}');
    await host.client.hook({
      ...{ rollout: 'r1', when: 'release', stage: 'test', release: ONE, previous: TWO, host: 'fra-1' },
      ...{ commands: ['true'], timeoutMs: 20_000, signal: NEVER, onStep: () => undefined, onLine: () => undefined },
    });
    const args = calls().map((one) => one.args);
    expect(args.slice(-2)).toEqual(['-- .slipway/rollouts/r1/plan.json', '-- .slipway/rollouts/r1/hooks']);
  });

  test('what a rollout leaves in writing before its lock is free', async () => {
    await using site = await traced();
    const { host, calls } = site;
    const marks = [{ release: ONE, status: 'good' as const }];
    await host.client.finish({ rollout: 'r1', marks, prune: [], history: '{}', journal: '', lock: 'release' });
    expect(calls().at(-1)).toMatchObject({ args: '-f -- .slipway', locked: true, ledger: [`${ONE} good`] });
  });
});

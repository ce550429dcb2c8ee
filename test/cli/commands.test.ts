import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { type Ran, type Site, startSite } from './support/site.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

const lines = ({ stdout }: Ran) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('slipway deploy', () => {
  it('without a terminal and without --yes is an error that names the flag', async () => {
    const { code, stderr } = await site.run('deploy', 'staging');
    expect(code).toBe(2);
    expect(stderr).toContain('--yes');
  });

  it('--dry-run prints the plan that would run, and changes nothing', async () => {
    const dry = await site.run('deploy', 'staging', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('update web.1@one (new)');
    expect(() => site.read(0, 'current/text')).toThrow();
    const plan = lines(await site.run('deploy', 'staging', '--dry-run', '--json'))[0]!['plan'] as { steps: unknown };
    const ran = lines(await site.run('deploy', 'staging', '--yes', '--json'));
    const planned = ran.find((line) => line['type'] === 'rollout.planned') as unknown as { plan: { steps: unknown } };
    expect(planned.plan.steps).toEqual(plan.steps);
    expect(site.read(0, 'current/text')).toBe('hello');
  });

  it('--json writes one event a line, numbered, and the result last', async () => {
    await site.commit('again');
    const ran = await site.run('deploy', 'staging', '--yes', '--json');
    expect(ran.code).toBe(0);
    const events = lines(ran);
    expect(events.at(-1)).toMatchObject({ type: 'result', exitCode: 0 });
    const controller = (events.slice(0, -1) as unknown as RolloutEvent[]).filter(
      (event) => event.source === 'controller',
    );
    expect(controller.map((event) => event.seq)).toEqual(controller.map((_, index) => index + 1));
    expect(new Set(events.slice(0, -1).map((event) => event['rollout'])).size).toBe(1);
  });

  it('takes a rate and a number of hosts, and says what is wrong with another word', async () => {
    expect((await site.run('deploy', 'staging', '--dry-run', '--bwlimit', '500k', '--parallel', '1')).code).toBe(0);
    for (const [flag, word, mend] of [
      ['--bwlimit', 'fast', '500k, 2M'],
      ['--bwlimit', '10', 'at least 1k'],
      ['--parallel', '0', 'a number of hosts'],
    ] as const) {
      const { code, stderr } = await site.run('deploy', 'staging', '--yes', flag, word);
      expect([code, stderr]).toEqual([2, expect.stringContaining(mend)]);
    }
  });

  it('of what is live already has nothing to do and exits 0', async () => {
    const { code, stdout } = await site.run('deploy', 'staging', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('nothing to do');
  });

  it('keeps its events and its plan on every host', async () => {
    const ledger = site.read(1, '.slipway/history.ndjson').trim().split('\n').at(-1)!;
    const { rollout } = JSON.parse(ledger) as { rollout: string };
    const events = site.read(1, `.slipway/rollouts/${rollout}/events.ndjson`).trim().split('\n');
    expect(JSON.parse(events[0]!)).toMatchObject({ type: 'rollout.planned', seq: 1 });
    expect(JSON.parse(site.read(1, `.slipway/rollouts/${rollout}/plan.json`))).toMatchObject({ v: 1, kind: 'deploy' });
  });
});

describe('slipway rollback, status, releases and history', () => {
  it('tell the same story after a rollback', async () => {
    expect((await site.run('rollback', 'staging', '--yes')).code).toBe(0);
    expect(site.read(0, 'current/text')).toBe('hello');
    const releases = lines(await site.run('releases', 'staging', '--json'))[0]!['releases'] as {
      id: string;
      live: string[];
    }[];
    expect(releases.map((release) => release.live.length)).toEqual([0, 2]);
    const history = lines(await site.run('history', 'staging', '--json'));
    expect(history[0]).toMatchObject({ what: 'rollback', outcome: 'succeeded', release: releases[1]!.id });
    const { stdout, code } = await site.run('status', 'staging');
    expect(code).toBe(0);
    expect(stdout).toContain(releases[1]!.id);
  });
});

describe('slipway lock and unlock', () => {
  it('keep everybody out, saying who and why, until somebody unlocks', async () => {
    expect((await site.run('lock', 'staging', '-m', 'moving the database')).code).toBe(0);
    await site.commit('locked out');
    const refused = await site.run('deploy', 'staging', '--yes');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain('moving the database');
    expect((await site.run('rollback', 'staging', '--to', 'hello', '--yes')).code).toBe(2);
    expect((await site.run('unlock', 'staging', '-m', 'done')).code).toBe(0);
    expect((await site.run('deploy', 'staging', '--yes')).code).toBe(0);
    expect((await site.run('history', 'staging')).stdout).toMatch(/unlock.*done/);
  });
});

describe('every command', () => {
  it.each([
    [['deploy', 'stagin', '--yes'], 2, 'Did you mean'],
    [['deploi', 'staging'], 2, 'deploy'],
    [['deploy', 'staging', '--ref', '--upload-pack=touch /tmp/slipway-pwned', '--yes'], 2, 'ref'],
    [['deploy', 'staging', '--only', 'tree', '--yes'], 2, 'Its hosts are one and two'],
    [['rollback', 'staging', '--to', '$(reboot)', '--yes'], 2, 'no release'],
    [['status', 'staging', '--config', 'no/such.json'], 2, 'no/such.json'],
    [['lock', 'staging'], 2, '--message'],
  ])('answers %j with exit code %i and a word on it', async (args, code, word) => {
    const ran = await site.run(...args);
    expect(ran.stderr + ran.stdout).toContain(word);
    expect(ran.code).toBe(code);
  });

  it('with --json says a mistake as one line of JSON', async () => {
    const ran = await site.run('status', 'nowhere', '--json');
    expect(ran.code).toBe(2);
    expect(lines(ran)[0]).toMatchObject({ type: 'error', code: 'SLIP_STAGE', exitCode: 2 });
  });

  it('has a help with the exit codes, and examples where they help', async () => {
    expect((await site.run('--help')).stdout).toContain('130  interrupted; nothing was changed');
    for (const command of ['deploy', 'rollback', 'lock']) {
      expect((await site.run(command, '--help')).stdout).toContain('Example');
    }
  });

  it('reports a host that cannot be reached, and exits 3', async () => {
    site.fleet.hosts[1]!.cut();
    await site.fleet.hosts[1]!.close();
    const { code, stdout } = await site.run('status', 'staging');
    expect(code).toBe(3);
    expect(stdout).toContain('unreachable');
  });

  it('tells the history of the hosts that can be read, names the others, and exits 3', async () => {
    const { code, stdout, stderr } = await site.run('history', 'staging');
    expect(code).toBe(3);
    expect(stdout).toMatch(/^WHEN +WHO +WHAT +RELEASE +OUTCOME +WHY\n/);
    expect(stdout.match(/ unlock /g)).toHaveLength(1);
    expect(stderr).toMatch(/^! two: No connection to two .*\n$/);
    const json = await site.run('history', 'staging', '--json');
    expect(json.code).toBe(3);
    expect(lines(json)[0]).toMatchObject({ v: 1, what: 'deploy', outcome: 'succeeded' });
  });

  it('ends with what is the matter where no host can be read', async () => {
    site.fleet.hosts[0]!.cut();
    await site.fleet.hosts[0]!.close();
    const { code, stdout, stderr } = await site.run('history', 'staging');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('one');
    expect(stderr).not.toContain('two');
  });
});

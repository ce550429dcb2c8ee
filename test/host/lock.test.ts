import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LockAnswer } from '../../src/host/verbs.ts';
import type { LocalHost } from '../support/local-host.ts';
import { SHELLS, hostMaker } from './shells.ts';
import { begin, lockOptions, NOTHING_SHARED, owner } from './stage.ts';

const makeHost = hostMaker();

const meta = (host: LocalHost, ...path: string[]) => join(host.deployTo, '.slipway', ...path);

/** The last beat was so long ago. */
function age(host: LocalHost, seconds: number, ...paths: string[]): void {
  const files = paths.map((path) => meta(host, path));
  execFileSync('touch', ['-d', `@${Math.floor(Date.now() / 1000) - seconds}`, '--', ...files]);
}

const TAKEN: LockAnswer = { type: 'taken' };

describe.each(SHELLS)('the lock under %s', (shell) => {
  test('of twenty who ask at once exactly one gets it, ten times over', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'first');
    await host.client.unlock({ rollout: 'first' });
    for (let round = 0; round < 10; round += 1) {
      const names = Array.from({ length: 20 }, (_, index) => `r${round}-${index}`);
      const answers = await Promise.all(names.map((name) => host.client.lock(lockOptions(name))));
      const winners = names.filter((_, index) => answers[index]!.type === 'taken');
      expect(winners).toHaveLength(1);
      await expect(host.client.unlock({ rollout: winners[0]! })).resolves.toMatchObject({
        type: 'released',
        was: { owner: { rollout: winners[0] } },
      });
    }
    await expect.poll(async () => (await readdir(meta(host))).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  test('of five who saw the same dead owner exactly one takes over', async () => {
    await using host = await makeHost(shell);
    for (const round of ['a', 'b', 'c']) {
      await begin(host, `dead-${round}`);
      age(host, 61, 'lock/beat');
      const names = [1, 2, 3, 4, 5].map((index) => `${round}${index}`);
      const answers = await Promise.all(names.map((name) => host.client.lock(lockOptions(name))));
      const winners = names.filter((_, index) => answers[index]!.type !== 'refused');
      expect(winners).toHaveLength(1);
      await host.client.unlock({ rollout: winners[0]! });
    }
  });

  test('can be taken with a look at the host, which is left out when it is refused', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const look = { instances: [], shared: NOTHING_SHARED, depth: 'look' as const };
    const refused = await host.client.lock(lockOptions('r2', { look }));
    expect(refused).toEqual({ type: 'refused', by: { owner: owner('r1'), ageMs: expect.any(Number) as number } });
    const taken = await host.client.lock(lockOptions('r2', { look, force: 'r1' }));
    const lock = { owner: owner('r2'), ageMs: expect.any(Number) as number };
    expect(taken).toMatchObject({ type: 'takenOver', state: { initialised: true, lock } });
  });

  test('a live one is refused, and who, since when and why are told', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    const answer = await host.client.lock(lockOptions('r2'));
    expect(answer).toEqual({ type: 'refused', by: { owner: owner('r1'), ageMs: expect.any(Number) as number } });
    expect((await readdir(meta(host))).filter((name) => name.startsWith('lock'))).toEqual(['lock']);
  });

  test('one whose owner has not been heard of for a minute is taken over, and history says from whom', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    age(host, 61, 'lock/beat');
    const history = '{"rollout":"@","by":"ben@desk","at":1,"what":"takeover","outcome":"superseded"}';
    const answer = await host.client.lock(lockOptions('r2', { history }));
    expect(answer).toMatchObject({ type: 'takenOver', from: { owner: { rollout: 'r1' } } });
    expect(answer.type === 'takenOver' && answer.from.ageMs).toBeGreaterThanOrEqual(61_000);
    await expect(host.client.history(9)).resolves.toMatchObject([{ rollout: 'r1', by: 'ben@desk' }]);
  });

  test('one whose owner is known to be gone is taken over at once, but only from that owner', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await expect(host.client.lock(lockOptions('r2', { dead: 'other' }))).resolves.toMatchObject({ type: 'refused' });
    await expect(host.client.lock(lockOptions('r2', { dead: 'r1' }))).resolves.toMatchObject({ type: 'takenOver' });
    // somebody who still believes that r1 holds it
    await expect(host.client.lock(lockOptions('r3', { dead: 'r1' }))).resolves.toMatchObject({
      type: 'refused',
      by: { owner: { rollout: 'r2' } },
    });
  });

  test('a paused one never ages, is nobody’s dead one, and yields only to its own rollout or to force', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await host.client.own(owner('r1', { state: 'paused' }));
    age(host, 1_000_000, 'lock/beat', 'lock/owner.json', 'lock');
    await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'refused' });
    await expect(host.client.lock(lockOptions('r2', { dead: 'r1' }))).resolves.toMatchObject({ type: 'refused' });
    await expect(host.client.lock(lockOptions('r2', { takes: 'r0' }))).resolves.toMatchObject({ type: 'refused' });
    await expect(host.client.lock(lockOptions('r2', { takes: 'r1' }))).resolves.toMatchObject({ type: 'takenOver' });
    await host.client.own(owner('r2', { state: 'paused' }));
    await expect(host.client.lock(lockOptions('r3', { force: 'r2' }))).resolves.toMatchObject({ type: 'takenOver' });
  });

  test('a live one that was paused is not taken by who saw it paused', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await expect(host.client.lock(lockOptions('r2', { takes: 'r1' }))).resolves.toMatchObject({ type: 'refused' });
  });

  test('a live one yields to force, but only from the rollout that was named', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await expect(host.client.lock(lockOptions('r2', { force: 'r0' }))).resolves.toMatchObject({ type: 'refused' });
    await expect(host.client.lock(lockOptions('r2', { force: 'r1' }))).resolves.toMatchObject({ type: 'takenOver' });
  });

  test('an empty folder is no lock', async () => {
    await using host = await makeHost(shell);
    await mkdir(meta(host, 'lock'), { recursive: true });
    const state = await host.client.probe({ instances: [], shared: { files: [], dirs: [] }, depth: 'look' });
    expect(state.lock).toBeUndefined();
    await expect(host.client.lock(lockOptions('r1'))).resolves.toEqual(TAKEN);
  });

  test('a folder without its owner is refused while young and taken when old', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await rm(meta(host, 'lock/owner.json'));
    await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({
      type: 'refused',
      by: { owner: undefined },
    });
    age(host, 61, 'lock/beat', 'lock');
    await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'takenOver' });
  });

  test('an owner that cannot be read is shown as unknown and taken when old', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    await writeFile(meta(host, 'lock/owner.json'), '\u001b]0;x\u0007 not json "rollout":"\n');
    await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({
      type: 'refused',
      by: { owner: undefined },
    });
    age(host, 61, 'lock/beat');
    await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'takenOver' });
  });

  test('it is released by its own rollout only; "any" releases whoever holds it', async () => {
    await using host = await makeHost(shell);
    await expect(host.client.unlock({ rollout: 'r1' })).resolves.toEqual({ type: 'none' });
    await begin(host, 'r1');
    await expect(host.client.unlock({ rollout: 'r2' })).resolves.toMatchObject({
      type: 'refused',
      by: { owner: { rollout: 'r1' } },
    });
    await expect(host.client.unlock({ rollout: { any: true } })).resolves.toMatchObject({ type: 'released' });
    expect(existsSync(meta(host, 'lock'))).toBe(false);
  });

  test('without it no verb that changes something does anything', async () => {
    await using host = await makeHost(shell);
    await begin(host, 'r1');
    const finish = { marks: [], prune: [], history: '', lock: 'release' as const, journal: '' };
    const superseded = { code: 'SLIP_SUPERSEDED' };
    await expect(host.client.own(owner('r2'))).rejects.toMatchObject(superseded);
    await expect(host.client.rollout('r2', '{}')).rejects.toMatchObject(superseded);
    await expect(host.client.finish({ rollout: 'r2', ...finish })).rejects.toMatchObject(superseded);
    await expect(host.client.ledger({ rollout: 'r2', release: 'x', ledger: '{}' })).rejects.toMatchObject(superseded);
    expect(existsSync(meta(host, 'lock'))).toBe(true);
  });
});

test('a takeover that was cut off is in nobody’s way after half a minute', async () => {
  await using host = await makeHost('dash');
  await begin(host, 'r1');
  age(host, 61, 'lock/beat');
  await mkdir(meta(host, 'lock.takeover'));
  await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'refused' });
  age(host, 31, 'lock.takeover');
  await host.client.lock(lockOptions('r2'));
  await expect(host.client.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'takenOver' });
});

test('a folder that belongs to another app or stage is refused, and stays as it is', async () => {
  await using host = await makeHost('dash');
  await begin(host, 'r1');
  await host.client.unlock({ rollout: 'r1' });
  const before = await readFile(meta(host, 'app.json'), 'utf8');
  for (const other of [{ app: 'other' }, { stage: 'production' }]) {
    await expect(host.client.lock(lockOptions('r2', other))).rejects.toMatchObject({ code: 'SLIP_FOREIGN_FOLDER' });
  }
  expect(await readFile(meta(host, 'app.json'), 'utf8')).toBe(before);
  expect(existsSync(meta(host, 'lock'))).toBe(false);
});

test('an app.json that was cut off when it was made is made again', async () => {
  await using host = await makeHost('dash');
  await mkdir(meta(host), { recursive: true });
  await writeFile(meta(host, 'app.json'), '');
  await expect(host.client.lock(lockOptions('r1'))).resolves.toEqual(TAKEN);
  expect(await readFile(meta(host, 'app.json'), 'utf8')).toBe('{"app":"greeter","stage":"test"}\n');
});

test('a folder that cannot be written to is told with its mend', async () => {
  await using host = await makeHost('dash', { deployTo: '/proc/nowhere' });
  await expect(host.client.lock(lockOptions('r1'))).rejects.toMatchObject({
    code: 'SLIP_DENIED',
    mend: 'On the host: sudo install -d -o "$USER" /proc/nowhere',
  });
});

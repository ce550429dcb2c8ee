import { describe, expect, test } from 'vitest';
import { Cancelled, RemoteError } from '../../src/base/errors.ts';
import { openSession } from '../../src/rollout/open-session.ts';
import { live } from '../config/minimal.ts';
import { emptyRepository, sampleRepository, temporaryFolder } from '../git/sample.ts';
import { fakeClock } from '../support/fake-clock.ts';

/** A session whose only host cannot be reached, and how often that was tried. */
async function away(source: Readonly<Record<string, unknown>>, { code = 'SLIP_AWAY', role = {} } = {}) {
  const tried: string[] = [];
  const session = openSession({
    settings: live({ source, roles: { bot: role } }),
    connect: ({ name }) => {
      tried.push(name);
      return Promise.reject(new RemoteError({ code, message: `${name} is away.` }));
    },
    cacheDir: await temporaryFolder(),
    clock: fakeClock(),
    whenPaused: 'end',
  });
  return { session, tried };
}

describe('a session whose hosts are away', () => {
  test('knows what can be deployed and what would change, and asks no host for it', async () => {
    const sample = await sampleRepository();
    const from = await sample.git('rev-parse', 'HEAD');
    const to = await sample.commit({}, 'second');
    const { session, tried } = await away({ git: sample.folder });
    const refs = await session.refs();
    expect(refs.map(({ kind, revision }) => `${kind} ${revision}`).sort()).toEqual(
      [`branch ${to}`, `commit ${to}`, `commit ${from}`].sort(),
    );
    expect(await session.changesBetween(from, to)).toMatchObject({
      type: 'compared',
      brings: { commits: [{ subject: 'second' }] },
    });
    expect(tried).toEqual([]);
  });

  test('has nothing to choose from where the source is a folder', async () => {
    const { session } = await away({ git: undefined, dir: await temporaryFolder() });
    expect(await session.refs()).toEqual([]);
  });

  test('says what is missing where there is nothing to deploy', async () => {
    const empty = await emptyRepository();
    const missing = await away({ git: `${empty.folder}/nowhere` });
    await expect((await away({ git: empty.folder })).session.refs()).rejects.toMatchObject({ code: 'SLIP_NO_COMMITS' });
    await expect(missing.session.refs()).rejects.toMatchObject({ code: 'SLIP_NO_REPOSITORY', exitCode: 2 });
  });

  test('gives up both with the signal', async () => {
    const sample = await sampleRepository();
    const { session } = await away({ git: sample.folder });
    const revision = await sample.git('rev-parse', 'HEAD');
    await expect(session.refs(AbortSignal.abort())).rejects.toBeInstanceOf(Cancelled);
    const comparing = session.changesBetween(revision, revision, AbortSignal.abort());
    await expect(comparing).rejects.toBeInstanceOf(Cancelled);
  });

  test('says of the audit trail why it cannot be read', async () => {
    const { session, tried } = await away({});
    expect(await session.history(10)).toEqual({ records: [], failed: [{ host: 'fra-1', reason: 'fra-1 is away.' }] });
    expect(tried).toEqual(['fra-1']);
  });

  test('says of a log that it is not followed any more, and whether that may change by itself', async () => {
    const told = async (code: string) => {
      const role = { service: { systemd: 'greeter-{stage}@{instance}' } };
      const { session } = await away({ git: undefined, dir: await temporaryFolder() }, { code, role });
      const { promise, resolve } = Promise.withResolvers<string[]>();
      const ends = new AbortController();
      void session.logs({
        start: { type: 'last', count: 1 },
        follow: 'follow',
        signal: ends.signal,
        onRecords: () => undefined,
        onNotice: (notice) => {
          ends.abort();
          if (notice.type === 'trouble') resolve([notice.message, notice.how]);
        },
      });
      return promise;
    };
    expect(await told('SLIP_UNREACHABLE')).toEqual([expect.stringContaining('is away.'), 'lost']);
    expect(await told('SLIP_LOGIN')).toEqual([expect.stringContaining('is away.'), 'refused']);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import { createLink } from '../../src/host/link.ts';
import { hostScript } from '../../src/host/script.ts';
import type { HostClient } from '../../src/host/verbs.ts';
import { connect } from '../../src/ssh/connect.ts';
import { type Proxy, startProxy } from '../ssh/support/proxy.ts';
import { skipReason, type Sshd, startSshd } from '../ssh/support/sshd.ts';
import { bot, build, lockOptions, NOTHING_SHARED, ONE, sendOptions } from './stage.ts';

const skip = await skipReason();
const looking = { instances: [bot()], shared: NOTHING_SHARED, depth: 'look' } as const;

interface Far extends AsyncDisposable {
  readonly client: HostClient;
  readonly proxy: Proxy;
  readonly deployTo: string;
  /** Commands of the channels that were opened. */
  readonly opened: readonly string[];
}

/** A host behind a real sshd, some milliseconds away. */
async function farHost(sshd: Sshd): Promise<Far> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-far-'));
  const proxy = await startProxy(sshd.port, 20);
  const opened: string[] = [];
  const link = createLink(() => connect(sshd.spec({ port: proxy.port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` })));
  const open = (command: string) => {
    opened.push(command);
    return link.open(command);
  };
  const deployTo = join(folder, 'srv');
  return {
    client: createHostClient({ host: 'far-1', deployTo, path: [], script: hostScript(), open }),
    ...{ proxy, deployTo, opened },
    [Symbol.asyncDispose]: async () => {
      await link.close();
      await proxy[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(skip !== undefined)(`the way to a host${skip === undefined ? '' : ` (${skip})`}`, () => {
  test('the first request comes with its channel, and every later one takes that channel and one round trip', async () => {
    await using sshd = await startSshd();
    await using far = await farHost(sshd);
    await far.client.lock(lockOptions('r1'));
    far.proxy.roundTrips();
    await far.client.probe(looking);
    await far.client.unlock({ rollout: 'r1' });
    expect(far.proxy.roundTrips()).toBe(2);
    expect(far.opened).toHaveLength(1);
  });

  test('a small release is received behind the lock, in the same round trip', async () => {
    await using sshd = await startSshd();
    await using far = await farHost(sshd);
    await far.client.probe(looking);
    await using release = await build(far, { 'a.txt': 'a' });
    const receive = await sendOptions(far, release, { release: ONE });
    far.proxy.roundTrips();
    const answer = await far.client.lock(lockOptions('r1', { receive }));
    await (answer.type === 'taken' ? answer.received : undefined);
    expect(far.proxy.roundTrips()).toBeLessThanOrEqual(2);
    expect(far.opened).toHaveLength(1);
  });

  test('what is sent behind a lock that another holds is not taken, and never read as anything else', async () => {
    await using sshd = await startSshd();
    await using far = await farHost(sshd);
    await far.client.lock(lockOptions('r1'));
    const line = `\nx : >'${far.deployTo}/was-run'\n`;
    await using release = await build(far, { 'a.txt': line.repeat(50) });
    const receive = await sendOptions(far, release, { release: ONE, rollout: 'r2' });
    const answer = await far.client.lock(lockOptions('r2', { receive }));
    expect(answer).toMatchObject({ type: 'refused', by: { owner: { rollout: 'r1' } } });
    await expect(far.client.probe(looking)).resolves.toMatchObject({
      releases: [],
      lock: { owner: { rollout: 'r1' } },
    });
  });
});

test.skipIf(skip !== undefined)('connecting takes seven round trips after that of TCP', async () => {
  await using sshd = await startSshd();
  await using proxy = await startProxy(sshd.port, 25);
  const connection = await connect(sshd.spec({ port: proxy.port, hostKeyAlias: `[127.0.0.1]:${sshd.port}` }));
  expect(proxy.roundTrips()).toBeLessThanOrEqual(7);
  await connection.close();
});

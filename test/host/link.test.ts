import { expect, test } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import { createLink } from '../../src/host/link.ts';
import { plainSpec } from '../../src/ssh/spec.ts';
import type { Channel, Connection } from '../../src/ssh/transport.ts';
import { wayOf } from '../../src/ssh/way.ts';

const WAY = wayOf(plainSpec({ name: 'h', host: '203.0.113.10', port: 22, user: 'deploy' }), 'ssh2');

function refusing(code: string) {
  const seen = { tries: 0 };
  const link = createLink(() => {
    seen.tries += 1;
    return Promise.reject<Connection>(new RemoteError({ code, message: 'no' }));
  });
  return { link, seen };
}

test.each(['SLIP_AUTH_REFUSED', 'SLIP_HOST_KEY_CHANGED', 'SLIP_OPENSSH'])(
  'a host that has refused us (%s) is not asked again until a person is here',
  async (code) => {
    const { link, seen } = refusing(code);
    for (let i = 0; i < 3; i += 1) await expect(link.open('true')).rejects.toMatchObject({ code });
    expect(seen.tries).toBe(1);
    link.renew();
    await expect(link.open('true')).rejects.toMatchObject({ code });
    expect(seen.tries).toBe(2);
  },
);

test('a host that has let us in before is taken for away when the system’s ssh fails, and is tried again', async () => {
  const seen = { tries: 0 };
  const channel = { ended: Promise.resolve({ type: 'exit', status: 0 }) } as Channel;
  const lost = AbortSignal.abort();
  const link = createLink(() => {
    seen.tries += 1;
    if (seen.tries > 1) return Promise.reject(new RemoteError({ code: 'SLIP_OPENSSH', message: 'no' }));
    const open = () => Promise.resolve(channel);
    return Promise.resolve({ host: 'h', way: WAY, open, lost, close: () => Promise.resolve() });
  });
  expect(link.way()).toBeUndefined();
  await link.open('true');
  expect(link.way()).toBe(WAY);
  await link.close();
  expect(link.way()).toBeUndefined();
  for (let i = 0; i < 2; i += 1) await expect(link.open('true')).rejects.toMatchObject({ code: 'SLIP_OPENSSH' });
  expect(seen.tries).toBe(3);
});

test('a host that could not be reached is tried again by whoever needs it next', async () => {
  const { link, seen } = refusing('SLIP_UNREACHABLE');
  for (let i = 0; i < 3; i += 1) await expect(link.open('true')).rejects.toMatchObject({ code: 'SLIP_UNREACHABLE' });
  expect(seen.tries).toBe(3);
});

test('a host that allows one session a connection still takes a rollout, its canary, a log and the vitals at once', async () => {
  const seen = { connections: 0 };
  const link = createLink(() => {
    seen.connections += 1;
    let free = 1;
    const open = (): Promise<Channel> => {
      if (free === 0) return Promise.reject(new RemoteError({ code: 'SLIP_CHANNEL_REFUSED', message: 'full' }));
      free -= 1;
      return Promise.resolve({ ended: new Promise(() => undefined) } as unknown as Channel);
    };
    const { signal: lost } = new AbortController();
    return Promise.resolve({ host: 'h', open, lost, close: () => Promise.resolve() } as unknown as Connection);
  });
  for (const what of ['requests', 'control', 'samples', 'log', 'vitals']) await link.open(what);
  expect(seen.connections).toBe(5);
  await expect(link.open('one more')).rejects.toMatchObject({ code: 'SLIP_CHANNEL_REFUSED' });
});

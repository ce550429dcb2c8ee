import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { live } from './minimal.ts';

const traffic = { haproxy: '/run/haproxy/admin.sock', backend: 'web' };
const slots = { blue: 5001, green: 5101 };
const rollout = { strategy: 'blue-green' };
const bot = { service: { systemd: 'greeter@{instance}' }, health: { http: 'http://127.0.0.1:{port}/{slot}' } };

/** A stage in which the role has slots. */
const slotted = (role: object = {}, more: object = {}) =>
  live({ rollout, roles: { bot: { ...bot, slots, traffic, ...role } }, ...more });

const hosts = (...list: readonly object[]) => ({
  stages: { live: { hosts: list.map((host, i) => ({ name: `h${i + 1}`, address: `h${i + 1}`, ...host })) } },
});

describe('slots of a role', () => {
  it('give every host two sets of instances, each with names, ports and units of its own', () => {
    const { instances } = slotted({}, hosts({ roles: { bot: 2 } }));
    expect(instances).toMatchObject([
      { id: 'bot.blue.1@h1', name: 'bot.blue.1', slot: 'blue', number: 1, port: 5001 },
      { id: 'bot.blue.2@h1', slot: 'blue', number: 2, port: 5002 },
      { id: 'bot.green.1@h1', slot: 'green', number: 1, port: 5101 },
      { id: 'bot.green.2@h1', slot: 'green', number: 2, port: 5102 },
    ]);
    expect(instances[2]).toMatchObject({
      service: { unit: 'greeter@green.1' },
      health: { probe: { url: 'http://127.0.0.1:5101/green' } },
    });
  });

  it('have a proxy on every host that runs the role, whose servers are named like its instances', () => {
    const { proxies } = slotted({}, hosts({ roles: { bot: 1 } }, { roles: { bot: 1 } }, { roles: {} }));
    expect(
      proxies.map(({ host, servers }) => [host, servers.map(({ server, instance }) => [server, instance])]),
    ).toEqual([
      ['h1', [['bot.blue.1', 'bot.blue.1@h1'], ['bot.green.1', 'bot.green.1@h1']]], // prettier-ignore
      ['h2', [['bot.blue.1', 'bot.blue.1@h2'], ['bot.green.1', 'bot.green.1@h2']]], // prettier-ignore
    ]);
  });

  it('may be whole hosts, behind a proxy on another one', () => {
    const { instances, proxies } = live({
      rollout,
      roles: { bot: { ...bot, port: 5001, traffic: { ...traffic, on: ['h3'], server: '{host}-{instance}' } } },
      ...hosts({ roles: { bot: 1 }, slot: 'blue' }, { roles: { bot: 1 }, slot: 'green' }, { roles: {} }),
    });
    expect(instances).toMatchObject([
      { id: 'bot.1@h1', slot: 'blue', port: 5001 },
      { id: 'bot.1@h2', slot: 'green', port: 5001 },
    ]);
    expect(proxies).toMatchObject([
      {
        host: 'h3',
        servers: [
          { server: 'h1-1', slot: 'blue' },
          { server: 'h2-1', slot: 'green' },
        ],
      },
    ]);
  });

  it('leave a role that no proxy sends traffic to without one', () => {
    const { instances } = slotted(
      {},
      { ...hosts({ roles: { bot: 1, job: 1 } }), roles: { bot: { ...bot, slots, traffic }, job: {} } },
    );
    expect(instances.map(({ name, slot }) => [name, slot])).toContainEqual(['job.1', undefined]);
  });

  const twoHosts = hosts({ roles: { bot: 1 }, slot: 'blue' }, { roles: { bot: 1 }, slot: 'green' });
  it.each<[string, () => unknown, string]>([
    ['no proxy', () => slotted({ traffic: undefined }), 'needs "traffic"'],
    ['a port beside them', () => slotted({ port: 1 }), 'cannot stand beside "slots"'],
    ['only one instance at a time', () => slotted({ exclusive: true }), 'an exclusive role has no slots'],
    ['hosts in slots, too', () => slotted({}, twoHosts), 'Keep one of the two.'],
    [
      'an unknown host of its proxy',
      () => slotted({ traffic: { ...traffic, on: ['fra-2'] } }),
      'Did you mean "fra-1"?',
    ],
    [
      'a name that HAProxy would read as a command',
      () => slotted({ traffic: { ...traffic, server: 'a b' } }),
      'got "a b"',
    ],
    [
      'a socket that tools would read otherwise',
      () => slotted({ traffic: { ...traffic, haproxy: '/a,b' } }),
      'got "/a,b"',
    ],
  ])('cannot have %s', (_, make, words) => {
    expect(mistakes(make)).toContain(words);
  });

  it('need traffic in the strategy blue-green, and each instance in one of them', () => {
    expect(mistakes(() => live({ rollout }))).toContain('needs a role with "traffic"');
    expect(mistakes(() => live({ rollout, roles: { bot: { ...bot, port: 1, traffic } } }))).toContain('in no slot');
    const alone = { rollout, roles: { bot: { ...bot, port: 1, traffic } }, ...twoHosts };
    expect(mistakes(() => live(alone))).toContain('Name the hosts of the proxies with "on".');
  });

  it('run out of ports each by itself', () => {
    const high = { slots: { blue: 5001, green: 65_535 } };
    expect(mistakes(() => slotted(high, hosts({ roles: { bot: 2 } })))).toContain('from port 65535 on end above');
  });
});

function mistakes(make: () => unknown): string {
  try {
    make();
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown.detail.join('\n');
    throw thrown;
  }
  return '';
}

import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ConnectionLostError, RemoteError } from '../../src/base/errors.ts';
import type { Arrived, ReceiveAnswer, ReceiveOptions } from '../../src/host/receiving.ts';
import { type FakeStage, fakeStage } from './support/fake-stage.ts';

const lost = () =>
  new ConnectionLostError({ code: 'SLIP_CONNECTION_LOST', host: 'h1', message: 'The connection to h1 was lost.' });
const refused = () => new RemoteError({ code: 'SLIP_REFUSED', host: 'h1', message: 'Nothing listens on h1.' });

type Act = ReceiveAnswer | Error;

interface Script {
  /** What each upload ends in; after the last one, all is well. */
  readonly uploads: readonly Act[];
  readonly arrived?: readonly (Arrived | Error)[];
}

interface Heard {
  readonly sent: ReceiveOptions[];
  asked: number;
}

/** Makes the host answer by a script, and tells what it heard. */
function scripted(stage: FakeStage, { uploads, arrived = [] }: Script): Heard {
  const host = stage.host('h1');
  const heard: Heard = { sent: [], asked: 0 };
  const receive = host.receive.bind(host);
  host.receive = async (options) => {
    const act = uploads[heard.sent.length];
    heard.sent.push(options);
    if (act instanceof Error) throw act;
    if (act === undefined || act.type === 'received') await receive(options);
    else await buffer(options.payload());
    return act ?? { type: 'received', left: [] };
  };
  host.arrived = async () => {
    const act = arrived[heard.asked];
    heard.asked += 1;
    if (act instanceof Error) throw act;
    return act ?? { type: 'nothing' };
  };
  return heard;
}

const LARGE = 'x'.repeat(1 << 21);

describe('sending', () => {
  test('a small release asks nothing beforehand', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const heard = scripted(stage, { uploads: [] });
    const { outcome } = await stage.deploy('one');
    expect([outcome.exitCode, heard.asked, heard.sent.length]).toEqual([0, 0, 1]);
    expect(heard.sent[0]).toMatchObject({ whenCut: 'discard', codec: 'gzip', kept: undefined });
  });

  test('a large one asks what is left of an earlier attempt, and goes on with that', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const heard = scripted(stage, {
      uploads: [],
      arrived: [{ type: 'part', name: 'x.y', files: new Set() }],
    });
    await stage.deploy(LARGE);
    expect(heard.sent[0]).toMatchObject({ whenCut: 'keep', kept: 'x.y' });
  });

  test('takes a lost connection up again with what has arrived, however long the host is away', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const heard = scripted(stage, {
      uploads: [lost(), lost()],
      arrived: [{ type: 'nothing' }, refused(), refused(), { type: 'part', name: 'a.b', files: new Set() }],
    });
    const { outcome, events } = await stage.deploy(LARGE);
    expect(outcome.exitCode).toBe(0);
    expect(heard.sent.map(({ kept }) => kept)).toEqual([undefined, 'a.b', undefined]);
    const told = events.flatMap((event) => (event.type === 'host.lost' ? [event.reason] : []));
    expect(told).toHaveLength(4);
    expect(told[0]).toBe('The connection to h1 was lost. Trying again.');
    expect(events.filter(({ type }) => type === 'host.connected').length).toBeGreaterThan(1);
  });

  test('gives up in the end, and at once when the login is refused', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    scripted(stage, { uploads: Array.from({ length: 20 }, lost) });
    expect((await stage.deploy('one')).outcome.error?.code).toBe('SLIP_CONNECTION_LOST');
    const denied = new RemoteError({ code: 'SLIP_AUTH_REFUSED', host: 'h1', message: 'no' });
    const heard = scripted(stage, { uploads: [lost()], arrived: [denied] });
    expect((await stage.deploy('two')).outcome.error?.code).toBe('SLIP_AUTH_REFUSED');
    expect([heard.sent.length, heard.asked]).toEqual([1, 1]);
  });

  test('is done when it was received after all', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const heard = scripted(stage, { uploads: [lost()], arrived: [{ type: 'there' }] });
    const { events } = await stage.deploy('one');
    expect(heard.sent).toHaveLength(1);
    expect(events.some(({ type }) => type === 'host.ready')).toBe(true);
  });

  test('over a base that was changed by hand sends what differs too, and says so', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    await stage.deploy('one');
    const heard = scripted(stage, { uploads: [{ type: 'differs', paths: ['text', 'lib/\u001b[31mx'] }] });
    const { outcome, events } = await stage.deploy('two');
    expect([outcome.exitCode, heard.sent.length]).toEqual([0, 2]);
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings.join()).toMatch(
      /^2 files of .* are no longer what was sent: text and lib\/\S*x\. They are sent again\.$/,
    );
    expect(warnings.join()).not.toContain('\u001b');
  });

  test('takes what went out behind the lock for its first attempt', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const heard = scripted(stage, { uploads: [] });
    const host = stage.host('h1');
    const lock = host.lock.bind(host);
    const early: ReceiveOptions[] = [];
    host.lock = async (options) => {
      early.push(...(options.receive ? [options.receive] : []));
      return { ...(await lock(options)), received: Promise.resolve({ type: 'differs', paths: ['text'] }) };
    };
    expect((await stage.deploy('one')).outcome.exitCode).toBe(0);
    expect([early.length, heard.sent.length]).toEqual([1, 1]);
  });

  test('gives up where the same file keeps differing', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    const differs = { type: 'differs', paths: ['text'] } as const;
    const heard = scripted(stage, { uploads: [differs, differs] });
    expect((await stage.deploy('one')).outcome.error?.code).toBe('SLIP_BASE_DAMAGED');
    expect(heard.sent).toHaveLength(2);
  });

  test('names what came into the base and did not come along', async () => {
    await using stage = await fakeStage({ hosts: 1 });
    scripted(stage, { uploads: [{ type: 'received', left: ['a', 'b', 'c', 'd', 'e'] }] });
    const { events } = await stage.deploy('one');
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringMatching(/^5 files .*: a, b, c and 2 more\.$/),
      }),
    );
  });

  test('keeps to the rate that hosts.json allows, for all hosts together', async () => {
    await using stage = await fakeStage({ hosts: 2, rollout: { bwlimit: '1k', parallel: 1 } });
    const began = stage.clock.now();
    const heard = ['h1', 'h2'].map((name) => {
      const host = stage.host(name);
      const receive = host.receive.bind(host);
      const seen = { bytes: 0 };
      host.receive = async (options) => {
        seen.bytes = (await buffer(options.payload())).length;
        return receive({ ...options, payload: () => options.payload() });
      };
      return seen;
    });
    await stage.deploy(randomBytes(10_000).toString('hex'));
    const bytes = heard.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeGreaterThan(20_000);
    expect((stage.clock.now() - began) / 1000).toBeGreaterThan(bytes / 1000 - 1);
  });

  test('goes to as many hosts at once as may be', async () => {
    await using stage = await fakeStage({ hosts: 5, rollout: { parallel: 2 } });
    let [running, most] = [0, 0];
    for (const host of stage.hosts) {
      const receive = host.receive.bind(host);
      host.receive = async (options) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return receive(options);
      };
    }
    await stage.deploy('one');
    expect(most).toBe(2);
  });
});

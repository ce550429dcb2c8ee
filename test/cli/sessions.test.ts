import { describe, expect, test } from 'vitest';
import { skipReason } from '../ssh/support/sshd.ts';
import { startSshdSite } from './support/sshd-site.ts';

const skip = (await skipReason()) !== undefined;

const limited = (transport: string, most: number) =>
  startSshdSite({
    env: { SLIPWAY_TRANSPORT: transport },
    config: [`MaxSessions ${most}`],
    role: { health: { minHealthyTime: '0.1s', command: 'true' } },
  });

describe.skipIf(skip).each(['ssh2', 'openssh'])('over %s, hosts that allow a connection', (transport) => {
  test.each([1, 2])(
    '%d sessions are deployed to',
    async (most) => {
      await using site = await limited(transport, most);
      const ran = await site.run('deploy', 'staging', '--yes');
      expect(ran).toMatchObject({ code: 0, stderr: '', stdout: expect.not.stringContaining('could not be written') });
      for (const { list } of site.boxes) expect(await list('.slipway/lock')).toEqual([]);
    },
    60_000,
  );

  test('no session are named, with the setting', async () => {
    await using site = await limited(transport, 0);
    const from = Date.now();
    const ran = await site.run('deploy', 'staging', '--yes');
    expect(ran).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/one .*does not let slipway run[^]*MaxSessions/),
    });
    expect(Date.now() - from).toBeLessThan(10_000);
  });
});

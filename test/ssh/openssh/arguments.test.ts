import { expect, test } from 'vitest';
import { forwardArguments, masterArguments, proxyThrough } from '../../../src/ssh/openssh/arguments.ts';
import { plainSpec } from '../../../src/ssh/spec.ts';
import { must } from '../../hosts/process.ts';

const spec = {
  ...plainSpec({ name: 'fra-1', host: '203.0.113.10', port: 2222, user: 'deploy' }),
  ...{ identityFiles: ['/keys/a b', '/keys/50%'], userKnownHostsFiles: ['/known hosts'] },
};
const wishes = {
  ...{ socket: '/run/slipway-abc/master', connectMs: 15_000, pingMs: 15_000, deadMs: 45_000 },
  ...({ asking: 'nobody', newHostKeys: 'asConfigured', proxyCommand: undefined } as const),
};

/** What ssh itself makes of the words. */
async function understood(words: readonly string[]): Promise<string[]> {
  return (await must(['ssh', '-G', ...words])).split('\n');
}

test('ssh understands what it is told, and nothing is forwarded', async () => {
  const lines = await understood(masterArguments(spec, wishes));
  expect(lines).toEqual(
    expect.arrayContaining([
      ...['hostname 203.0.113.10', 'user deploy', 'port 2222', 'identityfile /keys/a b', 'identityfile /keys/50%%'],
      ...['batchmode yes', 'forwardagent no', 'clearallforwardings yes', 'controlmaster true', 'controlpersist no'],
      ...['serveraliveinterval 15', 'serveralivecountmax 2', 'stricthostkeychecking ask', 'requesttty false'],
    ]),
  );
});

test('what we ask for stands above what is configured', async () => {
  const configured = {
    ...spec,
    openSshArguments: ['-F', 'none', '-o', 'ForwardAgent=yes', '-o', 'ServerAliveInterval=3', '--', 'alias'],
  };
  const lines = await understood(masterArguments(configured, wishes));
  expect(lines).toEqual(expect.arrayContaining(['hostname alias', 'forwardagent no', 'serveraliveinterval 15']));
});

test('a changed key is never accepted, whatever is configured', async () => {
  const lines = await understood(masterArguments({ ...spec, strictHostKeyChecking: 'no' }, wishes));
  expect(lines).toContain('stricthostkeychecking accept-new');
});

test('a way of our own takes the place of jumps', async () => {
  const configured = { ...spec, openSshArguments: ['-F', 'none', '-J', 'bastion', '--', 'alias'] };
  const proxyCommand = proxyThrough("/run/o'brien 50%/master");
  const lines = await understood(masterArguments(configured, { ...wishes, proxyCommand }));
  expect(lines.find((line) => line.startsWith('proxycommand '))).toBe(`proxycommand ${proxyCommand}`);
});

test('an IPv6 address is told from its port', () => {
  expect(forwardArguments('/s', '2001:db8::1', 22)).toContain('[2001:db8::1]:22');
  expect(forwardArguments('/s', 'fra-1', 22)).toContain('fra-1:22');
});

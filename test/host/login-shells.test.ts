import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../../src/host/call.ts';
import { skipReason } from '../ssh/support/sshd.ts';
import { DEPLOYED, deployTwice, isMissing, type Logins, loginShell, startLogins } from './ssh-host.ts';

let logins: Logins | undefined;
beforeAll(async () => {
  if ((await skipReason()) === undefined) logins = await startLogins();
});
afterAll(async () => logins?.[Symbol.asyncDispose]());

const SHELLS = ['dash', 'bash', 'bash --posix', 'zsh', 'fish', 'tcsh', 'busybox ash'];

/** What a shell would make something of, between any kind of quotes. */
const ODD = String.raw`it's "a" $(touch pwned) ${'`touch pwned`'} !! !x \ \n \\ \' %41 *?[a] {b,c} ~ # & ;|<> ünï🦊 -rf`;

describe.each(SHELLS)('with %s for a login shell', (shell) => {
  const skip = isMissing(shell);

  test.skipIf(skip)('releases are sent, switched to, pruned and read', async () => {
    await using host = await logins!.host(loginShell(shell));
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test.skipIf(skip)('a folder has the name that it was given', async () => {
    const deployTo = `${logins!.folder}/${shell}/${ODD}`;
    await using host = await logins!.host(loginShell(shell), { deployTo });
    expect(await deployTwice(host)).toEqual(DEPLOYED);
  });

  test.skipIf(skip).each(['long ', "'"])('a request may be long, and full of %o', async (word) => {
    await using host = await logins!.host(loginShell(shell));
    const long = { verb: 'history', variables: { count: 1, unused: word.repeat(60_000 / word.length) } };
    expect(await call(host.context, long)).toMatchObject([{ kind: 'end' }]);
  });
});

test('with rbash for a login shell nothing can be run, and that is what is said', async ({ skip }) => {
  skip(isMissing('bash'));
  await using host = await logins!.host(loginShell('bash', '-r'));
  await expect(deployTwice(host)).rejects.toMatchObject({
    code: 'SLIP_NO_SHELL',
    exitCode: 3,
    host: 'box-1',
    message: expect.stringMatching(/^box-1 let us log in, but did not run our command: .* ended with status \d+\.$/),
    mend: expect.stringContaining('the login shell of the user'),
    detail: [expect.stringContaining('restricted')],
  });
});

test.for([
  ['/usr/sbin/nologin', 'This account is currently not available.'],
  ['git-shell', 'unrecognized command'],
  ['/bin/false', undefined],
  ['/bin/true', undefined],
  ['/nowhere/shell', 'not found'],
])('with %s for a login shell nothing can be run, and its words are told', async ([shell, says], { skip }) => {
  skip(logins === undefined);
  await using host = await logins!.host(loginShell(shell!));
  await expect(deployTwice(host)).rejects.toMatchObject({
    code: 'SLIP_NO_SHELL',
    detail: says === undefined ? [] : [expect.stringContaining(says)],
  });
});

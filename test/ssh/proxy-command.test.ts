import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/base/errors.ts';
import { sh } from '../../src/base/shell.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import type { TransportName } from '../../src/ssh/transport.ts';
import { childrenOf, waitFor } from '../hosts/process.ts';
import { skipReason, startSshd } from './support/sshd.ts';
import type { Sshd } from './support/sshd.ts';

const skip = await skipReason();
const transports: TransportName[] = ['ssh2', 'openssh'];

/** As netcat, which is not everywhere. */
const relay = (port: number) =>
  sh`${process.execPath} -e ${`const s = require('node:net').connect(${port}, '127.0.0.1'); process.stdin.pipe(s).pipe(process.stdout)`}`;

describe.skipIf(skip !== undefined).each(transports)('a host behind a ProxyCommand, over %s', (transport) => {
  let sshd: Sshd;
  beforeAll(async () => void (sshd = await startSshd()));
  afterAll(async () => sshd[Symbol.asyncDispose]());

  // nothing listens where the host seems to be
  const behind = (proxyCommand: string, changes: Partial<HostSpec> = {}) =>
    sshd.spec({ host: 'nowhere.invalid', hostKeyAlias: `[127.0.0.1]:${sshd.port}`, proxyCommand, ...changes });

  const noChildren = () =>
    waitFor(() => childrenOf(process.pid).every((pid) => !isOurs(pid)), { within: 5000, what: 'A process is left.' });
  const isOurs = (pid: number) => !before.has(pid);
  let before = new Set<number>();

  const refusal = async (spec: HostSpec): Promise<RemoteError> => {
    before = new Set(childrenOf(process.pid));
    const refused = await connect(spec, { transport }).then(
      () => expect.fail('connected'),
      (error: unknown) => error as RemoteError,
    );
    await noChildren();
    return refused;
  };

  test('is reached through it, and no process is left behind', async () => {
    before = new Set(childrenOf(process.pid));
    const connection = await connect(behind(relay(sshd.port)), { transport });
    const channel = await connection.open('head -c 3000000 /dev/zero | wc -c');
    channel.stdin.end();
    expect((await text(channel.stdout)).trim()).toBe('3000000');
    await connection.close();
    await noChildren();
  });

  test('is reached through ssh -W', async () => {
    const hop = sh`ssh -F ${sshd.sshConfig} -p ${sshd.port} -W ${`127.0.0.1:${sshd.port}`} 127.0.0.1`;
    const connection = await connect(behind(hop), { transport });
    const channel = await connection.open('echo there');
    expect(await text(channel.stdout)).toBe('there\n');
    await connection.close();
  });

  test('that fails is told with its last words', async () => {
    const refused = await refusal(behind(`sh -c 'echo "gate closed" >&2; exit 3'`));
    expect(refused).toMatchObject({ exitCode: 3, host: 'test-1' });
    expect(refused.detail.join('\n')).toContain('gate closed');
    if (transport === 'ssh2') expect(refused.message).toMatch(/its ProxyCommand ended with status 3/);
  });

  test('that does not exist is told so', async () => {
    const refused = await refusal(behind('/nonexistent/proxy --to somewhere'));
    expect(refused.detail.join('\n')).toContain('/nonexistent/proxy');
  });

  test('that says something else than SSH is shown with what it said', async () => {
    const refused = await refusal(behind(`sh -c 'echo "HTTP/1.1 403 Forbidden"; echo "no way" >&2; sleep 0.1'`));
    expect(refused).toBeInstanceOf(RemoteError);
    expect(refused.exitCode).toBe(3);
  });

  test('that never leads anywhere is given up, with what it said, and ended', async () => {
    before = new Set(childrenOf(process.pid));
    const timing = transport === 'ssh2' ? { handshakeMs: 300 } : { handshakeMs: 1000, loginMs: 1000 };
    const refused = await connect(behind(`sh -c 'echo "waiting for the gate" >&2; exec sleep 60'`), {
      transport,
      timing,
    }).catch((error: unknown) => error as RemoteError);
    expect(refused).toMatchObject({ exitCode: 3 });
    if (transport === 'ssh2') expect((refused as RemoteError).detail.join()).toContain('waiting for the gate');
    await noChildren();
  });

  test('whose command dies is lost', async () => {
    const connection = await connect(behind(relay(sshd.port)), { transport });
    const channel = await connection.open('exec cat');
    for (const pid of await sshd.connectionPids()) process.kill(pid, 'SIGKILL');
    const [, end] = await Promise.all([text(channel.stdout), channel.ended]);
    expect(end.type).toBe('lost');
    await waitFor(() => connection.lost.aborted, { within: 5000, what: 'The loss was not noticed.' });
    await connection.close();
  });
});

import { describe, expect, test } from 'vitest';
import { ConnectionLostError, RemoteError } from '../../src/base/errors.ts';
import { call, startCall } from '../../src/host/call.ts';
import { createHostClient } from '../../src/host/client.ts';
import { type HostScript, hostScript } from '../../src/host/script.ts';
import { createShells } from '../../src/host/shells.ts';
import type { Channel } from '../../src/ssh/transport.ts';
import type { LocalHost } from '../support/local-host.ts';
import { gzipSync } from 'node:zlib';
import { PassThrough, Readable } from 'node:stream';
import { EVERY_SHELL, hostMaker } from './shells.ts';
import { begin, lockOptions, NEVER, NOTHING_SHARED, ONE } from './stage.ts';

const makeHost = hostMaker();

/** What serves requests, with a verb of our own. */
const SERVE = `${hostScript().text}
main() {
TEXT
}
`;

/** A script of our own in place of the real one; `D` and the nonce `N` are set. */
function answering(host: LocalHost, text: string) {
  const script: HostScript = { text, sum: '0'.repeat(64), packed: gzipSync(SERVE.replace('TEXT', () => text)) };
  const place = { ...host.context, script };
  return { ...place, shells: createShells(place) };
}

const END = 'printf \'@%s\\tend\\t0\\n\' "$N"';

describe.each(EVERY_SHELL)('the end of an answer, under %s', (shell) => {
  test('an answer with its end is a success', async () => {
    await using host = await makeHost(shell);
    const frames = await call(answering(host, `printf '@%s\\tline\\tx\\n' "$N"; ${END}`), { verb: 'x' });
    expect(frames.map(({ kind }) => kind)).toEqual(['line', 'end']);
  });

  test('an answer without its end is a lost connection, though the status is 0', async () => {
    await using host = await makeHost(shell);
    const answer = call(answering(host, 'printf \'@%s\\tlock\\ttaken\\n\' "$N"'), { verb: 'lock' });
    await expect(answer).rejects.toBeInstanceOf(ConnectionLostError);
  });

  test('an end with another nonce is none', async () => {
    await using host = await makeHost(shell);
    const answer = call(answering(host, "printf '@guess\\tend\\t0\\n@\\tend\\t0\\nend\\t0\\n'"), { verb: 'lock' });
    await expect(answer).rejects.toBeInstanceOf(ConnectionLostError);
  });

  test('an end that was cut in the middle is none', async () => {
    await using host = await makeHost(shell);
    const answer = call(answering(host, 'printf \'@%s\\tend\' "$N"'), { verb: 'lock' });
    await expect(answer).rejects.toBeInstanceOf(RemoteError);
  });

  test('a script that is killed leaves a lost connection', async () => {
    await using host = await makeHost(shell);
    await expect(call(answering(host, 'kill -9 $$'), { verb: 'lock' })).rejects.toBeInstanceOf(ConnectionLostError);
  });

  test('a failure counts even when an end with 0 follows it', async () => {
    await using host = await makeHost(shell);
    const answer = call(answering(host, `printf '@%s\\tfail\\tshared\\t.env\\n' "$N"; ${END}`), { verb: 'publish' });
    await expect(answer).rejects.toMatchObject({ failure: 'shared', words: ['.env'] });
  });

  test('a failure inside a pipeline of the script ends the verb as failed', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const shared = { files: ['missing'], dirs: ['made'] };
    const request = { rollout: 'r1', release: ONE, shared_files: 'missing', shared_dirs: 'made' };
    await expect(call(host.context, { verb: 'publish', variables: request })).rejects.toMatchObject({
      failure: 'shared',
      words: shared.files,
    });
  });
});

/** A host whose channels print this and end. */
function printing(host: LocalHost, text: string, when: 'known before' | 'told after') {
  const open = (): Promise<Channel> => {
    const stdout = Readable.from(text.split(/(?<= )/).map((word) => Buffer.from(word)));
    const exit = { type: 'exit', status: 1 } as const;
    const told = new Promise<typeof exit>((resolve) => stdout.on('end', () => resolve(exit)));
    const ended = when === 'known before' ? Promise.resolve(exit) : told;
    const [stdin, stderr] = [new PassThrough(), Readable.from([])];
    return Promise.resolve({ stdin, stdout, stderr, ended, signal: () => undefined, close: () => undefined });
  };
  return { ...host.context, shells: createShells({ ...host.context, open }) };
}

test.each(['known before', 'told after'] as const)(
  'what a host printed before it ended without a frame is told, its end being %s',
  async (when) => {
    await using host = await makeHost('dash');
    const place = printing(host, 'This account is not available.\u001b[31m\n', when);
    await expect(call(place, { verb: 'probe' })).rejects.toMatchObject({
      code: 'SLIP_NO_SHELL',
      detail: ['the host said: This account is not available.'],
    });
  },
);

test('a host that ends before anybody listens is heard', async () => {
  await using host = await makeHost('dash');
  await expect(call(printing(host, '', 'known before'), { verb: 'probe' })).rejects.toMatchObject({
    code: 'SLIP_NO_SHELL',
  });
});

test('a host that says nothing is given up', async () => {
  await using host = await makeHost('dash');
  const silent = call(answering(host, 'exec sleep 60'), { verb: 'probe' }, { quietMs: 300 });
  await expect(silent).rejects.toMatchObject({ code: 'SLIP_HOST_SILENT' });
});

test('signs of life keep a slow answer', async () => {
  await using host = await makeHost('dash');
  const tick = 'printf \'@%s\\ttick\\n\' "$N"; sleep 0.2';
  const slow = call(answering(host, `${`${tick};`.repeat(4)} ${END}`), { verb: 'follow' }, { quietMs: 600 });
  await expect(slow).resolves.toHaveLength(1);
});

test('whoever asks for the end gets it at once', async () => {
  await using host = await makeHost('dash');
  const enough = new AbortController();
  const stopped = call(answering(host, 'exec sleep 60'), { verb: 'receive' }, { signal: enough.signal });
  enough.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'Cancelled' });
});

/** An upload as every host can take it. */
const PLAIN = { upload: 'x', whenCut: 'discard', codec: 'gzip', against: [] } as const;

test('a payload that cannot be read here is the reason that is told, and nothing arrives', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const broken = async function* () {
    await Promise.resolve();
    yield Buffer.from('x');
    throw new Error('EIO: i/o error, read');
  };
  const options = { rollout: 'r1', release: ONE, base: undefined, gone: 0, digest: '0'.repeat(64), ledger: '{}' };
  const sending = host.client.receive({
    ...options,
    shared: NOTHING_SHARED,
    prepare: [],
    ...PLAIN,
    payload: () => Readable.from(broken()),
    bytes: 1_000_000,
    signal: NEVER,
  });
  await expect(sending).rejects.toThrow('EIO');
});

test('a call that the host refuses early does not wait for its payload', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const endless = () =>
    Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(65_536);
      })(),
    );
  const refused = host.client.receive({
    rollout: 'somebody-else',
    release: ONE,
    base: undefined,
    gone: 0,
    digest: '0'.repeat(64),
    ledger: '{}',
    shared: NOTHING_SHARED,
    prepare: [],
    ...PLAIN,
    payload: endless,
    bytes: 1_000_000,
    signal: NEVER,
  });
  await expect(refused).rejects.toMatchObject({ code: 'SLIP_SUPERSEDED' });
});

test('what the script prints beside its frames is no answer', async () => {
  await using host = await makeHost('bash');
  const noisy = createHostClient({
    ...host.context,
    open: async (command) => {
      const channel = await host.context.open(command);
      const stdout = new PassThrough();
      stdout.write('Last login: today\n@x\tlock\ttaken\n@x\tend\t0\n');
      channel.stdout.pipe(stdout);
      return { ...channel, stdout };
    },
  });
  await expect(noisy.lock(lockOptions('r1'))).resolves.toEqual({ type: 'taken' });
  await expect(noisy.lock(lockOptions('r2'))).resolves.toMatchObject({ type: 'refused' });
});

test('a failure word that the client does not know is told as it is', async () => {
  await using host = await makeHost('dash');
  const odd = createHostClient(answering(host, `printf '@%s\\tfail\\tconstructor\\tx\\n' "$N"; ${END}`));
  await expect(odd.history(1)).rejects.toMatchObject({ code: 'SLIP_HOST_SCRIPT' });
  const started = await startCall(answering(host, END), { verb: 'x' });
  await expect(started.done).resolves.toHaveLength(1);
});

test('twenty payloads on one shell leave no listener behind', async () => {
  await using host = await makeHost('dash');
  const warnings: string[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', onWarning);
  const takes = answering(host, `head -c 300000 >/dev/null; ${END}`);
  const payload = { bytes: 300_000, open: () => Readable.from([Buffer.alloc(200_000), Buffer.alloc(100_000)]) };
  for (let i = 0; i < 20; i += 1) await call(takes, { verb: 'x' }, { payload });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

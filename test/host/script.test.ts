import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHostClient } from '../../src/host/client.ts';
import { hostScript, samplingScript } from '../../src/host/script.ts';
import { EVERY_SHELL, find, hostMaker, which } from './shells.ts';
import { begin, bot, build, lockOptions, NOTHING_SHARED, ONE, send } from './stage.ts';

const makeHost = hostMaker();
const folders = ['script', 'script-on-request'].map((name) => join(import.meta.dirname, '../../src/host', name));
const partsOf = async () =>
  (await Promise.all(folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))))).flat();
const shellcheck = find('shellcheck');

if (shellcheck === undefined && process.env['CI'] === 'true') throw new Error('shellcheck is missing');

describe('the text of the host script', () => {
  test.skipIf(shellcheck === undefined)('is clean for shellcheck (skipped where that is missing)', async () => {
    execFileSync(shellcheck!, ['--severity=style', ...(await partsOf())], { stdio: 'pipe' });
  });

  test.each([['dash'], ['bash', '--posix'], ['busybox', 'ash']])('is understood by %s', (shell, ...args) => {
    const input = hostScript().text + samplingScript();
    execFileSync(which(shell), [...args, '-n'], { input, stdio: 'pipe' });
  });

  test('has no name twice: what comes later would take its place', async () => {
    const files = folders.map(async (where) => (await readdir(where)).map((name) => join(where, name)));
    const texts = (await Promise.all(files)).flat().map((file) => readFile(file, 'utf8'));
    const names = (await Promise.all(texts)).flatMap((text) => text.match(/^[a-z_]+(?=\(\))/gm) ?? []);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('has parts of at most 300 lines', async () => {
    for (const name of await partsOf()) {
      const lines = (await readFile(name, 'utf8')).split('\n').length - 1;
      expect(lines, name).toBeLessThanOrEqual(300);
    }
  });

  test('goes over the wire in less than 24 KB: once a host, and in one round trip more at most', () => {
    expect(hostScript().packed.length).toBeLessThan(24 * 1024);
  });
});

describe.each(EVERY_SHELL)('under %s', (shell) => {
  test('the first lock installs the script under the hash of its content, and later requests run that', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const script = hostScript();
    const file = join(host.deployTo, '.slipway', `host-${script.sum.slice(0, 16)}.sh`);
    const installed = await readFile(file);
    expect(createHash('sha256').update(installed).digest('hex')).toBe(script.sum);
    // a client that could not send it
    const mute = createHostClient({ ...host.context, script: { ...script, packed: Buffer.from('exit 9') } });
    await expect(mute.history(1)).resolves.toEqual([]);
  });

  test('a host without a folder answers, and nothing is written there', async () => {
    await using host = await makeHost(shell);
    const state = await host.client.probe({ instances: [bot()], shared: NOTHING_SHARED, depth: 'look' });
    expect(state).toMatchObject({ initialised: false, releases: [], lock: undefined });
    expect(existsSync(host.deployTo)).toBe(false);
  });

  const damages = {
    'an altered': (file: string) => appendFile(file, '\n: >"$D/was-run"\n'),
    'a cut off': (file: string) => truncate(file, 20_000),
    'an empty': (file: string) => truncate(file, 0),
  };
  test.each(Object.keys(damages) as (keyof typeof damages)[])(
    '%s script on the host is not run but replaced',
    async (kind) => {
      await using host = await makeHost(shell);
      await begin(host);
      const file = join(host.deployTo, '.slipway', `host-${hostScript().sum.slice(0, 16)}.sh`);
      await damages[kind](file);
      const next = createHostClient(host.context);
      await expect(next.unlock({ rollout: 'r1' })).resolves.toMatchObject({ type: 'released' });
      expect(existsSync(join(host.deployTo, 'was-run'))).toBe(false);
      expect(await readFile(file, 'utf8')).toBe(hostScript().text);
    },
  );

  test('an upload to a host that lost the script installs it first, and none of the upload is run', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const file = join(host.deployTo, '.slipway', `host-${hostScript().sum.slice(0, 16)}.sh`);
    await truncate(file, 0);
    const line = `\n: >'${host.deployTo}/was-run'\n`;
    await using release = await build(host, { 'a.txt': line.repeat(2000), 'b.bin': 'x'.repeat(100_000) });
    await send({ ...host, client: createHostClient(host.context) }, release, { release: ONE });
    expect(existsSync(join(host.deployTo, 'was-run'))).toBe(false);
    expect(await readFile(join(host.deployTo, 'releases', ONE, 'a.txt'), 'utf8')).toBe(line.repeat(2000));
    expect(await readFile(file, 'utf8')).toBe(hostScript().text);
  });

  test('a request that needs its stdin works where no script can be installed', async () => {
    await using host = await makeHost(shell);
    await mkdir(join(host.deployTo, 'instances/bot.1'), { recursive: true });
    await writeFile(join(host.deployTo, 'instances/bot.1/log'), 'hello\n');
    const enough = new AbortController();
    const lines: string[] = [];
    const logging = host.client.log(bot(), {
      signal: enough.signal,
      onLine: (line) => {
        lines.push(line);
        enough.abort();
      },
    });
    await expect(logging).rejects.toMatchObject({ name: 'Cancelled' });
    expect(lines).toEqual(['hello']);
    expect(await readdir(host.deployTo)).toEqual(['instances']);
  });
});

const NAMES = [
  'with space',
  "quo'te",
  'double"quote',
  '$(touch x)',
  '`touch x`',
  '; touch x',
  'new\nline',
  'back\\slash\\n',
  '-rf',
  '*',
  'ünï 🦊',
  '%41%',
  '$HOME ${IFS}',
  ' leading',
];

test.each(EVERY_SHELL)('folders whose names are hostile are used as they are, under %s', async (shell) => {
  await using base = await makeHost(shell);
  const parent = join(base.deployTo, '..', 'parent');
  await using host = await makeHost(shell, { deployTo: join(parent, ...NAMES) });
  await mkdir(parent);
  await begin(host);
  await using release = await build(host, { 'a.txt': 'a' });
  await send(host, release, { release: ONE });
  await host.client.verify({ release: ONE, digest: release.manifest.digest, shared: NOTHING_SHARED });
  const state = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'rights' });
  expect(state.releases).toMatchObject([{ id: ONE, status: 'ready', present: true }]);
  expect(state.lock?.owner?.rollout).toBe('r1');
  await expect(host.client.unlock({ rollout: 'r1' })).resolves.toMatchObject({ type: 'released' });
  const found = (await readdir(parent, { recursive: true })).map((path) => basename(path));
  expect(found).not.toContain('x');
  let above = parent;
  for (const name of NAMES) {
    const beside = (await readdir(above)).filter((entry) => !/^(built-|payloads$)/.test(entry));
    expect(beside).toEqual([name]);
    above = join(above, name);
  }
});

test('who, why and the names of rollouts are data: nothing of them is executed', async () => {
  await using host = await makeHost('dash');
  for (const why of NAMES) {
    const options = lockOptions('r1', { owner: { ...lockOptions('r1').owner, why, who: why } });
    await host.client.lock(options);
    const second = await host.client.lock(lockOptions('r2'));
    expect(second).toMatchObject({ type: 'refused', by: { owner: { rollout: 'r1' } } });
    await host.client.unlock({ rollout: 'r1', history: JSON.stringify({ why }) });
  }
  expect((await readdir(host.deployTo)).sort()).toEqual(['.slipway', 'instances', 'releases', 'shared']);
});

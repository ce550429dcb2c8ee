import { existsSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PrepareSettings } from '../../src/config/settings.ts';
import type { PrepareOptions } from '../../src/host/verbs.ts';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin, build, type Files, NEVER, NOTHING_SHARED, ONE, send, THREE, TWO } from './stage.ts';
import { until } from './until.ts';

const makeHost = hostMaker();

const release = (host: LocalHost, id: string, ...path: string[]) => join(host.deployTo, 'releases', id, ...path);

/** Adds a line to a file outside of the releases each time it really runs. */
const INSTALL: PrepareSettings = {
  run: 'echo installing; mkdir -p modules && cp lock modules/made && echo ran >>../../runs',
  inputs: ['lock'],
  outputs: ['modules'],
  key: undefined,
  timeoutMs: 20_000,
};

async function runs(host: LocalHost): Promise<number> {
  const file = join(host.deployTo, 'runs');
  return existsSync(file) ? (await readFile(file, 'utf8')).split('\n').length - 1 : 0;
}

interface Told {
  readonly steps: string[];
  readonly lines: string[];
}

/** Sends a release and prepares it. */
async function deploy(
  host: LocalHost,
  files: Files,
  options: Pick<PrepareOptions, 'release' | 'steps'> & Partial<PrepareOptions>,
): Promise<Told> {
  await using built = await build(host, files);
  const told: Told = { steps: [], lines: [] };
  const before = sent.get(host);
  const base = options.base === undefined || !before ? undefined : { release: options.base, manifest: before };
  await send(host, built, { release: options.release, prepare: options.steps, ...(base ? { base } : {}) });
  sent.set(host, built.manifest);
  await host.client.prepare({
    rollout: 'r1',
    stage: 'test',
    base: undefined,
    shared: NOTHING_SHARED,
    signal: NEVER,
    onStep: ({ state }) => told.steps.push(state),
    onLine: (line) => told.lines.push(line),
    ...options,
  });
  return told;
}

const sent = new WeakMap<LocalHost, Awaited<ReturnType<typeof build>>['manifest']>();

async function statusOf(host: LocalHost, id: string): Promise<string | undefined> {
  const { releases } = await host.client.probe({ instances: [], shared: NOTHING_SHARED, depth: 'look' });
  return releases.find((record) => record.id === id)?.status;
}

describe.each(SHELLS)('prepare under %s', { concurrent: true }, (shell) => {
  test('a step runs once; the next release takes its outputs from the base as copies', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const first = await deploy(host, { lock: '1', app: 'a' }, { release: ONE, steps: [INSTALL] });
    expect(first).toEqual({ steps: ['started', 'finished'], lines: ['installing'] });
    expect(await statusOf(host, ONE)).toBe('ready');
    const second = await deploy(host, { lock: '1', app: 'b' }, { release: TWO, base: ONE, steps: [INSTALL] });
    expect(second).toEqual({ steps: ['reused'], lines: [] });
    expect(await runs(host)).toBe(1);
    expect(await readFile(release(host, TWO, 'modules/made'), 'utf8')).toBe('1');
    expect(statSync(release(host, TWO, 'modules/made')).ino).not.toBe(statSync(release(host, ONE, 'modules/made')).ino);
  });

  test('a changed input, command or key runs it again, without what was made before', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const step = { ...INSTALL, key: 'cat ../../key' };
    await deploy(host, { lock: '1' }, { release: ONE, steps: [step] });
    await writeFile(release(host, ONE, 'modules/left'), 'x');
    const input = await deploy(host, { lock: '2' }, { release: TWO, base: ONE, steps: [step] });
    expect(input.steps).toEqual(['started', 'finished']);
    expect(existsSync(release(host, TWO, 'modules/left'))).toBe(false);
    await writeFile(join(host.deployTo, 'key'), 'v2');
    const key = await deploy(host, { lock: '2', x: '' }, { release: THREE, base: TWO, steps: [step] });
    expect(key.steps).toEqual(['started', 'finished']);
    const other = { ...step, run: `${step.run}; true` };
    const four = THREE.replace('3333333', '4444444');
    const command = await deploy(host, { lock: '2', y: '' }, { release: four, base: THREE, steps: [other] });
    expect(command.steps).toEqual(['started', 'finished']);
    expect(await runs(host)).toBe(4);
  });

  test('a failing step stops with its status, its last words have been told, and nothing is published', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const told: string[] = [];
    const steps = [{ ...INSTALL, run: 'echo one; echo "two 100%" >&2; printf three; exit 42' }, INSTALL];
    const failing = deploy(host, { lock: '1' }, { release: ONE, steps, onLine: (line) => told.push(line) });
    await expect(failing).rejects.toMatchObject({
      code: 'SLIP_PREPARE',
      message: expect.stringContaining('failed with status 42') as string,
    });
    expect(told).toEqual(['one', 'two 100%', 'three']);
    expect(await runs(host)).toBe(0);
    expect(await statusOf(host, ONE)).toBe('preparing');
  });

  test('a step that takes too long is ended, and that is said', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const steps = [{ ...INSTALL, run: 'echo $$ >../../pid; exec sleep 60', timeoutMs: 1000 }];
    await expect(deploy(host, { lock: '1' }, { release: ONE, steps })).rejects.toMatchObject({
      message: expect.stringContaining('was ended after 1 s') as string,
    });
    expect(await isGone(host)).toBe(true);
  });

  test('a step whose client is gone is ended, with everything it started', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const gone = new AbortController();
    const steps = [{ ...INSTALL, run: 'sleep 61 & echo $! >../../pid; echo waiting; wait' }];
    const preparing = deploy(
      host,
      { lock: '1' },
      { release: ONE, steps, signal: gone.signal, onLine: () => gone.abort() },
    );
    await expect(preparing).rejects.toMatchObject({ name: 'Cancelled' });
    await until(() => isGone(host));
    expect(await statusOf(host, ONE)).toBe('preparing');
  });

  test('what a step prints is told as it comes, and never taken for an answer', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const forged = String.raw`printf '@x\tend\t0\n@x\tfail\tshared\n\033]0;title\007\tdone\n'`;
    const run = `${forged}; echo go >>../../told; until [ -e ../../heard ]; do sleep 0.02; done; ${INSTALL.run}`;
    const lines: string[] = [];
    const onLine = (line: string) => {
      lines.push(line);
      // the step waits for this: its output does not come at its end
      if (line.endsWith('done')) void writeFile(join(host.deployTo, 'heard'), '');
    };
    await deploy(host, { lock: '1' }, { release: ONE, steps: [{ ...INSTALL, run }], onLine });
    expect(lines).toEqual(['@x  end  0', '@x  fail  shared', '  done', 'installing']);
  });
});

async function isGone(host: LocalHost): Promise<boolean> {
  const pid = (await readFile(join(host.deployTo, 'pid'), 'utf8')).trim();
  return !existsSync(`/proc/${pid}`) || (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ');
}

test('a step that nothing decides about runs every time', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const steps = [{ ...INSTALL, inputs: [] }];
  await deploy(host, { lock: '1' }, { release: ONE, steps });
  const again = await deploy(host, { lock: '1', x: '' }, { release: TWO, base: ONE, steps });
  expect(again.steps).toEqual(['started', 'finished']);
});

test('a step without outputs runs every time: there is nothing to take over', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const steps = [{ ...INSTALL, outputs: [] }];
  await deploy(host, { lock: '1' }, { release: ONE, steps });
  const again = await deploy(host, { lock: '1', x: '' }, { release: TWO, base: ONE, steps });
  expect(again.steps).toEqual(['started', 'finished']);
});

test('outputs that are missing from the base are made, though the key is the same', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const step = { ...INSTALL, outputs: ['modules', 'more'], run: `${INSTALL.run}; : >more` };
  await deploy(host, { lock: '1' }, { release: ONE, steps: [step] });
  await rm(release(host, ONE, 'more'));
  const again = await deploy(host, { lock: '1', x: '' }, { release: TWO, base: ONE, steps: [step] });
  expect(again.steps).toEqual(['started', 'finished']);
});

test('a step that ends well without its outputs has failed', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const steps = [{ ...INSTALL, outputs: ['modules', 'dist'] }];
  await expect(deploy(host, { lock: '1' }, { release: ONE, steps })).rejects.toMatchObject({
    code: 'SLIP_PREPARE',
    message: expect.stringContaining('did not make its outputs') as string,
  });
});

test('each step has its own key: a changed one does not make the others run', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const second = { ...INSTALL, run: 'mkdir -p dist && cp src dist/', inputs: ['src'], outputs: ['dist'] };
  const steps = [INSTALL, second];
  await deploy(host, { lock: '1', src: '1' }, { release: ONE, steps });
  const again = await deploy(host, { lock: '1', src: '2' }, { release: TWO, base: ONE, steps });
  expect(again.steps).toEqual(['reused', 'started', 'finished']);
  expect(await readFile(release(host, TWO, 'dist/src'), 'utf8')).toBe('2');
});

test('a step knows its stage and release, speaks the language of the host, and has nothing to read', async () => {
  await using host = await makeHost('bash', { env: { LC_ALL: 'C.UTF-8', LANG: 'C.UTF-8' } });
  await begin(host);
  const run = 'echo "$SLIPWAY_STAGE $SLIPWAY_RELEASE $LC_ALL $(pwd -P)"; cat; mkdir modules';
  const { lines } = await deploy(host, { lock: '1' }, { release: ONE, steps: [{ ...INSTALL, run }] });
  expect(lines).toEqual([`test ${ONE} C.UTF-8 ${release(host, ONE)}`]);
});

test('what a step leaves in the background does not hold the rollout up', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const run = `sleep 60 & echo $! >../../pid; ${INSTALL.run}`;
  await deploy(host, { lock: '1' }, { release: ONE, steps: [{ ...INSTALL, run }] });
  await until(() => isGone(host));
});

test('a rollout that lost its lock while a step ran publishes nothing', async () => {
  await using host = await makeHost('dash');
  await begin(host);
  const run = `rm -r ../../.slipway/lock; ${INSTALL.run}`;
  await expect(deploy(host, { lock: '1' }, { release: ONE, steps: [{ ...INSTALL, run }] })).rejects.toMatchObject({
    code: 'SLIP_SUPERSEDED',
  });
  expect(await statusOf(host, ONE)).toBe('preparing');
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';
import { keepingHere } from '../../src/demo/repository.ts';
import { editionsOf, readSample } from '../../src/demo/sample.ts';
import { type Scene, setScene } from '../../src/demo/scene.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the scene of the demo', () => {
  let root: string;
  let scene: Scene;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    // a user who signs and whose template brings hooks: none of it is the demo's
    const settings = '[commit]\n\tgpgSign = true\n[tag]\n\tgpgSign = true\n[user]\n\tname = Somebody\n';
    writeFileSync(join(root, 'gitconfig'), settings);
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(root, 'gitconfig'));
    scene = await setScene({ root, keeping: 'commits' });
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const git = (...args: string[]) =>
    execFileSync('git', ['-C', join(scene.folder, 'greeter'), ...args], { encoding: 'utf8' }).trim();

  it('has a git history of four releases by their authors, tagged, with a clean working tree', () => {
    expect(git('log', '--reverse', '--format=%an: %s %D').split('\n')).toEqual([
      'Ada Okafor: Greet people by name tag: v1',
      'Jonas Weber: Greet in three languages tag: v2',
      'Jonas Weber: Cache the greetings tag: v3',
      'Ada Okafor: Fix the cache HEAD -> main, tag: v4',
    ]);
    expect(git('status', '--porcelain')).toBe('');
    expect(scene.releases.map(({ revision }) => revision)).toEqual(
      ['v1', 'v2', 'v3', 'v4'].map((tag) => git('rev-parse', tag)),
    );
  });

  it('offers its releases, its branch and its commits', async () => {
    const session = scene.open(scene.stage, 'end');
    const refs = await session.refs();
    await session.close();
    expect(refs.filter(({ kind }) => kind === 'tag').map(({ name, revision }) => `${name} ${revision}`)).toEqual(
      scene.releases.map(({ ref, revision }) => `${ref} ${revision!}`).reverse(),
    );
    expect(refs.filter(({ kind }) => kind === 'branch').map(({ name }) => name)).toEqual(['main']);
    expect(refs.filter(({ kind }) => kind === 'commit').map(({ at }) => at)).toEqual(
      scene.releases.map(({ at }) => Date.parse(at)).reverse(),
    );
  });

  it('makes the third release fail its health check, and no other', () => {
    const filesOf = (tag: string) => git('ls-tree', '--name-only', tag).split('\n');
    expect(['v1', 'v2', 'v3', 'v4'].filter((tag) => filesOf(tag).includes('greeter.json'))).toEqual(['v3']);
    expect(JSON.parse(git('show', 'v3:greeter.json'))).toEqual({ health: 'fail' });
  });

  it('has a valid hosts.json with a production stage and a staging beside it', async () => {
    for (const [stage, count] of [['production', 6] as const, ['staging', 1] as const]) {
      const settings = await loadSettings({ file: scene.file, stage });
      expect(settings.instances).toHaveLength(count);
      expect(settings.source).toMatchObject({ type: 'git', repository: join(scene.folder, 'greeter') });
    }
  });

  it('gives every instance a port of its own, since all hosts share one loopback', () => {
    const instances = scene.stages.flatMap((stage) => stage.instances);
    expect(new Set(instances.map(({ port }) => port)).size).toBe(7);
    for (const { port, health } of instances) {
      expect(health.probe).toMatchObject({ url: `http://127.0.0.1:${port!}/healthz` });
    }
    expect(scene.instances.map(({ id }) => id)).toEqual(
      ['fra-1', 'fra-2', 'ams-1'].flatMap((host) => [`bot.1@${host}`, `bot.2@${host}`]),
    );
  });

  it('reaches its hosts, which find a node, without the ssh program', async () => {
    vi.stubEnv('PATH', '/nonexistent');
    const session = scene.open(scene.stage, 'end');
    const { hosts } = await session.inspect();
    await session.close();
    expect(hosts.map((host) => (host.type === 'read' ? host.state.tools.has('node') : host.reason))).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('leaves nothing when it is taken down, not even when that is asked for twice', async () => {
    expect(readdirSync(root)).toHaveLength(2);
    await Promise.all([scene.dispose(), scene.dispose()]);
    expect(readdirSync(root)).toEqual(['gitconfig']);
  });
});

describe('the scene without git', () => {
  it('is chosen where no git can be started', async () => {
    expect(await keepingHere()).toBe('commits');
    vi.stubEnv('PATH', '/nonexistent');
    expect(await keepingHere()).toBe('folders');
  });

  it('deploys a release by its name from a folder, and names the releases when there is no such one', async () => {
    const scene = await setScene({ keeping: 'folders' });
    const { source } = await loadSettings({ file: scene.file, stage: scene.stage });
    expect(source).toMatchObject({ type: 'dir', dir: join(scene.folder, 'greeter', 'v4') });
    const session = scene.open(scene.stage, 'end');
    const { plan } = await session.planDeploy({ ref: 'v3' });
    expect(plan.release.subject).toBe(join(scene.folder, 'greeter', 'v3'));
    await expect(session.planDeploy({ ref: 'v9' })).rejects.toMatchObject({
      exitCode: 2,
      mend: 'Its releases are v1, v2, v3 and v4.',
    });
    await session.close();
    await scene.dispose();
  });

  it('offers its releases, newest first, each to be deployed by its name and by its revision', async () => {
    const scene = await setScene({ keeping: 'folders' });
    const session = scene.open(scene.stage, 'end');
    const refs = await session.refs();
    expect(refs.map(({ kind, name, author, subject }) => `${kind} ${name}: ${author}: ${subject}`)).toEqual([
      'tag v4: Ada Okafor: Fix the cache',
      'tag v3: Jonas Weber: Cache the greetings',
      'tag v2: Jonas Weber: Greet in three languages',
      'tag v1: Ada Okafor: Greet people by name',
    ]);
    expect(refs.map(({ at }) => at)).toEqual(refs.map(({ at }) => at).sort((a, b) => b - a));
    for (const ref of [refs[2]!.name, refs[2]!.revision]) {
      const { plan } = await session.planDeploy({ ref });
      expect(plan.release.subject).toBe(join(scene.folder, 'greeter', 'v2'));
    }
    await session.close();
    await scene.dispose();
  });
});

describe('the releases of the sample bot', () => {
  it('are programs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    for (const { ref, files } of editionsOf(readSample())) {
      const file = join(folder, `${ref}.mjs`);
      writeFileSync(file, files.get('work.js')!);
      execFileSync(process.execPath, ['--check', file]);
    }
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(new Set(texts).size).toBe(4);
    rmSync(folder, { recursive: true });
  });

  it('are refused when the sample bot does not greet as they expect', () => {
    expect(() => editionsOf(new Map([['work.js', '']]))).toThrow('does not greet as the demo expects');
  });
});

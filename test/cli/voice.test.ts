import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { voiceOf } from '../../src/cli/voice.ts';
import { runHere } from './support/in-process.ts';
import { type Site, startSite } from './support/site.ts';

describe('people are spoken to in sentences', () => {
  it.each([
    [['deploy', 'staging', '--plain'], {}],
    [['deploy', 'staging'], { ACCESSIBLE: '1' }],
    [['deploy', 'staging'], { ACCESSIBLE: 'yes' }],
    [['deploy', 'staging'], { INK_SCREEN_READER: 'true' }],
  ])('for %j with %j', (argv, env) => {
    expect(voiceOf(argv, env)).toBe('sentences');
  });

  it.each([[{}], [{ ACCESSIBLE: '' }], [{ ACCESSIBLE: '0' }], [{ INK_SCREEN_READER: 'false' }]])(
    'but not with %j alone',
    (env) => {
      expect(voiceOf(['deploy', 'staging'], env)).toBe('lines');
    },
  );
});

describe('without a terminal', { timeout: 60_000 }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
    expect((await runHere(site, 'deploy', 'staging', '--yes', '--plain')).code).toBe(0);
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const accessible = (...args: readonly string[]) =>
    runHere({ ...site, env: { ...site.env, ACCESSIBLE: '1' } }, ...args);

  it('a stage is its status, in sentences where the environment asks for them', async () => {
    const { code, stdout } = await accessible('staging');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^app staging is on release \w{7}, “say hello”; all 2 instances are/),
    ]);
    expect((await runHere(site, 'staging')).stdout).toMatch(/^INSTANCE +RELEASE/);
  });

  it('lists, plans and mistakes are sentences as well', async () => {
    for (const args of [
      ['releases', 'staging'],
      ['history', 'staging'],
      ['doctor', 'staging'],
      ['rollback', 'staging'],
      ['deploy', 'staging', '--restart', '--dry-run'],
      ['lock', 'staging', '-m', 'lunch'],
      ['unlock', 'staging'],
      ['status', 'nowhere'],
    ]) {
      const { stdout, stderr } = await accessible(...args);
      const lines = `${stdout}${stderr}`.trimEnd().split('\n');
      expect({ args, lines: lines.filter((line) => !/[.!?:]["”)]?$/.test(line)) }).toEqual({ args, lines: [] });
    }
  });

  it('--json wins', async () => {
    const { stdout } = await accessible('status', 'staging', '--json', '--plain');
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, stage: 'staging' });
    const { stdout: mistake } = await accessible('status', 'nowhere', '--json', '--plain');
    expect(JSON.parse(mistake)).toMatchObject({ type: 'error', code: 'SLIP_STAGE' });
  });
});

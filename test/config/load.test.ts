import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAll, loadSettings, loadStages, settingsIn } from '../../src/config/load.ts';
import { minimal } from './minimal.ts';

const folder = mkdtempSync(join(tmpdir(), 'slipway-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const valid = fileURLToPath(new URL('../fixtures/configs/valid/', import.meta.url));

describe('loading hosts.json', () => {
  it.each(readdirSync(valid))('accepts %s', async (name) => {
    expect(await loadAll(join(valid, name))).not.toHaveLength(0);
  });

  it('names the file that is missing, and the way to another', async () => {
    await expect(loadAll(join(folder, 'hosts.json'))).rejects.toMatchObject({
      code: 'SLIP_CONFIG',
      exitCode: 2,
      message: `There is no ${join(folder, 'hosts.json')}.`,
      mend: expect.stringContaining('--config'),
    });
  });

  it('says that a folder is not a file', async () => {
    await expect(loadAll(folder)).rejects.toMatchObject({ code: 'SLIP_CONFIG', message: `${folder} is a folder.` });
  });

  it('refuses a file that cannot be a hosts.json before reading it', async () => {
    const file = join(folder, 'large.json');
    writeFileSync(file, ' '.repeat(1_000_001));
    await expect(loadAll(file)).rejects.toMatchObject({ code: 'SLIP_CONFIG', message: `${file} is larger than 1 MB.` });
  });

  it('lists the stages in the order of the file', async () => {
    expect(await loadStages(join(valid, 'every-key.json'))).toEqual(['staging', 'production']);
  });

  it('resolves the stage that is asked for', async () => {
    const settings = await loadSettings({ file: join(valid, 'every-key.json'), stage: 'production' });
    expect(settings).toMatchObject({ stage: 'production', protected: true, file: join(valid, 'every-key.json') });
  });

  it('answers a misspelled stage with the one that was meant', async () => {
    await expect(loadSettings({ file: join(valid, 'every-key.json'), stage: 'prodcution' })).rejects.toMatchObject({
      code: 'SLIP_STAGE',
      exitCode: 2,
      message: expect.stringMatching(/has no stage "prodcution"\.$/),
      mend: 'Did you mean "production"? Stages: staging and production.',
    });
  });

  it('answers a stage that is like no other with the names there are', async () => {
    const asked = loadSettings({ file: join(valid, 'every-key.json'), stage: '\u001b[2J' });
    await expect(asked).rejects.toMatchObject({
      mend: 'Stages: staging and production.',
      message: expect.not.stringContaining('\u001b'),
    });
  });

  it('checks the other stages too, because they may share the hosts', () => {
    const text = JSON.stringify(minimal({ stages: { other: { hosts: [] } } }));
    expect(() => settingsIn(text, 'hosts.json')).toThrow(expect.objectContaining({ code: 'SLIP_CONFIG' }));
  });

  it('tells a mistake above the stages once, not once for every stage', () => {
    const text = JSON.stringify(
      minimal({ roles: { bot: { service: { start: 'x' } } }, stages: { second: stage('b') } }),
    );
    expect(mistakesOf(text)).toEqual([expect.stringContaining('"stop" and "status" are missing')]);
  });

  it('shows forty mistakes and counts the others', () => {
    const unknown = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`unknown-${i}`, i]));
    const lines = mistakesOf(JSON.stringify({ ...minimal(), ...unknown }));
    expect(lines).toHaveLength(41);
    expect(lines.at(-1)).toBe('… and 10 more');
  });

  it('cuts a long value short in its message', () => {
    const [line] = mistakesOf(JSON.stringify({ ...minimal(), app: `${'x'.repeat(58)}😀😀${'x'.repeat(9000)}` }));
    expect(line!.length).toBeLessThan(250);
    expect(line!.isWellFormed()).toBe(true);
  });

  it('counts columns behind a wide character as editors do', () => {
    expect(mistakesOf('{ "💥": 1,\r\n"ü": 1 }').slice(0, 4)).toEqual([
      expect.stringContaining('hosts.json:1:1 app: is missing'),
      expect.stringContaining('hosts.json:1:1 stages: is missing'),
      expect.stringContaining('hosts.json:1:3 ["💥"]:'),
      expect.stringContaining('hosts.json:2:1 ["ü"]:'),
    ]);
  });
});

function stage(address: string) {
  return { hosts: [{ name: 'h', address, roles: { bot: 1 } }] };
}

function mistakesOf(text: string): readonly string[] {
  try {
    settingsIn(text, 'hosts.json');
  } catch (error) {
    return (error as { detail: readonly string[] }).detail;
  }
  return [];
}

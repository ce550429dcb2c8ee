import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../src/config/load.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('what comes with slipway', () => {
  it('has a hosts.example.json that is valid', async () => {
    const stages = await loadAll(`${root}hosts.example.json`);
    expect(stages.map(({ stage, instances }) => [stage, instances.length])).toEqual([
      ['staging', 1],
      ['production', 4],
      ['shop', 4],
    ]);
  });

  it('has a hosts.schema.json that is as the schema in the source', () => {
    const check = spawnSync(process.execPath, [`${root}scripts/schema.ts`, '--check'], { encoding: 'utf8' });
    expect([check.stderr, check.status]).toEqual(['', 0]);
  });

  it('describes every key to editors', () => {
    const { definitions } = JSON.parse(readFileSync(`${root}hosts.schema.json`, 'utf8')) as {
      definitions: Record<
        string,
        { description?: string; properties?: Record<string, { description?: string; allOf?: { $ref: string }[] }> }
      >;
    };
    const bare = Object.entries(definitions).flatMap(([id, { properties = {} }]) =>
      Object.entries(properties).flatMap(([key, { description, allOf }]) => {
        const referred = allOf?.[0] && definitions[allOf[0].$ref.split('/').at(-1)!];
        return (description ?? referred?.description) ? [] : [`${id}.${key}`];
      }),
    );
    expect(bare).toEqual([]);
  });

  it('offers editors no key that is not available yet', () => {
    const text = readFileSync(`${root}hosts.schema.json`, 'utf8');
    expect(['flags', 'compose'].filter((key) => text.includes(`"${key}"`))).toEqual([]);
  });
});

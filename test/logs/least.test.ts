import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leastOf } from '../../src/logs/least.ts';
import { createLineReader } from '../../src/logs/line-reader.ts';

const folder = join(import.meta.dirname, 'samples');
const samples = readdirSync(folder).filter((name) => name.endsWith('.log'));
const RANK = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

test.each(['warn', 'error', 'fatal'] as const)(
  'a host that leaves out what is better than %s never leaves out what is as bad',
  (level) => {
    // as journalctl reads it: without regard to case, since it has none
    const grep = new RegExp(leastOf(level)!.grep, 'i');
    const missed = samples.flatMap((name) => {
      const reader = createLineReader({ now: () => Date.UTC(2026, 10, 30) });
      return readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((text) => {
          const found = reader.read({ source: 'bot.1@fra-1', text, t: undefined, priority: undefined }).level;
          return found !== undefined && RANK.indexOf(found) >= RANK.indexOf(level) && !grep.test(text);
        })
        .map((text) => `${name}: ${text}`);
    });
    expect(missed).toEqual([]);
  },
);

test('a host tells all where most lines are wanted', () => {
  expect([leastOf(undefined), leastOf('info'), leastOf('debug')]).toEqual([undefined, undefined, undefined]);
});

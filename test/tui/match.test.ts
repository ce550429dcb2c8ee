import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../src/tui/text/match.ts';

const fields = { text: 'bot.1@fra-1 Failed 1f0755f', host: 'fra-1', state: 'failed' };

function matches(typed: string): boolean {
  const filter = parseFilter(typed);
  if (filter.type !== 'filter') throw new Error(`${typed} is ${filter.type}`);
  return filter.matches(fields);
}

describe('a filter', () => {
  test.each([
    'failed',
    'bot fra',
    'Failed',
    '!web',
    'host:fra-1',
    'state:FAIL !host:ams',
    're:^bot\\.\\d',
    'bot re:1F07'.toLowerCase(),
  ])('that says %s keeps the line', (typed) => expect(matches(typed)).toBe(!typed.includes('FAIL')));

  test.each(['FAILED', 'bot web', '!bot', 'host:ams', 're:^fra', 'bot re:web'])('that says %s drops it', (typed) =>
    expect(matches(typed)).toBe(false),
  );

  test('takes what is no field for text', () => {
    const filter = parseFilter('12:30');
    expect(filter.type === 'filter' && filter.matches({ text: 'at 12:30 sharp' })).toBe(true);
  });

  test('says why an expression is none', () => {
    expect(parseFilter('re:(')).toMatchObject({ type: 'bad' });
    expect(parseFilter(`re:${'a'.repeat(300)}`)).toMatchObject({ type: 'bad' });
    expect(parseFilter('  ')).toEqual({ type: 'none' });
  });
});

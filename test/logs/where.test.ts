import { expect, it, test } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { filterOf, type Wishes } from '../../src/logs/where.ts';
import type { LogRecord } from '../../src/logs/record.ts';
import { record } from './records.ts';

const around = { now: Date.parse('2026-11-30T12:00:00Z'), zone: 'UTC' };

function wants(wishes: Wishes, over: Partial<LogRecord> = {}): boolean {
  return filterOf(wishes, around).wanted(record(over));
}

it('wants everything where nothing is wished', () => {
  expect(wants({})).toBe(true);
  expect(filterOf({}).terms).toEqual([]);
});

test.each<[Wishes, Partial<LogRecord>, boolean]>([
  [{ level: 'warn' }, { level: 'error' }, true],
  [{ level: 'warn' }, { level: 'info' }, false],
  [{ hosts: ['fra-1', 'ams-1'] }, { source: 'bot.1@ams-1' }, true],
  [{ hosts: ['fra-1'] }, { source: 'bot.1@fra-10' }, false],
  [{ hosts: ['fra-*'] }, { source: 'bot.1@fra-10' }, true],
  [{ instances: ['bot.1@fra-1', 'bot.2'] }, { source: 'bot.2@x' }, true],
  [{ instances: ['bot.1'] }, { source: 'bot.10@x' }, false],
  [{ grep: ['a b', 'c$'] }, { message: 'a b c' }, true],
  [{ grep: ['a b', 'd'] }, { message: 'a b c' }, false],
  [{ grep: ['/x y/'] }, { message: 'a /x y/ b' }, true],
  [{ where: ['status>=500', 'user=A B'] }, { fields: { status: 500, user: 'A B' } }, true],
  [{ where: ['user="A B"'] }, { fields: { user: 'A B' } }, true],
  [{ where: ['url~/^.api/'] }, { fields: { url: '/api' } }, true],
  [{ where: ['-user=A B'] }, { fields: { user: 'A B' } }, false],
  [{ where: ['level=error'] }, { level: 'error' }, true],
  [{ since: '10m' }, { t: around.now - 700_000 }, false],
  [{ until: '10m' }, { t: around.now - 700_000 }, true],
  [{ text: 'level:warn -health' }, { level: 'error', message: 'health' }, false],
  [{ level: 'warn', text: 'timeout', hosts: ['fra-1'] }, { level: 'warn', message: 'timeout' }, true],
])('%j', (wishes, over, expected) => {
  expect(wants(wishes, over)).toBe(expected);
});

test.each<[Wishes, string, string]>([
  [{ level: 'wran' }, '--level: level:wran is no level.', 'Did you mean warn?'],
  [{ grep: ['a('] }, '--grep: /a(/ at 2: ( is never closed.', '\\( is a parenthesis.'],
  [{ where: ['status'] }, '--where: status compares nothing.', "Write --where status=500, or 'status>=500'."],
  [{ where: [''] }, '--where:  compares nothing.', "Write --where status=500, or 'status>=500'."],
  [{ where: ['took>long'] }, '--where: took>long compares with no number.', 'Write took>200.'],
  [{ since: 'soon' }, '--since: since:soon is no time.', 'Write 10m, 14:30 or 2026-11-30T14:30.'],
  [{ hosts: [''] }, '--host: host: says nothing.', 'Write host:fra-1.'],
])('%j is refused with its flag and the mend', (wishes, message, mend) => {
  const attempt = () => filterOf(wishes, around);
  expect(attempt).toThrow(UserError);
  expect(attempt).toThrow(expect.objectContaining({ code: 'SLIP_FILTER', message, mend }));
});

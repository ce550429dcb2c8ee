import { expect, test } from 'vitest';
import { parseWhen } from '../../src/logs/when.ts';

const now = Date.parse('2026-11-30T12:00:00Z');

function iso(text: string, zone: string): string | undefined {
  const t = parseWhen(text, { now, zone });
  return t === undefined ? undefined : new Date(t).toISOString();
}

test.each<readonly [string, string | undefined]>([
  ['now', '2026-11-30T12:00:00.000Z'],
  ['10m', '2026-11-30T11:50:00.000Z'],
  ['1h30m', '2026-11-30T10:30:00.000Z'],
  ['1.5d', '2026-11-29T00:00:00.000Z'],
  ['-10m', '2026-11-30T11:50:00.000Z'],
  ['10m ago', '2026-11-30T11:50:00.000Z'],
  ['11:30', '2026-11-30T11:30:00.000Z'],
  ['12:00', '2026-11-30T12:00:00.000Z'],
  ['14:30', '2026-11-29T14:30:00.000Z'],
  ['9:05:07.25', '2026-11-30T09:05:07.250Z'],
  ['today', '2026-11-30T00:00:00.000Z'],
  ['today 14:30', '2026-11-30T14:30:00.000Z'],
  ['yesterday', '2026-11-29T00:00:00.000Z'],
  ['yesterday 14:30', '2026-11-29T14:30:00.000Z'],
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21 14:30', '2026-11-21T14:30:00.000Z'],
  ['2026-11-21T14:30:05', '2026-11-21T14:30:05.000Z'],
  ['2026-11-21T14:30:05Z', '2026-11-21T14:30:05.000Z'],
  ['2026-11-21T14:30:05.123456789+02:00', '2026-11-21T12:30:05.123Z'],
  ['2026-11-21 14:30 -0330', '2026-11-21T18:00:00.000Z'],
  ['1795000000', '2026-11-18T11:06:40.000Z'],
  ['1795000000.5', '2026-11-18T11:06:40.500Z'],
  ['1795000000250', '2026-11-18T11:06:40.250Z'],
  ...[
    '',
    'soon',
    '10',
    '10x',
    '24:00',
    '12:60',
    '2026-02-30',
    '2026-13-01',
    '2026-11-21 25:00',
    '1e9',
    '99999999d',
  ].map((text) => [text, undefined] as const),
])('%s is %s', (text, expected) => {
  expect(iso(text, 'UTC')).toBe(expected);
});

test.each([
  ['11:30', '2026-11-30T10:30:00.000Z'],
  ['12:30', '2026-11-30T11:30:00.000Z'],
  ['yesterday', '2026-11-28T23:00:00.000Z'],
  ['2026-07-01 12:00', '2026-07-01T10:00:00.000Z'],
  ['2026-03-29 01:59', '2026-03-29T00:59:00.000Z'],
  ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
  ['2026-10-25 04:00', '2026-10-25T03:00:00.000Z'],
  ['2026-07-01T12:00Z', '2026-07-01T12:00:00.000Z'],
])('%s in Berlin is %s', (text, expected) => {
  expect(iso(text, 'Europe/Berlin')).toBe(expected);
});

test('today is the day of the place, not of UTC', () => {
  const late = Date.parse('2026-11-30T23:30:00Z');
  expect(parseWhen('today', { now: late, zone: 'Asia/Tokyo' })).toBe(Date.parse('2026-11-30T15:00:00Z'));
  expect(parseWhen('14:30', { now: late, zone: 'Asia/Tokyo' })).toBe(Date.parse('2026-11-30T05:30:00Z'));
});

test('a clock is read where this machine is when no place is told', () => {
  const { timeZone: zone } = Intl.DateTimeFormat().resolvedOptions();
  expect(parseWhen('11:30', { now })).toBe(parseWhen('11:30', { now, zone }));
});

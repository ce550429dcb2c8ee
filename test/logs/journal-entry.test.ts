import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJournalEntry } from '../../src/logs/journal-entry.ts';
import { LONGEST_LINE } from '../../src/logs/record.ts';

const whole = {
  ...{ __CURSOR: 's=1;i=2', __REALTIME_TIMESTAMP: '1700000000123456', __MONOTONIC_TIMESTAMP: '5', _BOOT_ID: 'b' },
  ...{ MESSAGE: 'hello', PRIORITY: '6', _SYSTEMD_UNIT: 'bot@1.service', _PID: '4211', SYSLOG_IDENTIFIER: 'node' },
};

function read(changes: Readonly<Record<string, unknown>>): ReturnType<typeof readJournalEntry> {
  return readJournalEntry(JSON.stringify({ ...whole, ...changes }));
}

test('a line of a unit is told with its time in milliseconds', () => {
  expect(read({})).toEqual({
    ...{ cursor: 's=1;i=2', t: 1_700_000_000_123, priority: 6, unit: 'bot@1.service', writer: 'unit', text: 'hello' },
  });
});

test.each([
  ['bytes', [...Buffer.from('\u001b[32mgrün\u001b[39m')], '\u001b[32mgrün\u001b[39m'],
  ['bytes that are no UTF-8', [0x61, 0xff, 0x62], 'a\ufffdb'],
  ['a field that occurs twice', ['first', 'second'], 'first'],
  ['a field that occurs twice, in bytes', [[0x61, 0x62], 'second'], 'ab'],
  ['nothing', [], ''],
  ['what is too large', null, '(journalctl left this line out: it is too long)'],
  ['what is longer than a line may be', 'x'.repeat(LONGEST_LINE + 1), 'x'.repeat(LONGEST_LINE)],
])('a message may be %s', (_, MESSAGE, text) => {
  expect(read({ MESSAGE })?.text).toBe(text);
});

test('a unit of a user is told before the service that all of them are in', () => {
  const ofUser = { _SYSTEMD_UNIT: 'user@1000.service', _SYSTEMD_USER_UNIT: 'bot.service' };
  expect(read(ofUser)).toMatchObject({ unit: 'bot.service', writer: 'unit' });
});

test.each([
  ['process 1', { _SYSTEMD_UNIT: 'init.scope', UNIT: 'bot@1.service', _PID: '1' }],
  [
    'the manager of a user',
    { _SYSTEMD_UNIT: 'user@1000.service', _SYSTEMD_USER_UNIT: 'init.scope', USER_UNIT: 'bot@1.service', _PID: '900' },
  ],
  ['the process that is about to be the unit', { UNIT: 'bot@1.service', SYSLOG_IDENTIFIER: '(node)' }],
])('what %s says about a unit is of systemd', (_, changes) => {
  expect(read(changes)).toMatchObject({ unit: 'bot@1.service', writer: 'systemd' });
});

test('nobody else speaks as systemd, least of all about others', () => {
  expect(read({ UNIT: 'other.service', SYSLOG_IDENTIFIER: 'systemd' })).toMatchObject({
    unit: 'bot@1.service',
    writer: 'unit',
  });
});

test.each([
  ['no cursor', { __CURSOR: undefined }],
  ['no time', { __REALTIME_TIMESTAMP: 'soon' }],
  ['no message', { MESSAGE: undefined }],
  ['a message that is none', { MESSAGE: { a: 1 } }],
  ['bytes that are none', { MESSAGE: [1, 'a'] }],
  ['no unit', { _SYSTEMD_UNIT: undefined }],
])('a line with %s is none', (_, changes) => {
  expect(read(changes)).toBeUndefined();
});

test.each(['', '-- No entries --', '{', '{}', '[]', 'null', '{"MESSAGE":"x"}'])(
  '%j is no line of a journal',
  (line) => {
    expect(readJournalEntry(line)).toBeUndefined();
  },
);

test('a priority that is none is not known', () => {
  expect(read({ PRIORITY: '8' })?.priority).toBeUndefined();
  expect(read({ PRIORITY: undefined })?.priority).toBeUndefined();
});

test('reading never throws', () => {
  const anything = fc.oneof(fc.anything(), fc.string());
  const record = fc.record({
    MESSAGE: anything,
    _SYSTEMD_UNIT: anything,
    UNIT: anything,
    PRIORITY: anything,
    _PID: anything,
  });
  fc.assert(fc.property(record, (changes) => void readJournalEntry(json({ ...whole, ...changes }))));
  fc.assert(fc.property(fc.string(), (line) => void readJournalEntry(`{${line}`)));
});

function json(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}

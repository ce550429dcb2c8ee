import { expect, test } from 'vitest';
import { readable } from '../../src/logs/readable.ts';

test('lines of a log are told with their time, level and message first, and as they came where nothing is known of them', () => {
  expect(
    readable([
      '{"level":50,"time":1796081164622,"pid":7,"hostname":"vm","code":"ETIMEDOUT","msg":"could not connect"}',
      'stopped',
      'level=warn ts=2026-11-30T23:26:04Z msg="running low" left=3',
      'Error: no token',
      '    at connect (/srv/bot.js:1:1)',
    ]),
  ).toEqual([
    '23:26:04 ERROR could not connect  code=ETIMEDOUT',
    'stopped',
    '23:26:04 WARN running low  left=3',
    'Error: no token',
    '    at connect (/srv/bot.js:1:1)',
  ]);
});

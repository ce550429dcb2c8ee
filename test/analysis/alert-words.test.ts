import { describe, expect, test } from 'vitest';
import { alertWords, measured } from '../../src/analysis/alert-words.ts';
import type { AlertEvent } from '../../src/analysis/alerts.ts';

const EVENT: AlertEvent = {
  ...{ type: 'tripped', subject: { instance: 'bot.1@fra-1' }, alert: 'memory', unit: 'bytes', bound: 'above' },
  ...{ t: 94_600, value: 461e6, threshold: 450e6, since: 60_000 },
};

describe('an alert in words', () => {
  test.each<[Partial<AlertEvent>, string]>([
    [{}, 'bot.1@fra-1: memory is 461 MB, above 450 MB for 35s'],
    [{ type: 'cleared', value: 300e6 }, 'bot.1@fra-1: memory is 300 MB again, after 35s above 450 MB'],
    [{ alert: 'down', unit: 'yesNo' }, 'bot.1@fra-1 is down for 35s'],
    [{ alert: 'down', unit: 'yesNo', type: 'cleared' }, 'bot.1@fra-1 is up again after 35s'],
    [{ alert: 'unreachable', subject: { host: 'fra-1' } }, 'fra-1 tells nothing for 35s'],
    [{ alert: 'restarts', unit: 'count', value: 2, threshold: 0 }, 'bot.1@fra-1: restarts are 2, above 0'],
    [
      { alert: 'work', unit: 'perSecond', bound: 'below', value: 0.254, threshold: 1 },
      'bot.1@fra-1: work is 0.25/s, below 1/s for 35s',
    ],
  ])('%j is "%s"', (change, words) => {
    expect(alertWords({ ...EVENT, ...change })).toBe(words);
  });
});

test.each([
  [measured(912.4, 'ms'), '912 ms'],
  [measured(61_000, 'ms'), '1m01s'],
  [measured(1.5, 'cores'), '150%'],
  [measured(0.905, 'share'), '91%'],
  [measured(13.7, 'perMinute'), '13.7/min'],
  [measured(1234.5, 'perSecond'), '1235/s'],
  [measured(1, 'yesNo'), 'yes'],
])('%s is %s', (found, words) => {
  expect(found).toBe(words);
});

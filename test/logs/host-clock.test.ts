import { expect, test } from 'vitest';
import { offsetOf } from '../../src/logs/host-clock.ts';

test('a clock that is off is corrected by the middle of asking and hearing', () => {
  expect(offsetOf({ sent: 100_000, theirs: 95_123, received: 100_040 })).toEqual({ ms: 4897, isLarge: true });
  expect(offsetOf({ sent: 100_000, theirs: 100_523, received: 100_040 })).toEqual({ ms: -503, isLarge: false });
});

test('what the way there and back leaves open is no offset', () => {
  expect(offsetOf({ sent: 100_000, theirs: 100_099, received: 100_200 })).toEqual({ ms: 0, isLarge: false });
});

test('a host that tells whole seconds is believed within half of one', () => {
  expect(offsetOf({ sent: 100_900, theirs: 100_500, received: 100_920 })).toEqual({ ms: 0, isLarge: false });
  expect(offsetOf({ sent: 103_900, theirs: 100_500, received: 103_920 })).toEqual({ ms: 3410, isLarge: true });
});

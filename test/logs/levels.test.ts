import { expect, test } from 'vitest';
import { levelNamed, levelNumbered, levelOf } from '../../src/logs/levels.ts';

test.each([
  ['{"level":30,"time":1,"msg":"ERROR is only a word here"}', 'info'],
  ['{"level":50,"msg":"no"}', 'error'],
  ['{"level":60}', 'fatal'],
  ['{"msg":"x","severity":"WARNING"}', 'warn'],
  ['{"lvl":"dbg"}', 'debug'],
  ['{"level":3,"msg":"by syslog"}', 'error'],
  ['{"msg":"nothing is said"}', undefined],
  ['{"level":"constructor"}', undefined],
  ['<3>disk is gone', 'error'],
  ['<6>all is well', 'info'],
  ['<9>no priority', undefined],
  ['time=12:00 level=warn msg="slow"', 'warn'],
  ['2026-11-21 12:00:00 ERROR [main] it broke', 'error'],
  ['12:00 WARN slow', 'warn'],
  ['[error] 4211#0: *7 open() failed', 'error'],
  ['warning: unused', 'warn'],
  ["TypeError: Cannot read properties of undefined (reading 'x')", 'error'],
  ['Uncaught ReferenceError: x is not defined', 'error'],
  ['java.lang.IllegalStateException: no', 'error'],
  ['Traceback (most recent call last):', 'error'],
  ['goroutine 1 [running]:', 'error'],
  ["thread 'main' panicked at src/main.rs:2:5:", 'error'],
  ['panic: runtime error: index out of range', 'fatal'],
  ['{"level":400,"msg":"by Monolog"}', 'error'],
  ['listening on 5002', undefined],
  ['no errors were found', undefined],
  ['', undefined],
  [`${'x'.repeat(5000)} ERROR`, undefined],
])('%s is of the level %s', (line, level) => {
  expect(levelOf(line)).toBe(level);
});

test.each([
  [0, 'fatal'],
  [7, 'debug'],
  [8, undefined],
  [10, 'trace'],
  [55, 'error'],
  [90, 'fatal'],
  [100, 'debug'],
  [250, 'info'],
  [600, 'fatal'],
  [5000, 'trace'],
  [20_000, 'info'],
  [40_000, 'error'],
  [-1, undefined],
  [0.5, undefined],
  [Number.NaN, undefined],
])('the number %d is the level %s', (number, level) => {
  expect(levelNumbered(number)).toBe(level);
});

test.each([
  ['WRN', 'warn'],
  ['Information', 'info'],
  ['SEVERE', 'error'],
  ['dpanic', 'fatal'],
  ['constructor', undefined],
  ['', undefined],
])('the word %s is the level %s', (name, level) => {
  expect(levelNamed(name)).toBe(level);
});

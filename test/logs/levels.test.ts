import { expect, test } from 'vitest';
import { levelOf } from '../../src/logs/levels.ts';

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
  ['listening on 5002', undefined],
  ['no errors were found', undefined],
  ['', undefined],
  [`${'x'.repeat(5000)} ERROR`, undefined],
])('%s is of the level %s', (line, level) => {
  expect(levelOf(line)).toBe(level);
});

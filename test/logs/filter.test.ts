import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Filter, parseFilter, type Surroundings } from '../../src/logs/filter.ts';
import { hits } from '../../src/logs/hits.ts';
import type { LogRecord } from '../../src/logs/record.ts';
import { record } from './records.ts';

const NOON = Date.parse('2026-11-30T12:00:00Z');

function filter(text: string, around: Partial<Surroundings> = {}): Filter {
  const parsed = parseFilter(text, { now: NOON, zone: 'UTC', ...around });
  if (parsed.type === 'bad') throw new Error(parsed.error);
  return parsed;
}

function wants(text: string, over: Partial<LogRecord>, around: Partial<Surroundings> = {}): boolean {
  return filter(text, around).wanted(record(over));
}

describe('words', () => {
  test.each([
    ['', 'whatever', true],
    ['timeout', 'Timeout after 5s', true],
    ['Timeout', 'timeout after 5s', false],
    ['after timeout', 'timeout after 5s', true],
    ['"after timeout"', 'timeout after 5s', false],
    ['"after 5s"', 'timeout after 5s', true],
    ['"after', 'timeout after 5s', true],
    ['"say \\"hi\\""', 'they say "hi"', true],
    ['-timeout', 'timeout after 5s', false],
    ['!timeout', 'all is well', true],
    ['-"after 5s"', 'timeout after 5s', false],
    ['-', 'a - b', true],
    ['->', 'a -> b', true],
    ['--flag', 'run --flag', true],
    ['a.c', 'abc', false],
    ['http://x', 'GET http://x/y', true],
    ['a:b', 'a:b', true],
    ['12:30', 'at 12:30', true],
    ['/api/v1', 'GET /api/v1/users', true],
    ['/api/v1 GET', 'GET /api/v1/users', true],
    ['a=>b', 'map a=>b', true],
    ['<div>', 'a <div>', true],
  ])('%s in "%s": %s', (text, message, expected) => {
    expect(wants(text, { message })).toBe(expected);
  });

  it('are looked for in the line as it came, too', () => {
    expect(wants('\\"msg', { message: 'hi', text: 'x\\"msg' })).toBe(true);
    expect(wants('traceId', { message: 'hi', text: '{"traceid":1}' })).toBe(false);
    expect(wants('traceid', { message: 'hi', text: '{"traceId":1}' })).toBe(true);
    expect(wants('-traceid', { message: 'hi', text: '{"traceId":1}' })).toBe(false);
  });
});

describe('regular expressions', () => {
  test.each([
    ['/user=\\d+ .*failed/', 'user=12 has failed', true],
    ['/FAILED/', 'failed', false],
    ['/FAILED/i', 'failed', true],
    ['-/fail|refuse/', 'refused', false],
    ['/a\\/b/ x', 'a/b x', true],
    ['/(a+)+$/', `${'a'.repeat(16_000)}!`, false],
  ])('%s', (text, message, expected) => {
    expect(wants(text, { message })).toBe(expected);
  });
});

describe('levels', () => {
  test.each([
    ['level:warn', 'info warn error fatal none', 'warn error fatal'],
    ['level:=info', 'debug info warn none', 'info'],
    ['level:none', 'info none', 'none'],
    ['level:error,none', 'warn error fatal none', 'error fatal none'],
    ['level:=info,=error', 'info warn error', 'info error'],
    ['-level:warn', 'info warn error none', 'info none'],
    ['level:WARNING', 'info warn', 'warn'],
    ['level=warn', 'info warn error', 'warn'],
  ])('%s of %s are %s', (text, levels, expected) => {
    const wanted = levels
      .split(' ')
      .filter((level) => wants(text, { level: level === 'none' ? undefined : (level as LogRecord['level']) }));
    expect(wanted.join(' ')).toBe(expected);
  });
});

describe('where it comes from', () => {
  const sources = ['bot.1@fra-1', 'bot.10@fra-10', 'bot.1@ams-1', 'web.blue.1@fra-1', 'web.green.2@ams-1'];

  test.each([
    ['host:fra-1', '0 1 3'],
    ['host:=fra-1', '0 3'],
    ['host:*-1', '0 2 3 4'],
    ['host:ams-1,fra-10', '1 2 4'],
    ['-host:fra', '2 4'],
    ['instance:bot.1', '0 2'],
    ['instance:bot.1@fra-1', '0'],
    ['instance:bot.1@*', '0 2'],
    ['instance:bot.1,web.green.2', '0 2 4'],
    ['instance:bot', '0 1 2'],
    ['instance:web.blue', '3'],
    ['instance:*.1', '0 2 3'],
    ['role:web', '3 4'],
    ['role:web,bot', '0 1 2 3 4'],
    ['role:we', ''],
    ['host:fra role:bot', '0 1'],
    ['host=fra-1', '0 3'],
  ])('%s', (text, expected) => {
    const { wanted } = filter(text);
    const found = sources.flatMap((source, index) => (wanted(record({ source })) ? [index] : []));
    expect(found.join(' ')).toBe(expected);
  });

  it('is of a release where that is known', () => {
    const releaseOf = ({ source }: LogRecord) => (source.startsWith('bot') ? '20261121-120000-abc' : undefined);
    expect(wants('release:20261121…', {}, { releaseOf })).toBe(true);
    expect(wants('release:20261121', { source: 'web.1@a' }, { releaseOf })).toBe(false);
    expect(wants('release:=20261121', {}, { releaseOf })).toBe(false);
    expect(parseFilter('release:2026')).toMatchObject({ type: 'bad' });
  });
});

describe('fields', () => {
  const fields = {
    ...{ status: 502, took: '212ms', ok: true, user: 'Ann', none: null, tags: ['a', 'b'], 'err.code': 'ENOENT' },
    ...{ req: { url: '/api/x', headers: { 'x.y': 'z' } }, err: { code: 'EOTHER', name: 'E' }, count: '7' },
  };

  test.each([
    ['status=502', true],
    ['status=50', false],
    ['status=5*', true],
    ['status!=502', false],
    ['status!=200', true],
    ['missing!=200', false],
    ['-missing=200', true],
    ['status>=502', true],
    ['status>502', false],
    ['status<=502', true],
    ['status<502', false],
    ['status>-1', true],
    ['took>200ms', true],
    ['took>1s', false],
    ['count>=7', true],
    ['user>1', false],
    ['ok=true', true],
    ['none=null', true],
    ['none=*', true],
    ['user=Ann', true],
    ['user=ann', false],
    ['user=A*', true],
    ['user="A*"', false],
    ['user~an', true],
    ['user~AN', false],
    ['user~/^a/i', true],
    ['user~/^n/', false],
    ['tags=b', true],
    ['tags=c', false],
    ['req.url=/api/x', true],
    ['req.url=/api/*', true],
    ['req.url~api', true],
    ['req=*', true],
    ['req~headers', true],
    ['req.headers.x.y=z', true],
    ['req.headers=z', false],
    ['err.code=ENOENT', true],
    ['err.name=E', true],
    ['constructor=*', false],
    ['__proto__=*', false],
    ['user.length=3', false],
    ['tags.length=2', true],
    ['tags.1=b', true],
    ['msg="all is well"', true],
    ['user="" ', false],
  ])('%s: %s', (text, expected) => {
    expect(wants(text, { fields })).toBe(expected);
  });

  it('named as what every record has come first', () => {
    expect(wants('host=other', { fields: { host: 'other' } })).toBe(true);
    expect(wants('host=fra-1', { fields: { host: 'other' } })).toBe(false);
  });
});

it('looks at a stretch of time', () => {
  expect(wants('since:10m', { t: NOON - 600_000 })).toBe(true);
  expect(wants('since:10m', { t: NOON - 600_001 })).toBe(false);
  expect(wants('until:11:30', { t: NOON - 1_800_000 })).toBe(true);
  expect(wants('until:11:30', { t: NOON - 1_799_999 })).toBe(false);
  expect(wants('since:"yesterday 14:30"', { t: NOON })).toBe(true);
  const { since, until } = filter('since:2h since:1h until:11:30 -until:09:00');
  expect([since, until]).toEqual([NOON - 3_600_000, NOON - 1_800_000]);
});

it('wants all of its terms', () => {
  const text = 'level:warn host:fra timeout -/health/ status>=500';
  const over = { level: 'error', message: 'timeout', fields: { status: 503 } } as const;
  expect(wants(text, over)).toBe(true);
  expect(wants(text, { ...over, level: 'info' })).toBe(false);
  expect(wants(text, { ...over, message: 'timeout of /health' })).toBe(false);
  expect(filter(text).terms.map(({ type, says, text }) => `${type} ${says} ${text}`)).toEqual([
    ...['level has level:warn', 'host has host:fra', 'word has timeout', 'regex lacks /health/'],
    'field has status>=500',
  ]);
});

it('marks what was looked for, not what was excluded', () => {
  const { highlights } = filter('time -after /\\ds/ level:info');
  expect(hits('timeout after 5s', highlights)).toEqual([
    { start: 0, end: 4 },
    { start: 14, end: 16 },
  ]);
});

it('doubts a name that is nearly one', () => {
  expect(filter('levle:warn').doubts).toEqual(['levle: is looked for as text; did you mean level:?']);
  expect(filter('http://x a:b level:warn "levle:warn').doubts).toEqual([]);
});

test.each([
  ['level:wran', 'level:wran is no level: did you mean warn?'],
  ['level:loud', 'level:loud is no level: levels are trace, debug, info, warn, error, fatal and none'],
  ['level:', 'level: says nothing: write level:warn'],
  ['host:,', 'host: says nothing: write host:fra-1'],
  ['x /ab(c/', '/ab(c/ at 3: ( is never closed: \\( is a parenthesis'],
  ['url~/[/', '/[/ at 1: [ is never closed: \\[ is a bracket'],
  ['/a(?!b)/', '/a(?!b)/ at 2: (?! is not known: exclude with -term'],
  ['took>long', 'took>long compares with no number: write took>200'],
  ['since:soon', 'since:soon is no time: write 10m, 14:30 or 2026-11-30T14:30'],
  ['release:1', 'release: is not known of these lines: leave it out'],
  ['x'.repeat(2001), 'longer than 2000 characters: look for a part of it'],
])('%s is refused in one line that names the mend', (text, error) => {
  expect(parseFilter(text)).toEqual({ type: 'bad', error });
});

it('never throws, and its error is one short line', () => {
  const pieces = [
    'level:',
    'host:',
    'since:',
    'warn',
    '-',
    '!',
    '"',
    '/',
    '\\',
    ' ',
    '=',
    '>',
    '~',
    '(',
    '[',
    '*',
    ',',
    'a',
    'a.b',
    '\n',
    '\u001b[',
  ];
  const unit = fc.oneof(
    fc.constantFrom(...pieces),
    fc.nat(0x10ffff).map((code) => String.fromCodePoint(code)),
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), fc.string(), (text, message) => {
      const parsed = parseFilter(text, { now: NOON, zone: 'UTC' });
      if (parsed.type === 'filter') {
        expect(parsed.wanted(record({ message, fields: { a: { b: message } } }))).toBeTypeOf('boolean');
        hits(message, parsed.highlights);
      } else expect(parsed.error).toMatch(/^[^\n\u001b]{1,160}$/);
    }),
    { numRuns: 1000 },
  );
});

it('wants a record, or its opposite does', () => {
  const term = fc.constantFrom(
    'a',
    '/a+b/',
    'level:warn',
    'host:fra',
    'role:bot',
    'a=1',
    'a!=1',
    'a>1',
    'since:1h',
    '"a b"',
  );
  const over = fc.record({
    ...{ message: fc.string({ unit: fc.constantFrom('a', 'b', ' ') }), t: fc.nat(2 * NOON) },
    ...{
      level: fc.constantFrom('info', 'error', undefined),
      fields: fc.record({ a: fc.nat(3) }, { requiredKeys: [] }),
    },
  });
  fc.assert(fc.property(term, over, (text, some) => wants(text, some) !== wants(`-${text}`, some)));
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitise } from '../../src/base/sanitise.ts';
import { LONGEST_LINE, type Parsed } from '../../src/logs/record.ts';
import { hostLine, reader, readAll, readOne } from './support/read.ts';

describe('levels', () => {
  test.each([
    ['it went wrong', 3, 'error'],
    ['it went wrong', 0, 'fatal'],
    ['careful', 4, 'warn'],
    ['note', 5, 'info'],
    ['nothing said', 6, undefined],
    ['details', 7, 'debug'],
    ['nothing known', undefined, undefined],
    ['ERROR it broke', 6, 'error'],
    ['INFO all is well', 3, 'info'],
    ['{"level":30,"time":1700000000000,"msg":"x"}', 3, 'info'],
    ['{"msg":"ERROR is only a word here"}', 6, undefined],
    ['{"msg":"x"}', 4, 'warn'],
  ])('%s with journald priority %s is of the level %s', (text, priority, level) => {
    expect(readOne(text, { priority }).level).toBe(level);
  });
});

test('a source that mixes formats is read right, line by line', () => {
  const texts = [
    '{"level":30,"time":1700000000000,"pid":1,"hostname":"a","msg":"x"}',
    'level=warn msg=slow',
    '{"level":"info","ts":1700000000.5,"msg":"x"}',
    '{"name":"a","level":30,"msg":"x","time":"2012-02-08T22:56:52.856Z","v":0}',
    'just words',
    '127.0.0.1 - - [12/Apr/2018:09:48:40 +0200] "GET / HTTP/1.1" 200 0',
  ];
  const formats = ['pino', 'logfmt', 'zap', 'bunyan', 'plain', 'access'];
  expect(readAll([...texts, ...texts.toReversed()]).map(({ format }) => format)).toEqual([
    ...formats,
    ...formats.toReversed(),
  ]);
});

describe('names that objects inherit', () => {
  const read = readOne(
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"toString":"no","level":"constructor"}',
  );

  test('are fields as any other', () => {
    expect(Object.keys(read.fields)).toEqual(['__proto__', 'constructor', 'toString', 'level']);
    expect(JSON.stringify(read.fields)).toContain('"__proto__":{"admin":true}');
  });

  test('give nothing to other objects', () => {
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect((read.fields as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test('are not there when nobody wrote them', () => {
    for (const text of ['{"a":{"b":1}}', 'level=info a=1', 'plain', '<34>1 - - - - - [a b="c"] x']) {
      expect('hasOwnProperty' in readOne(text).fields).toBe(false);
    }
  });

  test('are names of pairs, too', () => {
    expect(Object.keys(readOne('level=info __proto__=1 constructor=2').fields)).toEqual(['__proto__', 'constructor']);
  });
});

describe('bounds', () => {
  test('a hundred fields are kept', () => {
    const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
    expect(Object.keys(readOne(JSON.stringify(wide)).fields)).toHaveLength(100);
  });

  test('what lies too deep is left out', () => {
    const deep = '{"a":'.repeat(2500) + '1' + '}'.repeat(2500);
    expect(JSON.stringify(readOne(deep).fields)).toMatch(/^(?:\{"a":){9}"…"\}{9}$/);
  });

  test('of a long list the beginning is kept', () => {
    const { list } = readOne(JSON.stringify({ list: Array.from({ length: 5000 }, (_, i) => i % 10) })).fields;
    expect(list).toHaveLength(1001);
  });

  test('of a line that is too long the beginning is read', () => {
    const text = `ERROR ${'x'.repeat(100_000)}`;
    const { message, level } = readOne(text);
    expect([message.length, level]).toEqual([LONGEST_LINE, 'error']);
  });

  test('a number that JSON cannot write is told as text', () => {
    expect(readOne('{"a":1e999}').fields).toEqual({ a: 'Infinity' });
  });
});

const hostile = [
  '\u001b]52;c;ZXZpbA==\u0007ERROR clipboard',
  '{"msg":"\\u001b]0;title\\u0007x","\\u001b[2Jname":"\\u202evalue","a":["\\u009b31m"]}',
  'level=info msg="\u001b[2J" a\u0000b=c',
  '\u0000\u0001\u007f\u0085',
  '\u202eevil\u2066',
  'time="2015-03-26T01:27:38-04:00" level=info msg="\\u001b[31m" x=\u009d0;title',
  '1.2.3.4 - - [25/Oct/2016:14:49:33 +0200] "GET /\u001b[2J HTTP/1.1" 200 1 "\u001b]8;;http://e\u0007" "\u202e"',
  '<34>1 2003-10-11T22:14:15.003Z h a - - [a b="\u001b[2J"] \u001bc',
  '2024-01-01 12:00:00 \u001b[31mERROR\u001b[0m \u001bPq\u001b\\ x\r',
  'Oct 11 22:14:15 h a\u0007[1]: \u001b[?1049h',
];

/** The beginnings of lines of all formats, to be gone on with by chance. */
const begun = fc.constantFrom(
  ...[
    '',
    '{',
    '{"level":30,"time":1700000000000,"msg":"',
    'level=info ',
    'method=GET path=/ status=',
    '<34>1 2003-10-11T22:14:15Z ',
  ],
  ...[
    '1.2.3.4 - - [25/Oct/2016:14:49:33 +0200] "',
    '2016/10/25 14:49:34 [error] 5#0: ',
    '[Mon Dec 26 16:17:53 2016] [',
  ],
  ...[
    'I0102 15:04:05.000000 1 a.go:1] ',
    'I, [2023-11-14T09:21:15 #1]  INFO -- : ',
    '2024-01-01 12:00:00,123 - a - INFO - ',
  ],
  ...[
    'Oct 11 22:14:15 h a: ',
    '2019-03-05 10:57:51.112  INFO 1 --- [',
    'INFO[0000] ',
    '   at ',
    'Traceback (most recent call last):',
  ],
);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string(), fc.constantFrom(...hostile));
const anyLine = fc.tuple(begun, anyText).map(([start, rest]) => start + rest);
const anyJson = fc.object({
  maxDepth: 4,
  key: anyText,
  values: [anyText, fc.double(), fc.boolean(), fc.constant(null)],
});

test.each(hostile)('%j is harmless once it is read', (text) => expectClean(readOne(text)));

test('reading never throws, and all that comes of it is sanitised', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          anyLine,
          anyJson.map((value) => JSON.stringify(value)),
        ),
        { maxLength: 5 },
      ),
      (texts) => {
        for (const parsed of readAll(texts)) expectClean(parsed);
      },
    ),
  );
});

test('how a line is read depends on the lines before it only where it continues them', () => {
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 5 }), anyLine, (before, text) => {
      const { read } = reader();
      for (const one of before) read(hostLine(one));
      const parsed = read(hostLine(text));
      if (parsed.format !== 'trace') expect(parsed).toEqual(readOne(text));
    }),
  );
});

test('no line takes long to be read, whatever it repeats', () => {
  const starts = [
    ...[
      '',
      '{"a":',
      'level=info ',
      'method=GET path=/ status=200 ',
      '[[[ method=',
      '<34>1 2003-10-11T22:14:15Z h a - - ',
    ],
    ...['1.2.3.4 - - [25/Oct/2016:14:49:33 +0200] "', '2016/10/25 14:49:34 [error] 5#0: x, client: ', 'created by '],
    ...[
      '[Mon Dec 26 16:17:53 2016] [error] ',
      'I0102 15:04:05.0 1 a.go:1] "',
      'I, [2023-11-14T09:21:15 #1]  INFO -- : ',
    ],
    ...[
      '2024-01-01 12:00:00,123 - ',
      'Oct 11 22:14:15 h ',
      '2019-03-05 10:57:51.112  INFO 1 --- [',
      '2019-03-05 10:57:51 ',
    ],
    ...['INFO[0000] ', '   at ', '  from '],
  ];
  const fills = [
    ...[
      'a',
      ' ',
      '[',
      ']',
      '[] ',
      '"',
      '\\',
      '\\"',
      'a=b ',
      'a="',
      "a='",
      ': ',
      ', client: "',
      '-',
      '.',
      '/',
      '(',
      ')',
      'a@',
    ],
    ...['<', '{', '[a b="', '[a b="c"]', '\u001b[', '\u001b]', ' [a]', 'ERROR', '1', 'a.', 'a b ', '\t'],
  ];
  const slow = starts
    .flatMap((start) => fills.map((fill) => start + fill.repeat(LONGEST_LINE / fill.length)))
    .filter((text) => millisecondsOf(() => readAll(['ERROR x', text])) > 100);
  expect(slow.map((text) => text.slice(0, 60))).toEqual([]);
});

/** What it costs of the processor, not how long it takes: others may be busy. */
function millisecondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function expectClean(parsed: Parsed): void {
  const told: string[] = [parsed.format, parsed.message];
  gather(parsed.fields, told);
  for (const text of told) expect(text).toBe(sanitise(text));
  expect(JSON.parse(JSON.stringify(parsed.fields))).toEqual(parsed.fields);
}

function gather(value: unknown, told: string[]): void {
  if (typeof value === 'string') told.push(value);
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    told.push(name);
    gather(inner, told);
  }
}

import { describe, expect, test } from 'vitest';
import { continues } from '../../src/logs/joined.ts';
import { readAll, readOne } from './support/read.ts';

const traces: Readonly<Record<string, readonly string[]>> = {
  JavaScript: [
    "TypeError: Cannot read properties of undefined (reading 'x')",
    '    at Object.<anonymous> (/app/x.js:3:9)',
    '    at Module._compile (node:internal/modules/cjs/loader:1554:14) {',
    "  code: 'ENOENT'",
    '}',
  ],
  Java: [
    '2024-01-01 12:00:00.123 ERROR [main] c.e.Foo - it broke',
    'java.lang.IllegalStateException: no',
    '\tat com.example.Foo.bar(Foo.java:12)',
    'Caused by: java.io.IOException: gone',
    '\tat com.example.Foo.baz(Foo.java:42)',
    '\t... 12 more',
  ],
  Python: [
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 3, in <module>',
    "    raise ValueError('ERROR: no')",
    'ValueError: ERROR: no',
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 5, in <module>',
    'app.errors.Broken',
  ],
  'Python behind its log': [
    '2024-01-01 12:00:00,123 - app - ERROR - it broke',
    'Traceback (most recent call last):',
    '  File "/app/main.py", line 3, in <module>',
    "KeyError: 'a'",
  ],
  Go: [
    'panic: runtime error: index out of range [5] with length 3',
    '',
    'goroutine 1 [running]:',
    'main.main()',
    '\t/app/main.go:10 +0x1d',
    'created by net/http.(*Server).Serve in goroutine 1',
    '\t/usr/local/go/src/net/http/server.go:3086 +0x5cb',
    'exit status 2',
  ],
  Ruby: [
    "ERROR -- : undefined method `x' for nil (NoMethodError)",
    "\tfrom /app/x.rb:1:in `bar'",
    "from /app/y.rb:2:in `foo'",
  ],
  Rust: [
    "thread 'main' panicked at src/main.rs:2:5:",
    'index out of bounds: the len is 3 but the index is 99',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ],
};

describe.each(Object.entries(traces))('a trace of %s', (_, texts) => {
  const [head, ...rest] = readAll(texts);

  test('begins with an error', () => {
    expect(head!.format).not.toBe('trace');
    expect(['error', 'fatal']).toContain(head!.level);
  });

  test('is joined, line by line, at the level of its head', () => {
    rest.forEach((line, i) => {
      expect([texts[i + 1], line.format, line.level]).toEqual([texts[i + 1], 'trace', head!.level]);
    });
  });

  test('ends with the next line that says something', () => {
    const next = [
      'listening on 5002',
      '{"level":30,"time":1700000000000,"msg":"x"}',
      '2024-01-01 12:00:00 INFO x',
      'INFO: x',
    ];
    for (const text of next) expect(readAll([...texts, text]).at(-1)!.format).not.toBe('trace');
  });
});

test('nothing continues what is not there', () => {
  expect(continues(undefined, '    at foo (x.js:1:1)')).toBe(false);
  expect(continues(undefined, '\t... 12 more')).toBe(false);
});

test('a frame belongs to whatever came before it', () => {
  expect(continues(readOne('it went wrong'), '    at foo (x.js:1:1)')).toBe(true);
  expect(continues(readOne('it went wrong'), 'Caused by: no')).toBe(true);
});

test('what is indented belongs to an error, but not to other lines', () => {
  expect(continues(readOne('ERROR no'), '  more of it')).toBe(true);
  expect(continues(readOne('INFO yes'), '  more of it')).toBe(false);
});

test.each([
  '2024-01-01 12:00:00 no',
  '  12:00:00 no',
  'ERROR no',
  '  WARN: no',
  '[INFO] no',
  '{"level":30}',
  '  {"a":1}',
])('%s speaks for itself, even behind an error', (text) => expect(continues(readOne('ERROR no'), text)).toBe(false));

test('an exception of Java belongs to the error that was logged with it, but not to one that was printed', () => {
  const thrown = 'java.lang.IllegalStateException: no';
  expect(continues(readOne('2024-01-01 12:00:00 ERROR it broke'), thrown)).toBe(true);
  expect(continues(readOne('ERROR it broke'), thrown)).toBe(false);
});

test('a second error is no continuation of the first', () => {
  expect(readAll(['ValueError: no', 'ValueError: no']).map(({ format }) => format)).toEqual(['plain', 'plain']);
});

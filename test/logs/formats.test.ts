import { expect, test } from 'vitest';
import { hostLine, isoOf, reader, readOne } from './support/read.ts';

/** Text, format, level, time, message. */
const lines: readonly (readonly [string, string, string | undefined, string | undefined, string])[] = [
  [
    '{"level":50,"time":"2024-01-01T12:00:00.123Z","pid":1,"msg":"no"}',
    'pino',
    'error',
    '2024-01-01T12:00:00.123Z',
    'no',
  ],
  ['{"level":20,"time":1700000000000,"msg":"x"}', 'pino', 'debug', '2023-11-14T22:13:20.000Z', 'x'],
  [
    '{"level":"info","message":"started","timestamp":"2024-01-01T12:00:00Z"}',
    'winston',
    'info',
    '2024-01-01T12:00:00.000Z',
    'started',
  ],
  ['{"level":"error","message":"Public error to share"}', 'winston', 'error', undefined, 'Public error to share'],
  [
    '{"level":"warn","time":"2024-01-01T12:00:00+02:00","message":"slow"}',
    'zerolog',
    'warn',
    '2024-01-01T10:00:00.000Z',
    'slow',
  ],
  [
    '{"animal":"walrus","level":"info","msg":"A giant walrus appears!","size":10,"time":"2014-03-10 19:57:38.562500591 -0400 EDT"}',
    'logrus',
    'info',
    '2014-03-10T23:57:38.562Z',
    'A giant walrus appears!',
  ],
  [
    '{"time":"2024-05-23T15:10:25.353663+02:00","level":"INFO","msg":"Info message"}',
    'slog',
    'info',
    '2024-05-23T13:10:25.353Z',
    'Info message',
  ],
  [
    '{"time":"2024-05-23T15:10:25Z","level":"DEBUG-4","msg":"deep"}',
    'slog',
    'debug',
    '2024-05-23T15:10:25.000Z',
    'deep',
  ],
  [
    '{"event": "hello", "logger": "test", "level": "warning", "timestamp": "2017-03-06T07:39:09.518720Z"}',
    'structlog',
    'warn',
    '2017-03-06T07:39:09.518Z',
    'hello',
  ],
  [
    '{"asctime": "2016-01-01 00:00:00,000", "levelname": "ERROR", "message": "m", "num": 1}',
    'python-json',
    'error',
    '2016-01-01T00:00:00.000Z',
    'm',
  ],
  [
    '{"message":"no","context":{},"level":400,"level_name":"ERROR","channel":"app","datetime":"2024-01-01T12:00:00.5+00:00"}',
    'monolog',
    'error',
    '2024-01-01T12:00:00.500Z',
    'no',
  ],
  [
    '{"@timestamp":"2024-01-01T12:00:00Z","log.level":"WARN","message":"m"}',
    'ecs',
    'warn',
    '2024-01-01T12:00:00.000Z',
    'm',
  ],
  [
    '{"severity":"ERROR","time":"2020-07-30T08:25:52.468Z","message":"Error fetching job"}',
    'json',
    'error',
    '2020-07-30T08:25:52.468Z',
    'Error fetching job',
  ],
  [
    '{"method":"GET","path":"/admin","format":"html","controller":"Admin","action":"index","status":500,"time":"2019-11-14T13:12:46.156Z"}',
    'lograge',
    'error',
    '2019-11-14T13:12:46.156Z',
    'GET /admin 500',
  ],
  [
    'method=GET path=/jobs/833552.json format=json controller=JobsController  action=show status=200 duration=58.33 view=40.43 db=15.26',
    'lograge',
    'info',
    undefined,
    'GET /jobs/833552.json 200',
  ],
  [
    '[29f3a9f6] method=POST path=/ format=html controller=Echo action=index status=422',
    'lograge',
    'warn',
    undefined,
    'POST / 422',
  ],
  [
    "I, [2018-06-29T18:44:26.267292 #4]  INFO -- : [29f3a9f6-1848] method=GET path=/ format=html controller=Echo action=index status=500 error='ArgumentError: Insufficient mittens' duration=0.27",
    'ruby',
    'error',
    '2018-06-29T18:44:26.267Z',
    'GET / 500',
  ],
  ['W, [2023-11-14T09:21:15.136914 #56791]  WARN -- worker: late', 'ruby', 'warn', '2023-11-14T09:21:15.136Z', 'late'],
  [
    'ts=2024-10-27T05:19:13.044Z caller=main.go:1441 level=info msg="updated GOGC" old=100 new=75',
    'logfmt',
    'info',
    '2024-10-27T05:19:13.044Z',
    'updated GOGC',
  ],
  [
    'at=info method=POST path="/" host=a.example dyno=web.1 connect=3ms service=148ms status=303 bytes=614',
    'logfmt',
    'info',
    undefined,
    'at=info method=POST path="/"',
  ],
  ['WARN[0003] A walrus appears            animal=walrus', 'logrus', 'warn', undefined, 'A walrus appears'],
  ['<34>Oct 11 22:14:15 mymachine su: no', 'syslog', 'fatal', '2024-10-11T22:14:15.000Z', 'no'],
  ['<13>Feb  5 17:32:18 su[7]: yes', 'syslog', 'info', '2024-02-05T17:32:18.000Z', 'yes'],
  ['F20240102 15:04:05.5 12 main.go:1] gone', 'klog', 'fatal', '2024-01-02T15:04:05.500Z', 'gone'],
  ['ERROR:root:msg', 'python', 'error', undefined, 'msg'],
  ['2024-01-01 12:00:00,123 - my.name - ERROR - msg', 'python', 'error', '2024-01-01T12:00:00.123Z', 'msg'],
  [
    '2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181] - Notification',
    'timed',
    'info',
    '2015-07-29T17:41:44.747Z',
    '[QuorumPeer',
  ],
  ['15:04:05.123 [main] DEBUG c.e.Foo - msg', 'timed', 'debug', '2024-06-01T15:04:05.123Z', '[main] c.e.Foo - msg'],
  [
    '[17:35:28.992] INFO (42 on foo): hello world',
    'timed',
    'info',
    '2024-06-01T17:35:28.992Z',
    '(42 on foo): hello world',
  ],
  ['2021-01-01T00:00:00.000Z\twarn\tmain.go:1\tslow', 'timed', 'warn', '2021-01-01T00:00:00.000Z', 'main.go:1'],
  [
    '2020/05/05 15:12:43 [INFO][who.example.org] Obtain certificate',
    'timed',
    'info',
    '2020-05-05T15:12:43.000Z',
    '[who.example.org] Obtain certificate',
  ],
  ['2009/11/10 23:00:00 http: Server closed', 'timed', undefined, '2009-11-10T23:00:00.000Z', 'http: Server closed'],
  ['2024-01-01 12:00:00 error connecting', 'timed', undefined, '2024-01-01T12:00:00.000Z', 'error connecting'],
  ['\u001b[32minfo\u001b[39m: started', 'plain', 'info', undefined, 'info: started'],
  [
    '[17:35:28.992] \u001b[31mERROR\u001b[39m (42): \u001b[36mno\u001b[39m',
    'timed',
    'error',
    '2024-06-01T17:35:28.992Z',
    '(42): no',
  ],
];

test.each(lines)('%s is read as %s', (...[text, format, level, time, message]) => {
  const parsed = readOne(text);
  expect([parsed.format, parsed.level, isoOf(parsed.t)]).toEqual([format, level, time]);
  expect(parsed.message.slice(0, message.length)).toBe(message);
});

test.each([
  'all orders=7 are done',
  'a=b is what we wanted to know',
  '12:00:05 have passed',
  '[main] is here',
  '{not json}',
  '[1,2,3]',
  '2024-13-45 99:00:00 no such time',
  'Foo 11 22:14:15 host su: no such month',
  '<999>1 2003-10-11T22:14:15.003Z h a - - - no such priority',
  '',
])('%j is plain, as it came', (text) => {
  expect(readOne(text)).toMatchObject({ format: 'plain', t: undefined, message: text, level: undefined });
});

test('fields are what is left when level, time and message are taken', () => {
  expect(readOne('{"level":30,"time":1700000000000,"msg":"x","a":{"b":[1,null,true]}}').fields).toEqual({
    a: { b: [1, null, true] },
  });
});

test('what is no level and no time stays a field', () => {
  const { level, t, fields } = readOne('{"level":"purple","time":"soon","msg":"x"}');
  expect({ level, t, fields }).toEqual({ level: undefined, t: undefined, fields: { level: 'purple', time: 'soon' } });
});

test('an error that was logged without words gives its own, and stays a field', () => {
  const err = { type: 'TypeError', message: 'x is not a function', stack: 'TypeError: x' };
  const { message, fields } = readOne(JSON.stringify({ level: 50, time: 1, pid: 7, err }));
  expect({ message, fields }).toEqual({ message: 'x is not a function', fields: { time: 1, pid: 7, err } });
});

test('numbers of logfmt are numbers only where they read back the same', () => {
  const { fields } = readOne('level=info n=7 share=0.50 id=007 span=12345678901234567890 minus=-4 at= ok=true');
  expect(fields).toEqual({ n: 7, share: 0.5, id: '007', span: '12345678901234567890', minus: -4, at: '', ok: true });
});

test('a request of an access line is told by its parts', () => {
  const text = '1.2.3.4 - alice [25/Oct/2016:14:49:33 +0200] "GET /a?b=1 HTTP/1.1" 200 612 "-" "curl \\"8\\""';
  expect(readOne(text).fields).toEqual({
    ...{ client: '1.2.3.4', user: 'alice', method: 'GET', path: '/a?b=1', protocol: 'HTTP/1.1' },
    ...{ status: 200, bytes: 612, agent: 'curl \\"8\\"' },
  });
});

test('what nginx says of the request is told as fields', () => {
  const text =
    '2016/10/25 14:49:34 [crit] 54#0: *1 no, client: ::1, server: a, request: "GET /, x HTTP/1.1", host: "a:80"';
  const { message, level, fields } = readOne(text);
  expect([message, level]).toEqual(['no', 'fatal']);
  expect(fields).toEqual({
    pid: 54,
    connection: '1',
    client: '::1',
    server: 'a',
    request: 'GET /, x HTTP/1.1',
    host: 'a:80',
  });
});

test('a time without a zone is taken as UTC, or in the zone that is given', () => {
  const text = '2016/10/25 14:49:34 [error] 5#0: no';
  expect(isoOf(readOne(text).t)).toBe('2016-10-25T14:49:34.000Z');
  expect(isoOf(reader(120).read(hostLine(text)).t)).toBe('2016-10-25T12:49:34.000Z');
});

test.each([
  ['2024-01-01T00:00:05Z', 'Dec 31 23:59:59 h a: x', '2023-12-31T23:59:59.000Z'],
  ['2023-12-31T23:59:58Z', 'Jan  1 00:00:01 h a: x', '2024-01-01T00:00:01.000Z'],
  ['2023-12-31T23:59:58Z', 'E0101 00:00:01.000000 1 a.go:1] x', '2024-01-01T00:00:01.000Z'],
  ['2024-01-01T00:00:05Z', '23:59:59.000 [main] INFO x', '2023-12-31T23:59:59.000Z'],
])('near %s, %s was written at %s', (near, text, time) => {
  expect(isoOf(readOne(text, { t: Date.parse(near) }).t)).toBe(time);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isoOf, readAll } from './support/read.ts';

interface Sample {
  readonly name: string;
  /** What its lines are read as; others are as plain as they look. */
  readonly formats: Readonly<Record<string, number>>;
  readonly levels: Readonly<Record<string, number>>;
  /** Line number from 1, level, time, the beginning of the message. */
  readonly lines: readonly (readonly [number, string | undefined, string | undefined, string])[];
}

const samples: readonly Sample[] = [
  {
    name: 'nginx-access',
    formats: { access: 20 },
    levels: { info: 8, warn: 11, error: 1 },
    lines: [
      [1, 'info', '2016-10-25T12:49:33.000Z', 'GET / 200'],
      [2, 'warn', '2016-10-25T12:49:34.000Z', 'GET /favicon.ico 404'],
      [13, 'info', '2020-06-09T19:10:39.000Z', 'GET /A%20Beka%20G1%20Howe/'],
      [14, 'info', '2016-12-07T10:05:07.000Z', 'GET /ocelot 200'],
      [17, 'warn', '2018-04-12T07:48:40.000Z', ' 400'],
      [20, 'error', '2022-08-24T18:05:41.000Z', 'GET /favicon.ico 502'],
    ],
  },
  {
    name: 'apache-access',
    formats: { access: 8 },
    levels: { info: 3, warn: 5 },
    lines: [
      [1, 'warn', '2016-12-26T14:16:29.000Z', 'GET /favicon.ico 404'],
      [3, 'warn', '2016-12-26T14:16:48.000Z', '- 408'],
      [7, 'info', '2019-07-04T07:20:46.000Z', 'GET / 200'],
    ],
  },
  {
    name: 'nginx-error',
    formats: { 'nginx-error': 4, plain: 1 },
    levels: { error: 4, none: 1 },
    lines: [
      [1, 'error', '2016-10-25T14:49:34.000Z', 'open() "/usr/local/Cellar/nginx'],
      [4, undefined, undefined, 'PHP message: PHP Warning:'],
    ],
  },
  {
    name: 'apache-error',
    formats: { 'apache-error': 9 },
    levels: { info: 2, error: 7 },
    lines: [
      [1, 'info', '2016-12-26T16:17:53.000Z', 'Apache/2.2.22 (Ubuntu) configured'],
      [8, 'info', '2016-12-26T16:15:55.103Z', 'AH00094: Command line'],
      [9, 'error', '2011-09-09T10:42:29.902Z', 'File does not exist: /usr/local'],
    ],
  },
  {
    name: 'bunyan',
    formats: { bunyan: 23, json: 1, plain: 6 },
    levels: { trace: 1, debug: 10, info: 8, warn: 1, error: 2, fatal: 1, none: 7 },
    lines: [
      [4, 'info', '2023-03-24T14:26:16.243Z', 'Dependency extraction complete'],
      [12, 'trace', '2012-02-08T22:56:50.856Z', 'My message'],
      [17, 'error', '2012-02-08T22:56:55.856Z', 'My message'],
      [18, 'fatal', '2012-02-08T22:56:56.856Z', 'My message'],
      [29, undefined, undefined, 'not a JSON line'],
    ],
  },
  {
    name: 'pino',
    formats: { pino: 10 },
    levels: { info: 10 },
    lines: [
      [1, 'info', '2025-04-24T22:08:37.537Z', 'Charge request received.'],
      [2, 'info', '2018-03-30T17:35:28.992Z', 'hello world'],
      [6, 'info', '2018-07-10T21:23:17.727Z', 'hello {"worldly":1}'],
    ],
  },
  {
    name: 'fastify',
    formats: { json: 11 },
    levels: { none: 11 },
    lines: [[4, undefined, '2022-04-15T23:03:15.033Z', 'request completed']],
  },
  {
    name: 'logrus',
    formats: { logrus: 11 },
    levels: { debug: 2, info: 3, warn: 2, error: 2, fatal: 2 },
    lines: [
      [1, 'error', '2021-09-15T21:17:10.220Z', 'error retrieving pod status'],
      [2, 'warn', '2021-09-15T21:17:11.674Z', 'Failed to DeletePod'],
      [6, 'debug', '2015-03-26T05:27:38.000Z', 'Started observing beach'],
      [11, 'fatal', '2015-03-26T05:27:38.000Z', 'The ice breaks!'],
    ],
  },
  {
    name: 'zerolog',
    formats: { zerolog: 14 },
    levels: { debug: 5, info: 6, error: 2, fatal: 1 },
    lines: [
      [1, 'debug', '2018-01-16T20:25:03.000Z', 'hello world'],
      [9, 'error', '2020-12-27T16:07:36.000Z', 'seems we have an error here'],
      [11, 'fatal', '2018-01-16T20:07:43.000Z', 'Cannot start myservice'],
    ],
  },
  {
    name: 'zap',
    formats: { zap: 14 },
    levels: { info: 13, warn: 1 },
    lines: [
      [1, 'info', '2019-03-05T13:50:39.330Z', 'Go Version: go1.11.4'],
      [6, 'info', '2019-03-05T10:56:05.743Z', 'WARNING: ignoring DaemonSet-managed Pods'],
      [13, 'warn', '2021-05-12T18:03:01.247Z', "'data-dir' was empty"],
    ],
  },
  {
    name: 'syslog',
    formats: { syslog: 21 },
    levels: { fatal: 1, none: 20 },
    lines: [
      [1, undefined, '2024-04-28T04:02:03.000Z', 'restart.'],
      [6, undefined, '2024-11-03T09:23:38.000Z', 'lookup(file): lookup for foobar failed'],
      [13, undefined, '2024-02-20T08:35:22.000Z', 'Failed password for root'],
      [18, 'fatal', '2024-02-22T16:45:26.000Z', 'fatal: Read from socket failed'],
      [20, undefined, '2018-08-14T12:30:02.203Z', 'Stopped target Basic System.'],
    ],
  },
  {
    name: 'syslog-5424',
    formats: { 'syslog-5424': 6 },
    levels: { info: 5, fatal: 1 },
    lines: [
      [1, 'fatal', '2003-10-11T22:14:15.003Z', "'su root' failed for lonvick"],
      [2, 'info', '2003-08-24T12:14:15.000Z', "%% It's time to make the do-nuts."],
      [3, 'info', '2003-10-11T22:14:15.003Z', 'An application event log entry...'],
    ],
  },
  {
    name: 'kafka',
    formats: { timed: 22 },
    levels: { info: 21, warn: 1 },
    lines: [
      [1, 'info', '2017-08-04T10:48:20.377Z', 'starting (kafka.server.KafkaServer)'],
      [11, 'warn', '2017-08-04T10:48:20.748Z', 'No meta.properties file'],
      [21, 'info', '2017-10-23T14:20:12.046Z', '[logstash.modules.scaffold] Initializing module'],
    ],
  },
  {
    name: 'java',
    formats: { timed: 12 },
    levels: { info: 12 },
    lines: [[4, 'info', '2025-01-24T07:00:35.307Z', '[main                     ] ZookeeperConfig']],
  },
  {
    name: 'spring',
    formats: { spring: 5 },
    levels: { info: 5 },
    lines: [[2, 'info', '2019-03-05T10:57:51.253Z', 'Initializing Spring embedded WebApplicationContext']],
  },
  {
    name: 'klog',
    formats: { klog: 12, plain: 1 },
    levels: { info: 9, warn: 1, error: 2, none: 1 },
    lines: [
      [1, 'error', '2024-05-17T15:04:22.619Z', 'Log every 3, iteration 19'],
      [4, 'warn', '2024-05-17T15:04:22.619Z', 'log_if this'],
      [11, 'info', '2024-10-25T00:15:15.525Z', 'Pod status updated'],
    ],
  },
  {
    name: 'python',
    formats: { python: 15 },
    levels: { debug: 3, info: 6, warn: 3, error: 2, fatal: 1 },
    lines: [
      [4, 'error', undefined, 'And non-ASCII stuff, too, like Øresund and Malmö'],
      [11, 'warn', '2005-03-19T15:10:26.695Z', 'warn message'],
      [13, 'fatal', '2005-03-19T15:10:26.773Z', 'critical message'],
    ],
  },
  {
    name: 'postgresql',
    formats: { timed: 10, plain: 7 },
    levels: { info: 8, fatal: 2, none: 7 },
    lines: [
      [1, 'info', '2017-07-31T11:36:42.585Z', '[4974] database system was shut down'],
      [14, 'fatal', '2017-07-31T11:39:16.249Z', '[5407] postgres@users database "users" does not exist'],
    ],
  },
  {
    name: 'kibana',
    formats: { ecs: 3 },
    levels: { info: 2, debug: 1 },
    lines: [[2, 'debug', '2022-04-20T16:46:21.484Z', '200 - 201.0B']],
  },
  {
    name: 'logstash',
    formats: { 'log4j-json': 4 },
    levels: { info: 3, warn: 1 },
    lines: [[4, 'warn', '2021-02-08T23:38:04.046Z', 'Could not index event to Elasticsearch.']],
  },
];

describe.each(samples)('the public sample $name', ({ name, formats, levels, lines }) => {
  const texts = readFileSync(new URL(`samples/${name}.log`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const read = readAll(texts);

  test('is read in its format', () => {
    expect(counts(read.map(({ format }) => format))).toEqual(formats);
  });

  test('has each line at its level', () => {
    expect(counts(read.map(({ level }) => level ?? 'none'))).toEqual(levels);
  });

  test.each(lines)('tells level, time and message of line %i', (...[number, level, time, message]) => {
    const parsed = read[number - 1]!;
    expect([parsed.level, isoOf(parsed.t)]).toEqual([level, time]);
    expect(parsed.message.slice(0, message.length)).toBe(message);
  });
});

function counts(names: readonly string[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const name of names) counted[name] = (counted[name] ?? 0) + 1;
  return counted;
}

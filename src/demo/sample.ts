import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bug } from '../base/errors.ts';

/** The files of one folder by name: those of the sample bot, which are all text. */
export type Files = ReadonlyMap<string, string>;

export type Ref = 'v1' | 'v2' | 'v3' | 'v4';

/** A release of the sample bot as its authors committed it. */
export interface Edition {
  readonly ref: Ref;
  readonly subject: string;
  readonly author: string;
  /** When it was committed, ISO 8601. */
  readonly at: string;
  readonly files: Files;
}

/** The sample bot: where the sources see it, or the bundle in the package. */
export function readSample(): Files {
  const folder = ['../../examples/greeter', '../examples/greeter']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, 'server.js')));
  if (folder === undefined) throw new Bug('The sample bot, examples/greeter, is missing from this package.');
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** The history of the sample bot, oldest first. The third release is bad: its health check says 503. */
export function editionsOf(sample: Files): readonly Edition[] {
  const [ada, jonas] = ['Ada Okafor', 'Jonas Weber'];
  return [
    { ref: 'v1', subject: 'Greet people by name', author: ada, at: '2026-03-02T09:12:40Z', files: sample },
    {
      ...{ ref: 'v2', subject: 'Greet in three languages', author: jonas, at: '2026-03-05T14:31:07Z' },
      files: greetingBy(THREE_LANGUAGES, sample),
    },
    {
      ...{ ref: 'v3', subject: 'Cache the greetings', author: jonas, at: '2026-03-09T17:48:55Z' },
      files: new Map([...greetingBy(BROKEN_CACHE, sample), ['greeter.json', '{ "health": "fail" }\n']]),
    },
    {
      ...{ ref: 'v4', subject: 'Fix the cache', author: ada, at: '2026-03-10T08:05:21Z' },
      files: greetingBy(CACHE, sample),
    },
  ];
}

const PLAIN_GREETING = '`Hello, ${to}!`';

function greetingBy(code: string, sample: Files): Files {
  const work = sample.get('work.js') ?? '';
  if (!work.includes(PLAIN_GREETING)) throw new Bug('examples/greeter/work.js does not greet as the demo expects.');
  return new Map([...sample, ['work.js', `${work.replace(PLAIN_GREETING, 'greeting(to)')}\n${code}`]]);
}

const HELLOS = "const hellos = ['Hello', 'Hallo', 'Bonjour'];";

const THREE_LANGUAGES = `${HELLOS}

/** @param {string} to */
function greeting(to) {
  return \`\${hellos[counters.greetings % hellos.length]}, \${to}!\`;
}
`;

const BROKEN_CACHE = cachedBy('to');
const CACHE = cachedBy('to + hello');

function cachedBy(key: string): string {
  return `${HELLOS}
const cache = new Map();

/** @param {string} to */
function greeting(to) {
  const hello = hellos[counters.greetings % hellos.length];
  if (!cache.has(${key})) cache.set(${key}, \`\${hello}, \${to}!\`);
  return cache.get(${key});
}
`;
}

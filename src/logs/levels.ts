export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Levels stand near the beginning of a line; nothing is looked for beyond this. */
const LOOKED_AT = 2000;
const WORDS_WITHIN = 200;

const PRIORITIES: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

/** As pino and bunyan count, by tens; log4j's own numbers are the same in thousands, but for its trace. */
const TENS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** As Monolog counts, by hundreds. */
const HUNDREDS: readonly Level[] = ['debug', 'info', 'warn', 'error', 'fatal', 'fatal'];
const TEN_THOUSANDS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const NAMES: ReadonlyMap<string, Level> = new Map<string, Level>([
  ...named('trace', 'trace trc trac verbose silly finest finer'),
  ...named('debug', 'debug dbg debu fine'),
  ...named('info', 'info inf information informational notice log config'),
  ...named('warn', 'warn warning wrn'),
  ...named('error', 'error err erro severe exception'),
  ...named('fatal', 'fatal ftl fata panic pani pnc dpanic critical crit alert emerg emergency'),
]);

const JOURNALD = /^<([0-7])>/;
const IN_JSON = /"(?:level|lvl|severity|levelname|log\.level)"\s*:\s*(?:"([^"]{1,20})"|(\d{1,3})\b)/;
const IN_PAIRS = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]{1,20})\b/;
const WORD = /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|FATAL|PANIC|CRIT|CRITICAL|ALERT|EMERG)\b/;
const BRACKETED = /(?:^|\s)\[([A-Za-z]{3,11})\]|^([A-Za-z]{3,11}): /;
/** What a program prints that dies of an exception: JavaScript, Java, Python, Go, Rust. */
const THROWN =
  /^(?:(?:Uncaught |Unhandled )?[\w.$]*(?:Error|Exception)\b|Traceback \(most recent|goroutine \d+ \[|thread '[^']*' panicked)/;

/** How bad a line says it is; undefined when it does not say. Reads a line's beginning only, and parses nothing. */
export function levelOf(line: string): Level | undefined {
  const text = line.length > LOOKED_AT ? line.slice(0, LOOKED_AT) : line;
  const priority = JOURNALD.exec(text)?.[1];
  if (priority !== undefined) return PRIORITIES[Number(priority)];
  if (text.startsWith('{')) return inJson(text);
  const named = IN_PAIRS.exec(text)?.[1];
  if (named !== undefined) return levelNamed(named);
  const start = text.slice(0, WORDS_WITHIN);
  const word = WORD.exec(start)?.[0];
  if (word !== undefined) return levelNamed(word);
  const [, bracketed, led] = BRACKETED.exec(start) ?? [];
  return levelNamed(bracketed ?? led ?? '') ?? (THROWN.test(start) ? 'error' : undefined);
}

function inJson(text: string): Level | undefined {
  const [, name, number] = IN_JSON.exec(text) ?? [];
  return number === undefined ? levelNamed(name ?? '') : levelNumbered(Number(number));
}

/** By a word of any case, as loggers of all kinds write it; undefined for other words. */
export function levelNamed(name: string): Level | undefined {
  return NAMES.get(name) ?? NAMES.get(name.toLowerCase());
}

/** By a number as pino, bunyan, Monolog or log4j count; below ten they are those of syslog. */
export function levelNumbered(number: number): Level | undefined {
  if (number < 10) return PRIORITIES[number];
  if (number < 100) return step(TENS, number / 10);
  if (number <= 600) return step(HUNDREDS, number / 100);
  return step(TEN_THOUSANDS, number / 10_000 + 1);
}

/** What the number is that a syslog priority ends with. */
export function levelOfSeverity(severity: number): Level | undefined {
  return PRIORITIES[severity];
}

/** By what journald counts a line as. Six is what it takes where nobody said anything, so it says nothing. */
export function levelOfPriority(priority: number | undefined): Level | undefined {
  return priority === undefined || priority === 6 ? undefined : PRIORITIES[priority];
}

/** Of an answer to a request: what the server did wrong is an error, what its client did wrong a warning. */
export function levelOfStatus(status: number): Level {
  if (status >= 500) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

export function isError(level: Level | undefined): boolean {
  return level === 'error' || level === 'fatal';
}

function step(levels: readonly Level[], number: number): Level | undefined {
  return levels[Math.min(levels.length, Math.floor(number)) - 1];
}

function named(level: Level, names: string): [string, Level][] {
  return names.split(' ').map((name) => [name, level]);
}

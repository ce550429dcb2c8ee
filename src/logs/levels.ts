export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Levels stand near the beginning of a line; nothing is looked for beyond this. */
const LOOKED_AT = 2000;
const WORDS_WITHIN = 200;

const PRIORITIES: readonly Level[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];

const NAMES: Readonly<Record<string, Level>> = {
  ...{ trace: 'trace', verbose: 'trace', silly: 'trace', debug: 'debug', dbg: 'debug' },
  ...{ info: 'info', information: 'info', notice: 'info', log: 'info' },
  ...{ warn: 'warn', warning: 'warn', wrn: 'warn' },
  ...{ error: 'error', err: 'error', severe: 'error', exception: 'error' },
  ...{ fatal: 'fatal', panic: 'fatal', critical: 'fatal', crit: 'fatal', alert: 'fatal', emerg: 'fatal' },
  emergency: 'fatal',
};

const JOURNALD = /^<([0-7])>/;
const IN_JSON = /"(?:level|lvl|severity|levelname|log\.level)"\s*:\s*(?:"([^"]{1,20})"|(\d{1,3})\b)/;
const IN_PAIRS = /(?:^|\s)(?:level|lvl|severity)="?([A-Za-z]{1,20})\b/;
const WORD = /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|FATAL|PANIC|CRIT|CRITICAL|ALERT|EMERG)\b/;
const BRACKETED = /(?:^|\s)\[([A-Za-z]{3,11})\]|^([A-Za-z]{3,11}): /;
/** What a program prints that dies of an exception. */
const THROWN = /^(?:Uncaught |Unhandled )?\w*(?:Error|Exception)\b/;

/** How bad a line says it is; undefined when it does not say. Reads a line's beginning only, and parses nothing. */
export function levelOf(line: string): Level | undefined {
  const text = line.length > LOOKED_AT ? line.slice(0, LOOKED_AT) : line;
  const priority = JOURNALD.exec(text)?.[1];
  if (priority !== undefined) return PRIORITIES[Number(priority)];
  if (text.startsWith('{')) return inJson(text);
  const named = IN_PAIRS.exec(text)?.[1];
  if (named !== undefined) return byName(named);
  const start = text.slice(0, WORDS_WITHIN);
  const word = WORD.exec(start)?.[0];
  if (word !== undefined) return byName(word);
  const [, bracketed, led] = BRACKETED.exec(start) ?? [];
  return byName(bracketed ?? led ?? '') ?? (THROWN.test(start) ? 'error' : undefined);
}

function inJson(text: string): Level | undefined {
  const [, name, number] = IN_JSON.exec(text) ?? [];
  return number === undefined ? byName(name ?? '') : byNumber(Number(number));
}

function byName(name: string): Level | undefined {
  return Object.hasOwn(NAMES, name.toLowerCase()) ? NAMES[name.toLowerCase()] : undefined;
}

/** As pino and bunyan count; below ten they are those of syslog. */
function byNumber(number: number): Level | undefined {
  if (number < 10) return PRIORITIES[number];
  const steps: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
  return steps[Math.min(steps.length, Math.floor(number / 10)) - 1];
}

export function isError(level: Level | undefined): boolean {
  return level === 'error' || level === 'fatal';
}

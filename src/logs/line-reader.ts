import { sanitise } from '../base/sanitise.ts';
import { clean } from './clean.ts';
import { withoutColours } from './colours.ts';
import { JSON_FORMATS, TEXT_FORMATS } from './formats/all.ts';
import { isEntry } from './formats/entry.ts';
import { continues, TRACE } from './joined.ts';
import { type Level, levelOf, levelOfPriority } from './levels.ts';
import { type Fields, type HostLine, LONGEST_LINE, type Parsed } from './record.ts';
import type { When } from './times/when.ts';

export interface LineReaderOptions {
  /** Milliseconds since 1970: where neither host nor line tells the year. */
  readonly now: () => number;
  /** Minutes that times without a zone are ahead of UTC; 0 by default. */
  readonly zone?: number;
}

/** Reads the lines of one source, in the order they were written. */
export interface LineReader {
  /** Never throws. What is not understood is `plain`, as it came; what belongs to the line before is a `trace` of its level. */
  read: (line: HostLine) => Parsed;
}

const NO_FIELDS: Fields = Object.freeze(Object.create(null) as Fields);

/** One for each source: a line is read by itself, but for what continues the line before it. */
export function createLineReader({ now, zone = 0 }: LineReaderOptions): LineReader {
  let previous: Parsed | undefined;

  return { read: (line) => (previous = read(line)) };

  function read(line: HostLine): Parsed {
    const text = shortened(line.text);
    const plain = withoutColours(text);
    const when = { zone, near: line.t ?? now() };
    const known = asJson(plain, when) ?? asText(plain, when);
    if (known) return known.level === undefined ? { ...known, level: levelOfPriority(line.priority) } : known;
    if (continues(previous, plain)) return bare(TRACE, text, previous?.level);
    return bare('plain', text, levelOf(plain) ?? levelOfPriority(line.priority));
  }
}

function asJson(text: string, when: When): Parsed | undefined {
  const entry = text.charCodeAt(0) === 0x7b ? parsed(text) : undefined;
  if (!isEntry(entry)) return undefined;
  const format = JSON_FORMATS.find((one) => one.isOf(entry))!;
  return clean(format.read(entry, { text, when }), format.name);
}

function asText(text: string, when: When): Parsed | undefined {
  for (const format of TEXT_FORMATS) {
    const said = format.read(text, when);
    if (said) return clean(said, format.name);
  }
  return undefined;
}

function bare(format: string, text: string, level: Level | undefined): Parsed {
  return { format, level, t: undefined, message: sanitise(text), fields: NO_FIELDS };
}

/** Without the end of line that Windows has before ours. */
function shortened(text: string): string {
  if (text.length > LONGEST_LINE) return text.slice(0, LONGEST_LINE);
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

function parsed(text: string): unknown {
  if (!text.trimEnd().endsWith('}')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

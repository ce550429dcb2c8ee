import { isError, levelNamed } from './levels.ts';
import type { Parsed } from './record.ts';

/** What a line is read as that belongs to the one before it. */
export const TRACE = 'trace';

/** Frames and causes, which mean nothing on their own: JavaScript and Java, Ruby, and what Java leaves out. */
const FRAME = /^(?:\s+at \S|Caused by: |\s*\.\.\. \d+ (?:more|common frames)|\s*from .{1,500}:\d+:in\b)/;
/** Between the parts of a trace. */
const BETWEEN =
  /^(?:$|During handling of the above|The above exception was|note: run with |stack backtrace:|Suppressed: |[}\])]+;?$|exit status \d)/;
const BEGINS_TRACE = /^(?:Traceback \(most recent call last\):|goroutine \d+ \[[^\]]{1,60}\]:)/;
/** What ends a trace of Python: `ValueError: no`, `requests.exceptions.Timeout`, `KeyboardInterrupt`. */
const THROWN_BY_PYTHON = /^(?:[a-z_]\w{0,60}\.){0,20}[A-Z]\w{0,100}(?::|$)/;
const LINE_OF_GO = /^\s+\S.{0,1000}:\d+(?: \+0x[\da-f]+)?$/;
const CALLED_BY_GO = /^goroutine |^created by /;
const CALL =
  /^(?:created by )?[\w./*()[\]{}@$~%-]{1,300}(?:\([^)]{0,2000}\)|\.\.\.\))(?: in goroutine \d+)?$|^created by /;
const SIGNAL = /^\[signal /;
/** What loggers of Java put on the line behind an error that they log. */
const THROWN_BY_JAVA = /^(?:[a-z_$][\w$]{0,60}\.){1,20}[A-Z][\w$]{0,100}(?:Exception|Error|Throwable)(?::|$)/;

/** Speaks for itself whatever came before: a time, a level, an object. */
const OWN = /^\s{0,40}[[(<{]?\s{0,9}(?:\d{4}[-/]\d\d[-/]\d\d[T ]|\d\d:\d\d:\d\d|"|([A-Za-z]{3,11})[\]):]?(?=[\s:\])]))/;

/**
 * Whether a line belongs to the line before it of the same source, as a frame does to its error. Nothing has to be waited
 * for: it is known when the line comes. `previous` is that line as it was read, itself a TRACE if it continued another.
 */
export function continues(previous: Parsed | undefined, text: string): boolean {
  if (!previous) return false;
  if (FRAME.test(text)) return true;
  const isInTrace = previous.format === TRACE;
  const isAfterError = isError(previous.level);
  if (!isInTrace && !isAfterError) return false;
  if (BEGINS_TRACE.test(text)) return true;
  if (speaksForItself(text)) return false;
  if (/^\s+\S/.test(text)) return isAfterError;
  return isInTrace ? BETWEEN.test(text) || goesOn(previous.message, text) : followsError(previous, text);
}

/** The next frame of Go's, or Python's last line, behind a frame of theirs. */
function goesOn(before: string, text: string): boolean {
  if (LINE_OF_GO.test(before) || CALLED_BY_GO.test(before)) return CALL.test(text);
  return before.startsWith(' ') && !FRAME.test(before) && THROWN_BY_PYTHON.test(text);
}

/** Java throws on the next line, Rust says there what it was about, Go leaves one empty before its goroutines. */
function followsError(previous: Parsed, text: string): boolean {
  if (previous.format !== 'plain' && THROWN_BY_JAVA.test(text)) return true;
  if (/^thread '.*:\s*$/.test(previous.message)) return true;
  if (previous.message.startsWith('goroutine ')) return CALL.test(text);
  return (
    text.startsWith('note: run with ') || (previous.message.startsWith('panic: ') && (text === '' || SIGNAL.test(text)))
  );
}

function speaksForItself(text: string): boolean {
  const own = OWN.exec(text);
  if (!own) return false;
  return own[1] === undefined || (levelNamed(own[1]) !== undefined && own[1] === own[1].toUpperCase());
}

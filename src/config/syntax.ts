import { printParseErrorCode, type ParseError } from 'jsonc-parser';
import { nearest } from '../base/nearest.ts';
import { quoted } from './quoted.ts';

/** What is wrong with text that is not JSON, and where, in words of the person who wrote it. */
export function syntaxFault(text: string, error: ParseError): { readonly offset: number; readonly message: string } {
  const { offset, length } = error;
  const comma = trailingComma(text, offset);
  if (comma !== undefined) {
    return {
      offset: comma,
      message: `a comma after the last entry. Remove it: JSON has none before "${text[offset]!}".`,
    };
  }
  const token = text.slice(offset, offset + length);
  return { offset, message: messageFor(printParseErrorCode(error.error), token, text.slice(offset + length)) };
}

function messageFor(code: string, token: string, rest: string): string {
  switch (code) {
    case 'InvalidSymbol':
      return strangeWord(token, rest);
    case 'CommaExpected':
      return `expected a comma before ${found(token)}.`;
    case 'ColonExpected':
      return `expected ":" between key and value, got ${found(token)}.`;
    case 'PropertyNameExpected':
      return `expected a key in double quotes, got ${found(token)}.`;
    case 'ValueExpected':
      return `expected a value, got ${found(token)}.`;
    case 'CloseBraceExpected':
      return `expected "}", got ${found(token)}: an object is not closed.`;
    case 'CloseBracketExpected':
      return `expected "]", got ${found(token)}: a list is not closed.`;
    case 'EndOfFileExpected':
      return `nothing can follow the end of the object, got ${found(token)}.`;
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return 'a comment. Remove it: JSON has none.';
    case 'UnexpectedEndOfString':
      return 'a text without its closing double quote on the same line.';
    case 'InvalidCharacter':
      return 'a control character in a text. Write it as an escape, such as \\n or \\t.';
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return 'an escape that JSON does not know. A backslash itself is written "\\\\".';
    case 'UnexpectedEndOfNumber':
      return `expected a number, got ${found(token)}.`;
    default:
      return `${found(token)} cannot stand here.`;
  }
}

function strangeWord(word: string, rest: string): string {
  if (word.startsWith("'")) return `${quoted(word)}: texts and keys stand in double quotes.`;
  if (/^\s*:/.test(rest)) return `the key ${quoted(word)} needs double quotes.`;
  const meant = nearest(word, ['true', 'false', 'null']);
  return meant
    ? `${quoted(word)} is not JSON. Did you mean ${meant}?`
    : `${quoted(word)} is not JSON. A text needs double quotes.`;
}

function found(token: string): string {
  return token === '' ? 'the end of the file' : quoted(token.startsWith('"') ? token.slice(1, -1) : token);
}

/** Offset of a comma that stands right before the closing bracket at `offset`. */
function trailingComma(text: string, offset: number): number | undefined {
  if (!/[}\]]/.test(text[offset] ?? '')) return undefined;
  const before = text.slice(0, offset).trimEnd();
  return before.endsWith(',') ? before.length - 1 : undefined;
}

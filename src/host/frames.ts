import { sanitise } from '../base/sanitise.ts';

/** One line of an answer: `@<nonce> TAB kind TAB field …`. */
export interface Frame {
  readonly kind: string;
  readonly fields: readonly string[];
}

/**
 * The frame in a line that a host sent, or undefined when the line does not carry this request's nonce: what a login
 * script or a command printed can never pass for an answer.
 */
export function parseFrame(line: string, nonce: string): Frame | undefined {
  if (!line.startsWith(`@${nonce}\t`)) return undefined;
  const [kind = '', ...fields] = line
    .slice(nonce.length + 2)
    .split('\t')
    .map(decode);
  return { kind, fields };
}

/** Percent-decoding of bytes; what is not UTF-8 becomes U+FFFD. */
export function decode(field: string): string {
  if (!field.includes('%')) return field;
  const bytes: number[] = [];
  const raw = Buffer.from(field, 'utf8');
  for (let i = 0; i < raw.length; i += 1) {
    const hex = raw[i] === 0x25 ? raw.toString('latin1', i + 1, i + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    } else {
      bytes.push(raw[i]!);
    }
  }
  return Buffer.from(bytes).toString('utf8');
}

/** Field `index` as text for people: sanitised, "" when absent. */
export function text(frame: Frame, index: number): string {
  return sanitise(frame.fields[index] ?? '');
}

/** Field `index` as a number; undefined when it is absent or none. */
export function number(frame: Frame, index: number): number | undefined {
  const field = frame.fields[index];
  if (field === undefined || !/^-?\d+(\.\d+)?$/.test(field)) return undefined;
  return Number(field);
}

/**
 * Cuts a byte stream into lines; a line that never ends is cut at `MAX_LINE` so that memory stays bounded. What follows of it is
 * left out: it is no line, and may look like one of ours.
 */
export class LineSplitter {
  private readonly decoder = new TextDecoder();
  private rest = '';
  /** The line that has been cut goes on. */
  private isCut = false;

  push(chunk: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    if (this.isCut) this.#leaveOut(lines);
    if (this.rest.length > MAX_LINE) {
      lines.push(this.rest);
      this.rest = '';
      this.isCut = true;
    }
    return lines;
  }

  end(): string[] {
    const last = this.isCut ? '' : this.rest + this.decoder.decode();
    this.rest = '';
    return last === '' ? [] : [last];
  }

  #leaveOut(lines: string[]): void {
    if (lines.shift() === undefined) this.rest = '';
    else this.isCut = false;
  }
}

const MAX_LINE = 1_000_000;

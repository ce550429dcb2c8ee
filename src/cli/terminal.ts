import { createInterface as createReader } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { createTurns } from '../ssh/turns.ts';
import type { Turns } from '../ssh/turns.ts';
import { HiddenLine } from './hidden-line.ts';
import type { Typed } from './hidden-line.ts';
import type { Voice } from './voice.ts';

/** Where a person sits. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly voice: Voice;
}

export interface Asking {
  /** Takes the question back. */
  readonly signal?: AbortSignal | undefined;
  /** What Ctrl-C does, and what becomes of the question. `signal`: whoever listens has heard it already. */
  readonly onInterrupt: (heard: 'key' | 'signal') => 'stays' | 'ends';
}

const turns = new WeakMap<NodeJS.ReadStream, Turns>();

/** One question at a time is on a terminal, whoever asks it: two readers would share out the keys between them. */
export function turnsAt(input: NodeJS.ReadStream): Turns {
  const known = turns.get(input) ?? createTurns();
  turns.set(input, known);
  return known;
}

/** One line. Undefined when the signal ends it, or the input does. */
export function readLine(terminal: Terminal, question: string, asking: Asking): Promise<string | undefined> {
  return terminal.voice === 'sentences'
    ? readWhole(terminal, question, asking)
    : readEdited(terminal, question, asking);
}

/**
 * A line that the terminal itself edits and hands over whole, below a question that has a line of its own: nothing is ever
 * drawn again, and whatever is said meanwhile begins a line.
 */
async function readWhole({ input, output }: Terminal, question: string, { signal, onInterrupt }: Asking) {
  output.write(`${question.trim()}\n`);
  if (input.readableEnded || input.destroyed || signal?.aborted === true) return undefined;
  const reader = createReader({ input, terminal: false });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const end = () => resolve(undefined);
  const interrupted = () => {
    // behind the ^C that the terminal has written
    output.write('\n');
    // whoever else listens has heard it; without anybody the process may end by it
    process.off('SIGINT', interrupted);
    if (onInterrupt('signal') === 'ends') end();
    else process.on('SIGINT', interrupted);
  };
  reader.once('line', (line) => resolve(line.trim())).once('close', end);
  signal?.addEventListener('abort', end, { once: true });
  process.on('SIGINT', interrupted);
  try {
    return await promise;
  } finally {
    process.off('SIGINT', interrupted);
    signal?.removeEventListener('abort', end);
    reader.close();
  }
}

async function readEdited({ input, output }: Terminal, question: string, { signal, onInterrupt }: Asking) {
  const terminal = createInterface({ input, output });
  try {
    const closed = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
    // readline takes Ctrl-C for itself
    terminal.on('SIGINT', () => {
      if (onInterrupt('key') === 'ends') terminal.close();
    });
    const answer = terminal.question(question, signal ? { signal } : {}).catch(() => undefined);
    return (await Promise.race([answer, closed]))?.trim();
  } finally {
    terminal.close();
  }
}

/** One line that is not shown. Undefined when it was declined, or taken back. */
export async function readHidden({ input, output }: Terminal, question: string, asking: Asking) {
  const { signal, onInterrupt } = asking;
  const line = new HiddenLine();
  const typed = await new Promise<Typed>((resolve) => {
    const hear = (chunk: Buffer | string) => {
      const { typed: how, rest } = line.feed(Buffer.from(chunk as Buffer));
      if (how === 'typing') return;
      end(how);
      if (rest !== '') input.unshift(Buffer.from(rest));
    };
    const end = (how: Typed) => {
      input.off('data', hear).off('end', decline).off('error', decline).pause();
      input.setRawMode(false);
      signal?.removeEventListener('abort', decline);
      output.write('\n');
      resolve(how);
    };
    const decline = () => end('declined');
    input.setRawMode(true);
    // not before: what is typed fast would be shown
    output.write(question);
    input.on('data', hear).once('end', decline).once('error', decline).resume();
    signal?.addEventListener('abort', decline, { once: true });
    if (signal?.aborted === true) decline();
  });
  if (typed === 'interrupted') onInterrupt('key');
  return typed === 'entered' ? line.text : undefined;
}

import xterm from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { LONGEST_COPY, copySequence } from '../../src/tui/terminal/osc52.ts';

/** What a terminal puts into its clipboard when this is written to it. */
async function clipboardOf(written: string): Promise<string[]> {
  const term = new xterm.Terminal({ allowProposedApi: true });
  const copied: string[] = [];
  term.parser.registerOscHandler(52, (data) => {
    copied.push(Buffer.from(data.replace(/^c;/, ''), 'base64').toString());
    return true;
  });
  await new Promise<void>((done) => term.write(written, done));
  expect(term.buffer.active.getLine(0)?.translateToString(true)).toBe('');
  term.dispose();
  return copied;
}

function sequence(text: string, env: NodeJS.ProcessEnv = {}): string {
  const copy = copySequence(text, env);
  if (copy.type !== 'copy') throw new Error(copy.type);
  return copy.sequence;
}

const tmux = { TMUX: '/tmp/tmux-0/default,1,0' };
const screen = { STY: '1.pts-0.host' };

/** As tmux does it with allow-passthrough, and screen always: what is wrapped goes on to the terminal outside. */
const fromTmux = (text: string) =>
  [...text.matchAll(/\u001bPtmux;((?:\u001b\u001b|[^\u001b])*)\u001b\\/g)]
    .map(([, inner]) => inner!.replaceAll('\u001b\u001b', '\u001b'))
    .join('');
const fromScreen = (text: string) => [...text.matchAll(/\u001bP([^]*?)\u001b\\/g)].map(([, inner]) => inner).join('');

const TEXTS = ['', 'one line', 'zwei\nZeilen\t\u001b]52;c;x\u0007', '東京 ✓ 🚀', 'x'.repeat(5000)];

describe('copying', () => {
  test.each(TEXTS)('puts the very text into the clipboard: %j', async (text) => {
    expect(await clipboardOf(sequence(text))).toEqual([text]);
  });

  test.each(TEXTS)('under tmux it can be taken by tmux or handed on: %j', async (text) => {
    const written = sequence(text, tmux);
    const wrapped = written.indexOf('\u001bPtmux;');
    expect(await clipboardOf(written.slice(0, wrapped))).toEqual([text]);
    expect(await clipboardOf(fromTmux(written.slice(wrapped)))).toEqual([text]);
  });

  test.each(TEXTS)('under screen it is handed on in short pieces: %j', async (text) => {
    const written = sequence(text, screen);
    const pieces = [...written.matchAll(/\u001bP[^]*?\u001b\\/g)].map(([piece]) => piece);
    expect(pieces.join('')).toBe(written);
    for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(80);
    expect(await clipboardOf(fromScreen(written))).toEqual([text]);
  });

  test('counts bytes, not characters', () => {
    expect(copySequence('東京', {})).toMatchObject({ type: 'copy', bytes: 6 });
  });

  test('refuses more than terminals take, and says how much that is', () => {
    expect(sequence('x'.repeat(LONGEST_COPY))).toHaveLength(100_000);
    const tooLong = { type: 'tooLong', bytes: LONGEST_COPY + 2, limit: LONGEST_COPY };
    expect(copySequence(`${'x'.repeat(LONGEST_COPY - 1)}東`, {})).toEqual(tooLong);
  });
});

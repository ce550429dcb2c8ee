import type { SuspendTerminal } from 'ink';
import { expect, test } from 'vitest';
import { createPainter } from '../../src/tui/terminal/painter.ts';
import { VirtualTerminal } from './support/virtual-terminal.ts';

const size = { columns: 20, rows: 3 };
const frameOf = (...rows: string[]) => ({ rows: rows.map((text) => text.padEnd(20)), size });

test('only rows that have changed are written', async () => {
  const terminal = new VirtualTerminal(20, 3);
  const { paint } = createPainter(terminal.stdout);
  paint(frameOf('one', 'two', 'three'));
  await terminal.until('three');
  const before = terminal.raw.length;
  paint(frameOf('one', '2', 'three'));
  await terminal.until((text) => text === 'one\n2\nthree');
  expect(terminal.raw.slice(before)).toMatch(/2;1H/);
  expect(terminal.raw.slice(before)).not.toContain('one');
});

test('a row as wide as the screen, at its very end, scrolls nothing', async () => {
  const terminal = new VirtualTerminal(20, 3);
  const { paint } = createPainter(terminal.stdout);
  const wide = '一二三四五六七八九十';
  paint({ rows: [wide, 'x'.repeat(20), wide], size });
  await terminal.until((text) => text === [wide, 'x'.repeat(20), wide].join('\n'));
});

test('what is left of a wider row is erased', async () => {
  const terminal = new VirtualTerminal(20, 3);
  const { paint } = createPainter(terminal.stdout);
  paint(frameOf('東京東京東京', '', ''));
  paint(frameOf('a', '', ''));
  await terminal.until((text) => text.trimEnd() === 'a');
});

test('another size paints everything anew', async () => {
  const terminal = new VirtualTerminal(20, 3);
  const { paint } = createPainter(terminal.stdout);
  paint(frameOf('one', 'two', 'three'));
  await terminal.until('three');
  terminal.resize(20, 4);
  paint({ rows: ['one', 'two', 'three', 'four'], size: { columns: 20, rows: 4 } });
  await terminal.until((text) => text === 'one\ntwo\nthree\nfour');
});

test('nothing is painted while somebody else has the terminal, and everything afterwards', async () => {
  const terminal = new VirtualTerminal(20, 3);
  const painter = createPainter(terminal.stdout);
  painter.paint(frameOf('one', 'two', 'three'));
  await terminal.until('three');
  const handOver = (() => Promise.resolve({ resume: () => Promise.resolve() })) as unknown as SuspendTerminal;
  const { resume } = await painter.around(handOver)();
  const before = terminal.raw.length;
  painter.paint(frameOf('four', 'two', 'three'));
  expect(terminal.raw).toHaveLength(before);
  terminal.stdout.write('\u001b[2Jthe shell was here');
  await resume();
  await terminal.until((text) => text === 'four\ntwo\nthree');
});

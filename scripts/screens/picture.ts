import xterm from '@xterm/headless';
import { cellsOf } from './cells.ts';
import { svg } from './svg.ts';
import type { Size } from './tmux.ts';

/** A captured screen, a row a line, as an SVG. */
export async function pictureOf(coloured: string, size: Size, title: string): Promise<string> {
  const { columns, rows } = size;
  const term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  try {
    // without a line feed behind the last row, which would scroll
    const text = coloured.replace(/\n$/, '').replaceAll('\n', '\r\n');
    await new Promise<void>((resolve) => term.write(text, resolve));
    return svg(cellsOf(term.buffer.active, size), { columns, title });
  } finally {
    term.dispose();
  }
}

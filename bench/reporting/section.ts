/** A part of the report: what was measured, and the figures. The first column is text, the others are numbers. */
export interface Section {
  readonly title: string;
  readonly notes: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** For a terminal. */
export function asText({ title, notes, head, rows }: Section): readonly string[] {
  return ['', title, ...notes, '', ...aligned([head, ...rows])];
}

/** For a document. */
export function asMarkdown({ title, notes, head, rows }: Section): readonly string[] {
  const line = (cells: readonly string[]) => `| ${head.map((_, column) => cells[column] ?? '').join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return ['', `## ${title}`, '', ...notes.flatMap((note) => [note, '']), line(head), line(rule), ...rows.map(line)];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]! + 2)))
      .join('')
      .trimEnd(),
  );
}

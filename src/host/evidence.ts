/** What a host tells of an instance that has failed (82-evidence.sh), in the order in which it does. */
export const EVIDENCE_PARTS = ['exit', 'status', 'ports', 'response', 'log'] as const;
export type EvidencePart = (typeof EVIDENCE_PARTS)[number];

/** A part of it: at most `EVIDENCE_LINES` lines of at most `EVIDENCE_LINE` characters. */
export interface Evidence {
  readonly part: EvidencePart;
  readonly lines: readonly string[];
}

export const EVIDENCE_LINES = 50;
export const EVIDENCE_LINE = 500;

/** The fields of a worker's frame of kind "evidence", sanitised already; undefined for a part that is none. */
export function readEvidence([name, ...lines]: readonly string[]): Evidence | undefined {
  const part = EVIDENCE_PARTS.find((one) => one === name);
  if (part === undefined) return undefined;
  // an answer is often one long line, of which the end counts, too
  const bounded = lines.flatMap((line) => (part === 'response' ? pieces(line) : line.slice(0, EVIDENCE_LINE)));
  return { part, lines: bounded.slice(0, EVIDENCE_LINES) };
}

function pieces(line: string): readonly string[] {
  const characters = Array.from(line);
  const count = Math.max(1, Math.ceil(characters.length / EVIDENCE_LINE));
  return Array.from({ length: count }, (_, index) =>
    characters.slice(index * EVIDENCE_LINE, (index + 1) * EVIDENCE_LINE).join(''),
  );
}

import { type Evidence, EVIDENCE_PARTS, type EvidencePart } from '../host/evidence.ts';

/** What was gathered of the newest failure of an instance, by part; parts that are still to come are missing. */
export type InstanceEvidence = Readonly<Partial<Record<EvidencePart, readonly string[]>>>;

/** With one part more. The first part begins a failure of its own: nothing of an older one is left beside it. */
export function withPart(before: InstanceEvidence = {}, { part, lines }: Evidence): InstanceEvidence {
  return part === EVIDENCE_PARTS[0] ? { [part]: lines } : { ...before, [part]: lines };
}

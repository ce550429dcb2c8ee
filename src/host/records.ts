import { parseForeign } from '../base/foreign-json.ts';
import * as z from 'zod';
import { sanitise } from '../base/sanitise.ts';
import type { LockOwner, ReleaseRecord, ReleaseStatus } from './state.ts';

/** The JSON that hosts keep, read as what it is: text that anybody could have written. */
const words = z.string().transform(sanitise);

const ledgerSchema = z.object({
  status: z.enum(['preparing', 'ready', 'good', 'failed', 'left']),
  sequence: z.number().int().nonnegative(),
  revision: words.optional(),
  subject: words.default(''),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  recipe: z.string().optional(),
  by: words.default('unknown'),
  at: z.number().default(0),
  bad: words.optional(),
  irreversible: words.optional(),
  kept: z.boolean().default(false),
});

const ownerSchema = z.object({
  rollout: z.string().regex(/^[A-Za-z0-9-]+$/),
  who: words,
  since: z.number(),
  why: words,
  state: z.enum(['held', 'paused']),
  machine: z.string(),
  boot: z.string(),
  pid: z.number().int(),
});

const historySchema = z.object({
  at: z.number(),
  by: words,
  what: words,
  release: words.optional(),
  from: words.optional(),
  outcome: words,
  why: words.optional(),
  rollout: words.optional(),
});

/** One line of the audit trail: something was changed, by whom, and how it ended. */
export type HistoryRecord = z.infer<typeof historySchema>;

/** What the ledger says of a release; undefined when the line cannot be read. */
export function parseLedger(
  id: string,
  json: string,
  { present }: { readonly present: boolean },
): ReleaseRecord | undefined {
  const ledger = parseForeign(ledgerSchema, json);
  if (!ledger || !isReleaseName(id)) return undefined;
  const { revision, recipe, bad, irreversible } = ledger;
  return { ...ledger, id, present, revision, recipe, bad, irreversible };
}

export interface LedgerFacts {
  readonly status: ReleaseStatus;
  readonly sequence: number;
  readonly revision: string | undefined;
  readonly subject: string;
  readonly digest: string;
  readonly recipe: string;
  readonly by: string;
  readonly at: number;
  readonly irreversible?: string | undefined;
}

/** The host script changes the status in place: it has to be the first key. */
export function formatLedger({ status, ...facts }: LedgerFacts): string {
  return JSON.stringify({ status, ...facts });
}

export function parseOwner(json: string): LockOwner | undefined {
  return parseForeign(ownerSchema, json);
}

export function parseHistory(json: string): HistoryRecord | undefined {
  return parseForeign(historySchema, json);
}

export function isReleaseName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(name);
}

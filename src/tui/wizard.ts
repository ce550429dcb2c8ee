import type { DeployRef } from '../git/refs.ts';
import type { AuditTrail } from '../rollout/audit.ts';
import type { Changes } from '../rollout/changes.ts';
import type { Problem } from './state.ts';

/** Choosing what to deploy. */
export interface PickerView {
  /** What is typed: it filters the refs, and can be taken as one itself. */
  readonly text: string;
  readonly refs: RefsView;
}

export type RefsView =
  | { readonly type: 'reading' }
  /** Newest first. */
  | { readonly type: 'read'; readonly refs: readonly DeployRef[] }
  | { readonly type: 'failed'; readonly problem: Problem };

/** What going from one revision to another would change. */
export interface ChangesView {
  readonly from: string | undefined;
  readonly to: string;
  readonly changes: Changes;
}

/** Who changed what. What was read before stays while it is read again. */
export interface TrailView {
  readonly trail: AuditTrail | undefined;
  readonly reading: boolean;
  readonly problem: Problem | undefined;
}

export const noPicker: PickerView = { text: '', refs: { type: 'reading' } };

export const noTrail: TrailView = { trail: undefined, reading: false, problem: undefined };

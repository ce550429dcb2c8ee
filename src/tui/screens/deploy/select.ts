import fuzzysort from 'fuzzysort';
import type { DeployRef } from '../../../git/refs.ts';
import { liveRelease } from '../../../rollout/fleet.ts';
import type { UiState } from '../../state.ts';
import type { PickerView } from '../../wizard.ts';

/** A line of the picker. */
export type Pick =
  /** What hosts.json says, else HEAD. */
  | { readonly type: 'default' }
  | { readonly type: 'ref'; readonly ref: DeployRef }
  /** What is typed, taken as a ref: git knows more of them than are listed. */
  | { readonly type: 'asItIs'; readonly text: string };

const NONE: readonly DeployRef[] = [];

/** What was found last in a list: one frame asks for it several times. */
const foundLast = new WeakMap<readonly DeployRef[], { readonly text: string; readonly picks: readonly Pick[] }>();

export function refsOf({ refs }: PickerView): readonly DeployRef[] {
  return refs.type === 'read' ? refs.refs : NONE;
}

/** Everything that can be picked for what is typed. */
export function picksOf({ picker }: UiState): readonly Pick[] {
  const refs = refsOf(picker);
  const text = picker.text.trim();
  const last = foundLast.get(refs);
  if (last?.text === text) return last.picks;
  const picks = picksFor(refs, text);
  foundLast.set(refs, { text, picks });
  return picks;
}

function picksFor(refs: readonly DeployRef[], text: string): readonly Pick[] {
  if (text === '') return [{ type: 'default' }, ...refs.map((ref): Pick => ({ type: 'ref', ref }))];
  const named = refs.filter((ref) => isNamed(ref, text));
  const like = searched(refs, text).filter((ref) => !named.includes(ref));
  const found = [...named, ...like].map((ref): Pick => ({ type: 'ref', ref }));
  return named.length > 0 ? found : [...found, { type: 'asItIs', text }];
}

/** Digits that are enough for git to take them as a commit. */
const ID = /^[0-9a-f]{4,64}$/;

/** It is the very thing that is typed: its name, or the beginning of its id. */
function isNamed({ name, kind, revision }: DeployRef, text: string): boolean {
  return name === text || (kind === 'commit' && ID.test(text) && revision.startsWith(text));
}

/** The best match first. */
function searched(refs: readonly DeployRef[], text: string): readonly DeployRef[] {
  const keys = ['name', 'subject', ({ revision }: DeployRef) => shortId(revision)];
  return fuzzysort.go(text, refs, { keys, threshold: 0.3, limit: 0 }).map(({ obj }) => obj);
}

export function shortId(revision: string): string {
  return revision.slice(0, 7);
}

/** The line that is marked. */
export function pickedRef(state: UiState): Pick | undefined {
  const picks = picksOf(state);
  return picks[Math.min(state.cursor.deploy, picks.length - 1)];
}

/** What is to be deployed; empty for what hosts.json says. A name may move on, so a ref is told by its commit. */
export function targetOf(pick: Pick | undefined): string {
  switch (pick?.type) {
    case undefined:
    case 'default':
      return '';
    case 'ref':
      return pick.ref.revision;
    case 'asItIs':
      return pick.text;
  }
}

/** The commit of what is live. */
export function liveRevision(state: UiState): string | undefined {
  return liveRelease(state.fleet.fleet?.releases ?? [])?.revision;
}

import { unreachable } from '../../../base/errors.ts';
import type { RolloutView } from '../../state.ts';
import { PHASES, placeOf } from './history.ts';
import { hasFailed } from './select.ts';

/** How an instance stands in a rollout: how far it has come, `place` of six phases, and where it is going. */
export type Stand =
  | { readonly type: 'old' | 'kept' | 'skipped' | 'reverted' | 'updated' | 'retired' }
  /** It has failed at that place, and is back. */
  | { readonly type: 'failedBack'; readonly place: number }
  /** On its way, in that phase. */
  | { readonly type: 'forward'; readonly place: number; readonly word: string }
  /** All that was asked of it is done, but it is still to be watched. */
  | { readonly type: 'unwatched'; readonly place: number }
  /** On its way back to what it ran before. */
  | { readonly type: 'back'; readonly place: number }
  | { readonly type: 'broken'; readonly place: number; readonly word: 'failed' | 'unreachable' | 'unverified' };

const BAKING = placeOf('baking');

export function standOf(view: RolloutView, id: string): Stand {
  const { state, history, outline } = view;
  const progress = state.instances[id];
  const planned = outline.places.get(id)?.planned;
  if (!progress) return { type: planned?.change === 'none' ? 'kept' : 'old' };
  const { reached = 0 } = history.instances[id] ?? {};
  const phase = progress.state;
  switch (phase) {
    case 'old':
    case 'skipped':
      return { type: phase };
    case 'reverted':
      return backStand(view, id);
    case 'retired':
      return planned?.change === 'retire' ? { type: phase } : backStand(view, id);
    case 'failed':
    case 'unreachable':
    case 'unverified':
      return { type: 'broken', place: reached, word: phase };
    case 'reverting':
      return { type: 'back', place: placeOf('switched') };
    case 'updated':
      return isPlanned(view, id) ? watchedStand(view, id) : backStand(view, id);
    case 'stopped':
      if (reached === PHASES.length) return { type: 'back', place: placeOf(phase) };
      return { type: 'forward', place: placeOf(phase), word: phase };
    case 'switched':
    case 'starting':
    case 'verifying':
    case 'baking':
      if (!isPlanned(view, id)) return { type: 'back', place: placeOf(phase) };
      return { type: 'forward', place: placeOf(phase), word: phase };
    default:
      return unreachable(phase);
  }
}

/** Where it failed is not forgotten when it is back. */
function backStand(view: RolloutView, id: string): Stand {
  if (!hasFailed(view, id)) return { type: 'reverted' };
  return { type: 'failedBack', place: view.history.instances[id]?.reached ?? 0 };
}

/** Whether it is at the release that the plan brings; any other is one to go back to. */
function isPlanned({ state }: RolloutView, id: string): boolean {
  return state.plan === undefined || state.instances[id]?.release === state.plan.release.id;
}

/** What runs the release is done once it was watched. */
function watchedStand({ state, outline }: RolloutView, id: string): Stand {
  const watchedIn = outline.places.get(id)?.watchedIn;
  const current = (state.step?.index ?? 0) - 1;
  if (watchedIn === undefined || current > watchedIn || state.phase === 'Succeeded') return { type: 'updated' };
  if (current === watchedIn && state.bake) return { type: 'forward', place: BAKING, word: 'baking' };
  return { type: 'unwatched', place: BAKING - 1 };
}

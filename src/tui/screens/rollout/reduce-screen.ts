import { unreachable } from '../../../base/errors.ts';
import type { Action } from '../../actions.ts';
import type { RolloutView, UiState } from '../../state.ts';
import { layoutOf } from './panes.ts';

const TYPES = ['switchPane', 'pin', 'follow', 'toLine', 'foldStep', 'showOf'] as const;

/** What a person does to the screen of a rollout, and to nothing else. */
export type ScreenAction = Extract<Action, { type: (typeof TYPES)[number] }>;

export function isScreenAction(action: { readonly type: string }): action is ScreenAction {
  return (TYPES as readonly string[]).includes(action.type);
}

/** What is looked at anew is shown from its end, and what has failed with the reason. */
const unread = { shows: undefined, evidenceBottom: undefined } as const;

export function reduceScreen(state: UiState, rollout: RolloutView, action: ScreenAction): RolloutView {
  switch (action.type) {
    case 'switchPane':
      return { ...rollout, pane: rollout.pane === 'tree' ? 'detail' : 'tree' };
    case 'pin':
      return { ...rollout, ...unread, ...visible(state, rollout), pinned: action.instance };
    case 'follow': {
      const log = { ...rollout.log, bottom: undefined };
      return { ...rollout, ...unread, pinned: undefined, cursor: undefined, log };
    }
    case 'toLine':
      return { ...rollout, ...unread, cursor: action.line, opened: openedFor(rollout, action.line) };
    case 'foldStep':
      return { ...rollout, opened: { ...rollout.opened, [action.index]: action.to } };
    case 'showOf':
      return { ...rollout, ...visible(state, rollout), shows: action.what, evidenceBottom: undefined };
    default:
      return unreachable(action);
  }
}

/** Where there is room for either the tree or the details, the details come. */
function visible({ size }: UiState, { pane }: RolloutView): Pick<RolloutView, 'pane'> {
  return { pane: layoutOf(size) === 'list' ? 'detail' : pane };
}

/** Whoever goes to an instance wants to see it. */
function openedFor({ opened, outline }: RolloutView, line: string): RolloutView['opened'] {
  const step = outline.places.get(line)?.step;
  return step === undefined || opened[step] !== 'closed' ? opened : { ...opened, [step]: 'open' };
}

import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';

// prettier-ignore
export const reviewKeys: readonly Binding[] = [
  { id: 'start', keys: ['y'], label: 'start', help: 'Start what the plan says. A protected stage asks for its name.', scopes: ['review'], priority: 1, danger: true, guarded: true, twin: 'slipway deploy STAGE --yes', disabledReason: because.noStart, run: ({ session }) =>
    session?.protected ? { type: 'openDialog', dialog: { name: 'typeStage', text: '' } } : { type: 'start' } },
  { id: 'chooseAgain', keys: ['b'], label: 'choose again', help: 'Go back to where the ref or the release was chosen.', scopes: ['review'], priority: 2, twin: 'view', run: () => ({ type: 'cancelPlanning' }) },
];

import type { Binding } from '../../keys/binding.ts';

// prettier-ignore
export const historyKeys: readonly Binding[] = [
  { id: 'rereadHistory', keys: ['r'], label: 'refresh', help: 'Ask the hosts again.', scopes: ['history'], priority: 1, twin: 'slipway history STAGE', run: () => ({ type: 'show', screen: 'history' }) },
];

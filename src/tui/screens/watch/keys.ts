import * as because from '../../keys/because.ts';
import type { Binding } from '../../keys/binding.ts';

// prettier-ignore
export const watchKeys: readonly Binding[] = [
  { id: 'watchStage', keys: ['W'], label: 'watch', help: 'Watch health, restarts, CPU, memory, errors, work and disks over the last minutes, with alerts.', scopes: ['fleet'], priority: 6, twin: 'slipway watch STAGE', disabledReason: because.noSession, run: () => ({ type: 'show', screen: 'watch' }) },
];

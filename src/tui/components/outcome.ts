import type { Style } from '../theme.ts';

const STYLES: Readonly<Record<string, Style>> = {
  succeeded: 'ok',
  rolledBack: 'warn',
  superseded: 'warn',
  accepted: 'warn',
  aborted: 'bad',
  failed: 'bad',
};

/** How a record of the audit trail looks; hosts may hold outcomes of newer versions. */
export function outcomeStyle(outcome: string): Style {
  return Object.hasOwn(STYLES, outcome) ? STYLES[outcome]! : 'plain';
}

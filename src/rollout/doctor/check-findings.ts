import type { Finding } from '../../host/state.ts';
import { type Area, type Check, checksOf } from '../diagnosis.ts';

/** Where what the host script finds missing (needs.ts) belongs to. */
export const AREA_OF: Readonly<Record<string, Area | undefined>> = {
  ...{ tool: 'tools', readonly: 'disk' },
  ...{ shared: 'folder', real: 'folder', denied: 'folder' },
  ...{ sudo: 'rights', journal: 'rights', socket: 'rights', level: 'rights' },
  ...{ setsid: 'service', linger: 'service', lingers: 'service', unit: 'service' },
  ...{ proxy: 'service', server: 'service', check: 'service' },
};

export function checkFindings(findings: readonly Finding[]): readonly Check[] {
  return findings.map(({ kind, severity, what, mend }) => {
    const area = checksOf(AREA_OF[kind] ?? 'rights');
    return severity === 'missing' ? area.bad(what, mend) : area.warning(what, mend);
  });
}

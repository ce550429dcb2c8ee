import { subjectName, type TrippedAlert, trippedAlerts } from '../../../analysis/alerts.ts';
import type { HostVitals, Lookout } from '../../../analysis/lookout.ts';
import type { InstanceVitals } from '../../../analysis/vitals.ts';
import type { Alert } from '../../../config/settings-alerts.ts';
import type { UiState } from '../../state.ts';

/** A line of the screen: a host, or an instance below its own. */
export type WatchLine =
  | { readonly type: 'host'; readonly host: string; readonly vitals: HostVitals; readonly alerts: ReadonlySet<Alert> }
  | {
      readonly type: 'instance';
      readonly id: string;
      /** Undefined until it is heard of. */
      readonly vitals: InstanceVitals | undefined;
      /** `old`: its host tells nothing any more. */
      readonly news: 'fresh' | 'old';
      readonly alerts: ReadonlySet<Alert>;
    };

/** Hosts in the order of hosts.json, each with its instances. */
export function watchLines({ lookout }: UiState): readonly WatchLine[] {
  if (!lookout) return [];
  const alerts = alertsBySubject(lookout);
  const none: ReadonlySet<Alert> = new Set();
  return [...lookout.hosts].flatMap(([host, vitals]): readonly WatchLine[] => [
    { type: 'host', host, vitals, alerts: alerts.get(host) ?? none },
    ...lookout.settings.instances
      .filter((one) => one.host === host)
      .map(({ id }) => ({
        ...({ type: 'instance', id, vitals: lookout.vitals.instances.get(id) } as const),
        news: vitals.trouble === undefined ? ('fresh' as const) : ('old' as const),
        alerts: alerts.get(id) ?? none,
      })),
  ]);
}

/** Those that stand, as they are now. */
export function standingAlerts({ lookout, now }: UiState): readonly TrippedAlert[] {
  return lookout ? trippedAlerts(lookout.alerts).map((alert) => ({ ...alert, t: now })) : [];
}

function alertsBySubject({ alerts }: Lookout): ReadonlyMap<string, ReadonlySet<Alert>> {
  const found = new Map<string, Set<Alert>>();
  for (const { subject, alert } of trippedAlerts(alerts)) {
    const name = subjectName(subject);
    found.set(name, (found.get(name) ?? new Set()).add(alert));
  }
  return found;
}

import { parseDuration } from '../base/duration.ts';
import { parseSize } from '../base/size.ts';
import type { Path } from './json.ts';
import type { AlertsEntry, RoleAlertsEntry } from './schema-alerts.ts';
import type { Alert, AlertRule, AlertSettings, AlertUnit } from './settings-alerts.ts';
import type { Stage } from './stage.ts';

/** What holds where an alert says nothing of it. */
export const ALERT_DEFAULTS = {
  for: '30s',
  down: { for: '15s' },
  restarts: { within: '10m' },
} as const;

/** How much better than the threshold it has to be again, where nothing is said. */
const BETTER = 0.1;

/** Those of each role, with what stands above them, and those of hosts; what cannot be is told as a mistake. */
export function resolveAlerts(stage: Stage): AlertSettings {
  const { alerts = {} } = stage.entry;
  const instances = [...stage.roles].map(([role, entry]) => {
    const merged: RoleAlertsEntry = { ...alerts, ...entry.alerts };
    const pathOf = (alert: string) =>
      Object.hasOwn(entry.alerts ?? {}, alert) ? ['roles', role, 'alerts', alert] : ['alerts', alert];
    if (entry.alerts?.work && entry.metrics?.work === undefined) {
      stage.mistake(pathOf('work'), 'needs "metrics" with "work" in the role: nothing else tells what gets done.');
    }
    return [role, rulesOf(merged, { pathOf, mistake: stage.mistake })] as const;
  });
  const place = { pathOf: (alert: string) => ['alerts', alert], mistake: stage.mistake };
  return { instances: new Map(instances), hosts: hostRules(alerts, place) };
}

interface Place {
  readonly pathOf: (alert: string) => Path;
  readonly mistake: Stage['mistake'];
}

function rulesOf(entry: RoleAlertsEntry, place: Place): readonly AlertRule[] {
  const { down, healthLatency, restarts, cpu, memory, errors, work } = entry;
  const rules = [
    down && yesNo('down', down),
    healthLatency && bounded({ ...healthLatency, alert: 'healthLatency', of: duration }, place),
    restarts && restartRule(restarts),
    cpu && bounded({ ...cpu, alert: 'cpu', of: cores }, place),
    memory && bounded({ ...memory, alert: 'memory', of: amount }, place),
    errors && bounded({ ...errors, alert: 'errors', of: number('perMinute') }, place),
    work && bounded({ ...work, alert: 'work', of: number('perSecond') }, place),
  ];
  return rules.filter((rule) => rule !== undefined && rule !== false);
}

function hostRules({ disk, down }: AlertsEntry, place: Place): readonly AlertRule[] {
  const rules = [disk && bounded({ ...disk, alert: 'disk', of: share }, place), down && yesNo('unreachable', down)];
  return rules.filter((rule) => rule !== undefined && rule !== false);
}

function yesNo(alert: Alert, entry: { readonly for?: string | undefined }): AlertRule {
  const plain = { unit: 'yesNo', bound: 'above', threshold: 0, clear: 0, withinMs: undefined } as const;
  return { alert, ...plain, forMs: parseDuration(entry.for ?? ALERT_DEFAULTS.down.for)! };
}

/** A restart stays in sight for as long as it counts, so nothing has to hold. */
function restartRule({ above, within }: { readonly above: number; readonly within?: string | undefined }): AlertRule {
  const withinMs = parseDuration(within ?? ALERT_DEFAULTS.restarts.within)!;
  return { alert: 'restarts', unit: 'count', bound: 'above', threshold: above, clear: above, forMs: 0, withinMs };
}

/** A written value and in what it is counted. */
interface Measured {
  readonly value: number;
  readonly unit: AlertUnit;
}

interface Written<Value> {
  readonly alert: Alert;
  readonly above?: Value;
  readonly below?: Value;
  readonly clear?: Value | undefined;
  readonly for?: string | undefined;
  readonly of: (written: Value) => Measured;
}

function bounded<Value extends string | number>(entry: Written<Value>, { pathOf, mistake }: Place): AlertRule {
  const { alert, above, below, of } = entry;
  const bound = above === undefined ? 'below' : 'above';
  const threshold = of((above ?? below)!);
  const clear = entry.clear === undefined ? undefined : of(entry.clear);
  const path = [...pathOf(alert), 'clear'];
  if (clear && clear.unit !== threshold.unit) {
    mistake(path, `must be of the kind that "${bound}" is: both a share, or both an amount.`);
  } else if (clear && (bound === 'above' ? clear.value > threshold.value : clear.value < threshold.value)) {
    const side = bound === 'above' ? 'at most' : 'at least';
    mistake(
      path,
      `must be ${side} what "${bound}" says (${String((above ?? below)!)}), or it would be over before it began.`,
    );
  }
  return {
    ...{ alert, unit: threshold.unit, bound, threshold: threshold.value },
    clear: clear?.value ?? threshold.value * (bound === 'above' ? 1 - BETTER : 1 + BETTER),
    forMs: parseDuration(entry.for ?? ALERT_DEFAULTS.for)!,
    withinMs: undefined,
  };
}

const duration = (written: string): Measured => ({ value: parseDuration(written)!, unit: 'ms' });
const share = (written: string): Measured => ({ value: Number.parseFloat(written) / 100, unit: 'share' });
const cores = (written: string): Measured => ({ value: Number.parseFloat(written) / 100, unit: 'cores' });
const number =
  (unit: AlertUnit) =>
  (value: number): Measured => ({ value, unit });

function amount(written: string): Measured {
  const bytes = parseSize(written);
  return bytes === undefined ? share(written) : { value: bytes, unit: 'bytes' };
}

import { formatBytes } from '../base/bytes.ts';
import { formatDuration, writtenDuration } from '../base/duration.ts';
import type { Alert, AlertUnit } from '../config/settings-alerts.ts';
import { type AlertEvent, subjectName } from './alerts.ts';

const NAMES: Readonly<Record<Alert, string>> = {
  down: 'down',
  healthLatency: 'health latency',
  restarts: 'restarts',
  cpu: 'CPU',
  memory: 'memory',
  errors: 'errors',
  work: 'work',
  disk: 'disk',
  unreachable: 'unreachable',
};

export function alertName(alert: Alert): string {
  return NAMES[alert];
}

/** 912 ms, 93%, 450 MB, 14/min. */
export function measured(value: number, unit: AlertUnit): string {
  switch (unit) {
    case 'ms':
      return value < 10_000 ? `${Math.round(value)} ms` : formatDuration(value);
    case 'cores':
    case 'share':
      return `${Math.round(value * 100)}%`;
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return String(value);
    case 'perMinute':
      return `${rounded(value)}/min`;
    case 'perSecond':
      return `${rounded(value)}/s`;
    case 'yesNo':
      return value > 0 ? 'yes' : 'no';
  }
}

/** Three digits are enough for the eye. */
export function rounded(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** One sentence without its end: "bot.1@fra-1: memory is 461 MB, above 450 MB for 30s". */
export function alertWords(event: AlertEvent): string {
  const { type, alert, unit, bound, value, threshold, t, since } = event;
  const name = subjectName(event.subject);
  const lasted = writtenDuration(Math.max(0, Math.round((t - since) / 1000)) * 1000);
  if (alert === 'down')
    return type === 'tripped' ? `${name} is down for ${lasted}` : `${name} is up again after ${lasted}`;
  if (alert === 'unreachable') {
    return type === 'tripped' ? `${name} tells nothing for ${lasted}` : `${name} can be reached again after ${lasted}`;
  }
  const limit = `${bound} ${measured(threshold, unit)}`;
  const are = /s$/.test(NAMES[alert]) ? 'are' : 'is';
  const what = `${name}: ${NAMES[alert]} ${are} ${measured(value, unit)}`;
  if (type === 'cleared') return `${what} again, after ${lasted} ${limit}`;
  return alert === 'restarts' ? `${what}, ${limit}` : `${what}, ${limit} for ${lasted}`;
}

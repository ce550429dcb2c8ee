import type { Alert, AlertRule, AlertUnit } from '../config/settings-alerts.ts';

/** Whom an alert is about. */
export type Subject = { readonly instance: string } | { readonly host: string };

/** What is known of one subject at one moment. What is undefined, or not there, is unknown, and changes nothing. */
export interface Reading {
  readonly subject: Subject;
  readonly rules: readonly AlertRule[];
  /** Ms since 1970: the one clock there is. */
  readonly t: number;
  readonly values: Readonly<Partial<Record<Alert, number | undefined>>>;
}

export interface AlertEvent {
  readonly type: 'tripped' | 'cleared';
  readonly subject: Subject;
  readonly alert: Alert;
  readonly unit: AlertUnit;
  readonly bound: 'above' | 'below';
  /** When it was told. */
  readonly t: number;
  readonly value: number;
  readonly threshold: number;
  /** Since when the value was on the wrong side. */
  readonly since: number;
}

/** An alert that was told, and has not been told to be over. */
export interface TrippedAlert extends Omit<AlertEvent, 'type'> {
  readonly type: 'tripped';
}

export interface AlertsState {
  /** Longer without a reading than this, and what was about to be told begins anew: nobody knows what was meanwhile. */
  readonly gapMs: number;
  readonly standings: ReadonlyMap<string, Standing>;
}

/** Of one alert of one subject. */
interface Standing {
  readonly tripped: TrippedAlert | undefined;
  /** Readings in a row, without a break, that speak for the other side. */
  readonly turning: { readonly since: number; readonly readings: number } | undefined;
  readonly lastT: number;
}

/** One reading proves nothing. */
const LEAST_READINGS = 2;

export function noAlerts(everyMs: number): AlertsState {
  return { gapMs: everyMs * 3, standings: new Map() };
}

export interface Told {
  readonly state: AlertsState;
  readonly events: readonly AlertEvent[];
}

/** Takes what is known of a subject; each trip and each clear is one event. */
export function takeReading(state: AlertsState, reading: Reading): Told {
  const standings = new Map(state.standings);
  const events: AlertEvent[] = [];
  for (const rule of reading.rules) {
    const value = reading.values[rule.alert];
    if (value === undefined || Number.isNaN(value)) continue;
    const key = keyOf(reading.subject, rule.alert);
    const before = standings.get(key);
    const { standing, event } = step(before, {
      rule,
      value,
      t: reading.t,
      subject: reading.subject,
      gapMs: state.gapMs,
    });
    standings.set(key, standing);
    if (event) events.push(event);
  }
  return { state: { ...state, standings }, events };
}

/** Those that stand, in the order in which they were told. */
export function trippedAlerts({ standings }: AlertsState): readonly TrippedAlert[] {
  return [...standings.values()].flatMap(({ tripped }) => tripped ?? []).sort((a, b) => a.t - b.t);
}

export function subjectName(subject: Subject): string {
  return 'instance' in subject ? subject.instance : subject.host;
}

function keyOf(subject: Subject, alert: Alert): string {
  return `${'instance' in subject ? 'instance' : 'host'} ${subjectName(subject)} ${alert}`;
}

interface Moment {
  readonly rule: AlertRule;
  readonly subject: Subject;
  readonly value: number;
  readonly t: number;
  readonly gapMs: number;
}

function step(
  before: Standing | undefined,
  moment: Moment,
): { readonly standing: Standing; readonly event?: AlertEvent } {
  const { rule, value, t } = moment;
  const tripped = before?.tripped;
  const turns = tripped ? isOver(rule, value) : isWrong(rule, value);
  if (!turns) return { standing: { tripped: now(tripped, value), turning: undefined, lastT: t } };
  const turning = goOn(before, moment);
  const isDue = turning.readings >= LEAST_READINGS && t - turning.since >= rule.forMs;
  if (!isDue) return { standing: { tripped: now(tripped, value), turning, lastT: t } };
  const { alert, unit, bound, threshold } = rule;
  const event = {
    ...{ subject: moment.subject, alert, unit, bound, t, value, threshold },
    since: tripped?.since ?? turning.since,
  };
  if (tripped)
    return { standing: { tripped: undefined, turning: undefined, lastT: t }, event: { type: 'cleared', ...event } };
  const told: TrippedAlert = { type: 'tripped', ...event };
  return { standing: { tripped: told, turning: undefined, lastT: t }, event: told };
}

/** What is shown of it is how it is, not how it was. */
function now(tripped: TrippedAlert | undefined, value: number): TrippedAlert | undefined {
  return tripped && { ...tripped, value };
}

function goOn(
  before: Standing | undefined,
  { t, gapMs }: Moment,
): { readonly since: number; readonly readings: number } {
  const { turning, lastT = t } = before ?? {};
  if (!turning || t - lastT > gapMs || t < lastT) return { since: t, readings: 1 };
  return { since: turning.since, readings: turning.readings + 1 };
}

function isWrong({ bound, threshold }: AlertRule, value: number): boolean {
  return bound === 'above' ? value > threshold : value < threshold;
}

function isOver({ bound, clear }: AlertRule, value: number): boolean {
  return bound === 'above' ? value <= clear : value >= clear;
}

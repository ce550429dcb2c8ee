/** What a person may want to be told of, by the names that hosts.json gives them. */
export const ALERTS = [
  'down',
  'healthLatency',
  'restarts',
  'cpu',
  'memory',
  'errors',
  'work',
  'disk',
  'unreachable',
] as const;
export type Alert = (typeof ALERTS)[number];

/** In what a value, a threshold and where it clears are counted. `yesNo`: 1 is yes; `cores`: 1 is all of one. */
export type AlertUnit = 'ms' | 'cores' | 'bytes' | 'share' | 'count' | 'perMinute' | 'perSecond' | 'yesNo';

/** Tripped when the value was on the wrong side of the threshold for so long; cleared when it was on the right side of `clear` for so long. */
export interface AlertRule {
  readonly alert: Alert;
  readonly unit: AlertUnit;
  readonly bound: 'above' | 'below';
  readonly threshold: number;
  /** On the right side of the threshold, or the same: what flaps around the threshold trips once. */
  readonly clear: number;
  readonly forMs: number;
  /** Of restarts: those of so long count. */
  readonly withinMs: number | undefined;
}

export interface AlertSettings {
  /** By role; none for a role that nobody wants to be told of. */
  readonly instances: ReadonlyMap<string, readonly AlertRule[]>;
  /** Of every host: its disk, and whether it can be reached. */
  readonly hosts: readonly AlertRule[];
}

/** Who is told when an alert trips or clears. */
export interface WebhookSettings {
  readonly type: 'webhook';
  /** `variable`: the name of an environment variable, here, that holds the URL. A URL is a secret: whoever has it may post. */
  readonly url:
    { readonly type: 'written'; readonly url: string } | { readonly type: 'variable'; readonly name: string };
}

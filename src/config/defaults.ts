/** What holds where hosts.json says nothing. */
export const DEFAULTS = {
  ref: 'HEAD',
  keepReleases: 5,
  prepareTimeout: '15m',
  hookTimeout: '5m',
  scope: 'system',
  batch: 1,
  maxUnavailable: '25%',
  maxFailures: 0,
  onFailure: 'rollback',
  bake: '0s',
  watch: '10m',
  canary: 1,
  approve: 'manual',
  keepWarm: '10m',
  server: '{role}.{instance}',
  progressDeadline: '10m',
  parallel: 10,
  interval: '1s',
  timeout: '2s',
  minHealthyTime: '10s',
  healthyDeadline: '2m',
} as const;

/** The shortest time between two looks. */
export const POLL_MS = 100;

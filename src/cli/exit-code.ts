/** What a run's exit code says. The README's table is made from this. */
export const EXIT_CODES = {
  0: 'done',
  1: 'a defect of slipway',
  2: 'your input: arguments, hosts.json, the repository',
  3: 'a host or a command failed; nothing was changed',
  4: 'failed, and back on what ran before',
  5: 'needs a person: paused, left, or instances on different releases',
  6: 'locked by somebody else, or taken over by them in the middle',
  130: 'interrupted; nothing was changed',
} as const;

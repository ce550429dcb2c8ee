/** What was looked for, and the host that a line is of: each has one of eight looks beside its name. */
export type LogStyle = 'hit' | `host${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

type LogPalette = Readonly<Record<LogStyle, string>>;

/** Where there are no colours the name alone tells hosts apart. */
export const logMono: LogPalette = {
  hit: '7',
  ...{ host0: '', host1: '', host2: '', host3: '', host4: '', host5: '', host6: '', host7: '' },
};

export const logDark: LogPalette = {
  hit: '7',
  ...{ host0: '36', host1: '35', host2: '94', host3: '33' },
  ...{ host4: '32', host5: '1;36', host6: '1;35', host7: '1;94' },
};

export const logLight: LogPalette = {
  hit: '7',
  ...{ host0: '34', host1: '35', host2: '94', host3: '90' },
  ...{ host4: '1', host5: '1;34', host6: '1;35', host7: '1;94' },
};

export const logColourBlind: LogPalette = {
  hit: '7',
  ...{ host0: '', host1: '35', host2: '94', host3: '90' },
  ...{ host4: '1', host5: '1;90', host6: '1;35', host7: '1;94' },
};

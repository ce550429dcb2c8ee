/** The settings of one host, as `ssh -G` prints them: keyword in lower case → its values in order, one for each line. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;

/** Names that keywords had before. */
const RENAMED: Readonly<Record<string, string>> = {
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  identityfile2: 'identityfile',
  pubkeyacceptedkeytypes: 'pubkeyacceptedalgorithms',
};

export function currentKeyword(keyword: string): string {
  const lower = keyword.toLowerCase();
  return RENAMED[lower] ?? lower;
}

/** The first value, or undefined where it is "none" or not set. */
export function valueOf(config: SshConfig, keyword: string): string | undefined {
  const value = config.get(keyword)?.[0];
  return value === undefined || /^none$/i.test(value) ? undefined : value;
}

/** A switch; OpenSSH takes and prints both pairs of words. */
export function isOn(config: SshConfig, keyword: string): boolean {
  return /^(?:yes|true)$/i.test(config.get(keyword)?.[0] ?? '');
}

/** A switch that is on unless it is switched off. */
export function isOff(config: SshConfig, keyword: string): boolean {
  return /^(?:no|false)$/i.test(config.get(keyword)?.[0] ?? '');
}

/** A number greater than zero. */
export function numberOf(config: SshConfig, keyword: string): number | undefined {
  const number = Number(valueOf(config, keyword));
  return number > 0 ? number : undefined;
}

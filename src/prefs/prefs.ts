import Conf from 'conf';

/** What slipway remembers on this machine between runs: conveniences, never state. */
export interface Prefs {
  /** The stage that was open last for a configuration file. */
  lastStage(file: string): string | undefined;
  rememberStage(file: string, stage: string): void;
}

export function openPrefs(): Prefs {
  const conf = new Conf<{ stages: Record<string, string> }>({ projectName: 'slipway', projectSuffix: '' });
  const stages = () => conf.get('stages', {});
  return {
    lastStage: (file) => stages()[file],
    rememberStage: (file, stage) => conf.set('stages', { ...stages(), [file]: stage }),
  };
}

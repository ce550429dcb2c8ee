import { saidOf } from './entry.ts';
import type { Said, TextFormat } from './format.ts';
import { pairsOf } from './pairs.ts';
import type { When } from '../times/when.ts';

const names = {
  level: ['level', 'lvl', 'severity', 'at', 'log.level'],
  time: ['time', 'ts', 'timestamp', 't', '@time', 'date'],
  message: ['msg', 'message', 'event'],
};

/** `ts=2024-01-01T12:00:00Z level=info msg="started" port=80` */
export const logfmt: TextFormat = { name: 'logfmt', read: readPairs };

/** logrus, where nobody looks at a terminal: `time="2015-03-26T01:27:38-04:00" level=debug msg="…" number=8` */
export const logrusText: TextFormat = {
  name: 'logrus',
  read: (text, when) => (text.startsWith('time="') ? readPairs(text, when) : undefined),
};

const BEGINS = /^[A-Za-z_@][\w.@/-]{0,99}=/;

function readPairs(text: string, when: When): Said | undefined {
  if (!BEGINS.test(text)) return undefined;
  const pairs = pairsOf(text);
  if (!pairs || pairs.count < 2) return undefined;
  const said = saidOf(pairs.fields, names, { text, when });
  // a sentence with an equals sign in it is no logfmt
  return pairs.bare === 0 || said.level !== undefined || said.t !== undefined ? said : undefined;
}

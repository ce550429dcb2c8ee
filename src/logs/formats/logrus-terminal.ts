import { levelNamed } from '../levels.ts';
import { NOTHING_TOLD, type TextFormat } from './format.ts';
import { pairsOf } from './pairs.ts';

const LINE = /^(TRAC|DEBU|INFO|WARN|ERRO|FATA|PANI)\[[^\]]{4,30}\] ?(.*)$/s;

/** logrus as it writes to terminals: `INFO[0000] A walrus appears            animal=walrus`. It tells no time of day. */
export const logrusTerminal: TextFormat = {
  name: 'logrus',
  read(text) {
    const [, level, rest] = LINE.exec(text) ?? [];
    if (level === undefined || rest === undefined) return undefined;
    const first = /\s[A-Za-z_@][\w.@/-]{0,99}=/.exec(rest);
    const pairs = first ? pairsOf(rest, first.index) : undefined;
    const message = (pairs ? rest.slice(0, first!.index) : rest).trimEnd();
    return { level: levelNamed(level), t: undefined, message, fields: pairs?.fields ?? {}, told: NOTHING_TOLD };
  },
};

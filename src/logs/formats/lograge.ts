import { levelOfStatus } from '../levels.ts';
import { saidOf } from './entry.ts';
import type { Said, TextFormat } from './format.ts';
import { isRequest, requestOf } from './lograge-json.ts';
import { pairsOf } from './pairs.ts';
import type { When } from '../times/when.ts';

const names = { level: ['level', 'severity'], time: ['time', 'timestamp'], message: [] };
/** Behind Rails' tags, if any: `[87a5dceb] [alice] method=…`. */
const BEGINS = /^(?:\[[^\]]{0,100}\] ?){0,4}(?=method=\w+ path=)/;

/** `method=GET path=/ format=html controller=Home action=index status=200 duration=58.33 view=40.43 db=15.26` */
export const lograge: TextFormat = { name: 'lograge', read: readLograge };

export function readLograge(text: string, when: When): Said | undefined {
  const begins = BEGINS.exec(text);
  const fields = begins ? pairsOf(text, begins[0].length)?.fields : undefined;
  if (!fields || !isRequest(fields)) return undefined;
  const said = saidOf(fields, names, { text, when });
  return { ...said, message: requestOf(fields), level: said.level ?? levelOfStatus(Number(fields['status'])) };
}

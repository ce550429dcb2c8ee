import { isText, jsonFormat } from './entry.ts';
import type { Entry } from './format.ts';

const names = { level: ['level'], time: ['time'], message: ['msg'] };

/** `{"level":30,"time":1531171074631,"pid":657,"hostname":"a","msg":"…"}`; levels may be words, the time ISO 8601. */
export const pino = jsonFormat('pino', names, (entry) => 'time' in entry && (isNumbered(entry) || isWorded(entry)));

function isNumbered(entry: Entry): boolean {
  return typeof entry['level'] === 'number' && !(isText(entry['time']) && 'v' in entry) && !('message' in entry);
}

function isWorded(entry: Entry): boolean {
  return isText(entry['level']) && typeof entry['time'] === 'number' && 'pid' in entry && 'hostname' in entry;
}

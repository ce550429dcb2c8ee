import { isEntry, levelOfValue, saidOf } from './entry.ts';
import type { Entry, JsonFormat } from './format.ts';

const names = { level: ['log.level', 'level'], time: ['@timestamp'], message: ['message'] };

/** Elastic's common schema: `{"@timestamp":"…","log.level":"INFO","message":"…"}`, or with `"log":{"level":"INFO"}`. */
export const ecs: JsonFormat = {
  name: 'ecs',
  isOf: (entry) => '@timestamp' in entry && ('log.level' in entry || isEntry(entry['log']) || 'ecs.version' in entry),
  read(entry, line) {
    const said = saidOf(entry, names, line);
    return said.level === undefined ? { ...said, level: nested(entry) } : said;
  },
};

function nested(entry: Entry): ReturnType<typeof levelOfValue> {
  return isEntry(entry['log']) ? levelOfValue(entry['log']['level']) : undefined;
}

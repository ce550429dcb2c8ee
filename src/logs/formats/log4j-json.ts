import { isEntry, isText, saidOf } from './entry.ts';
import type { JsonFormat } from './format.ts';

const names = { level: ['level'], time: ['timeMillis', 'instant', 'timestamp'], message: ['message'] };

/** log4j's own layout: `{"timeMillis":1546896321871,"level":"INFO","loggerName":"a","message":"…"}`, Logstash's the like. */
export const log4jJson: JsonFormat = {
  name: 'log4j-json',
  isOf: (entry) => 'loggerName' in entry && 'level' in entry,
  read(entry, line) {
    const said = saidOf(entry, names, line);
    const event = entry['logEvent'];
    return isEntry(event) && isText(event['message']) ? { ...said, message: event['message'] } : said;
  },
};

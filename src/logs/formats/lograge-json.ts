import { levelOfStatus } from '../levels.ts';
import { isText, saidOf } from './entry.ts';
import type { Entry, JsonFormat } from './format.ts';

const names = { level: ['level', 'severity'], time: ['time', '@timestamp', 'timestamp'], message: [] };

/** A request to Rails: `{"method":"GET","path":"/","format":"html","controller":"Home","action":"index","status":200,…}` */
export const logrageJson: JsonFormat = {
  name: 'lograge',
  isOf: (entry) => isRequest(entry) && ('controller' in entry || 'action' in entry),
  read(entry, line) {
    const said = saidOf(entry, names, line);
    return { ...said, message: requestOf(entry), level: said.level ?? levelOfStatus(Number(entry['status'])) };
  },
};

export function isRequest(entry: Entry): boolean {
  return isText(entry['method']) && isText(entry['path']) && 'status' in entry;
}

/** `GET /admin 500` */
export function requestOf(entry: Entry): string {
  return [entry['method'], entry['path'], entry['status']].map(String).join(' ');
}

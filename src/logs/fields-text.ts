import { sanitise } from '../base/sanitise.ts';
import type { FieldValue, Fields, LogRecord } from './record.ts';

/** What every line of a process repeats. */
const CONSTANT = new Set(['pid', 'hostname', 'v']);

/** `code=ETIMEDOUT attempt=3`, without what every line repeats; empty where a line brings none. */
export function fieldsText(fields: Fields): string {
  return Object.entries(fields)
    .filter(([key]) => !CONSTANT.has(key))
    .map(([key, value]) => `${sanitise(key)}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: FieldValue): string {
  const text = sanitise(typeof value === 'string' ? value : JSON.stringify(value));
  return typeof value === 'string' && /[\s"=]|^$/.test(text) ? JSON.stringify(text) : text;
}

/** What a line says, and behind it its fields, unless it says them already. */
export function wholeText({ message, fields, text }: Pick<LogRecord, 'message' | 'fields' | 'text'>): string {
  const more = message === text ? '' : fieldsText(fields);
  return more === '' ? message : `${message}  ${more}`;
}

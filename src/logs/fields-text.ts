import { sanitise } from '../base/sanitise.ts';
import type { FieldValue, LogRecord } from './record.ts';

/** What every line of a process repeats. */
const CONSTANT = new Set(['pid', 'hostname', 'v']);

type Said = Pick<LogRecord, 'message' | 'fields' | 'text'>;

/** `code=ETIMEDOUT attempt=3`, without what every line repeats; empty where a line brings none, or says them already. */
export function fieldsText({ message, fields, text }: Said): string {
  if (message === text) return '';
  return Object.entries(fields)
    .filter(([key]) => !CONSTANT.has(key))
    .map(([key, value]) => `${sanitise(key)}=${valueText(value)}`)
    .join(' ');
}

function valueText(value: FieldValue): string {
  const text = sanitise(typeof value === 'string' ? value : JSON.stringify(value));
  return typeof value === 'string' && /[\s"=]|^$/.test(text) ? JSON.stringify(text) : text;
}

/** What a line says, and behind it its fields. */
export function wholeText(said: Said): string {
  const fields = fieldsText(said);
  return fields === '' ? said.message : `${said.message}  ${fields}`;
}

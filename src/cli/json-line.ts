import { sanitise } from '../base/sanitise.ts';

/**
 * One line of JSON for programs, every text of it sanitised: people look at it on a terminal, too, and what reads it may
 * print it. Sets, which have no JSON of their own, become lists.
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'string') return sanitise(part);
    return part instanceof Set ? [...(part as Set<unknown>)] : part;
  });
}

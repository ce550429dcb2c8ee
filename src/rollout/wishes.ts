import { sanitise } from '../base/sanitise.ts';
import type { RolloutContext } from './context.ts';
import type { Intent } from './session.ts';

/** What may be asked of a rollout from another terminal, or another machine. Leaving is for whoever sits at it. */
export const WISHES = ['pause', 'resume', 'abort', 'rollback'] as const;
export type WishedIntent = (typeof WISHES)[number] & Intent;

/** A line of the control file that a rollout has on each host. */
export interface Wish {
  /** The same on all hosts: it is heard once. */
  readonly id: string;
  readonly intent: WishedIntent;
  /** `ana@laptop` */
  readonly by: string;
}

/** Whoever may write to the folder may ask; what they write is not trusted to be anything. */
export function parseWish(line: string): Wish | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, intent, by } = value as Partial<Record<keyof Wish, unknown>>;
  const known = WISHES.find((one) => one === intent);
  if (known === undefined || typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || typeof by !== 'string')
    return undefined;
  return { id, intent: known, by: sanitise(by).slice(0, 200) };
}

/** Hears lines of all hosts; what is legal now is done, and either is told, so that whoever asked can read the answer. */
export function hearWishes({ controls, events }: RolloutContext): (line: string) => void {
  const heard = new Set<string>();
  return (line) => {
    const wish = parseWish(line);
    if (wish === undefined || heard.has(wish.id)) return;
    heard.add(wish.id);
    const refused = controls.send(wish.intent);
    events.emit({ type: 'rollout.asked', ...wish, ...(refused === undefined ? {} : { refused }) });
  };
}

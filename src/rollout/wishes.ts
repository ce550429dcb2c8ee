import * as z from 'zod';
import { parseForeign } from '../base/foreign-json.ts';
import { sanitise } from '../base/sanitise.ts';
import type { RolloutContext } from './context.ts';

/** What may be asked of a rollout from another terminal, or another machine. Leaving is for whoever sits at it. */
export type WishedIntent =
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'abort' }
  | { readonly type: 'rollback' }
  /** A gate is passed, or a verdict that says nothing accepted; `all`: so is every gate, bake and analysis that is left. */
  | { readonly type: 'approve'; readonly scope: 'step' | 'all'; readonly why: string }
  /** An instance that failed is tried again. */
  | { readonly type: 'retry'; readonly instance: string }
  /** What is left to do on a host is left undone. */
  | { readonly type: 'skip'; readonly host: string };

/** A line of the control file that a rollout has on each host. */
export interface Wish {
  /** The same on all hosts: it is heard once. */
  readonly id: string;
  readonly intent: WishedIntent;
  /** `ana@laptop` */
  readonly by: string;
}

/** What a wish may name. */
export interface Known {
  readonly instances: { has(id: string): boolean };
  readonly hosts: { has(name: string): boolean };
}

const told = (most: number) => z.string().transform((text) => sanitise(text).slice(0, most));

function wishSchema({ instances, hosts }: Known) {
  return z.object({
    id: z.string().regex(/^[\w-]{1,64}$/),
    intent: z.discriminatedUnion('type', [
      z.object({ type: z.literal('pause') }),
      z.object({ type: z.literal('resume') }),
      z.object({ type: z.literal('abort') }),
      z.object({ type: z.literal('rollback') }),
      z.object({ type: z.literal('approve'), scope: z.enum(['step', 'all']), why: told(500) }),
      z.object({ type: z.literal('retry'), instance: z.string().refine((id) => instances.has(id)) }),
      z.object({ type: z.literal('skip'), host: z.string().refine((name) => hosts.has(name)) }),
    ]),
    by: told(200),
  });
}

/** Whoever may write to the folder may ask; what they write is not trusted to be anything. */
export function parseWish(line: string, known: Known): Wish | undefined {
  return parseForeign(wishSchema(known), line);
}

/** Hears lines of all hosts; what is legal now is done, and either is told, so that whoever asked can read the answer. */
export function hearWishes({ controls, events, instances, hosts }: RolloutContext): (line: string) => void {
  const heard = new Set<string>();
  const known: Known = { instances, hosts: new Set(hosts.map(({ host }) => host)) };
  return (line) => {
    const wish = parseWish(line, known);
    if (wish === undefined || heard.has(wish.id)) return;
    heard.add(wish.id);
    const refused = controls.send(wish.intent, wish.by);
    events.emit({ type: 'rollout.asked', ...wish, ...(refused === undefined ? {} : { refused }) });
  };
}

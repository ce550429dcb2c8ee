import { Agent } from 'node:http';
import { ask } from './poller.ts';

/** What clients saw of one request. */
export interface Seen {
  readonly url: string;
  /** When it was sent, `performance.now()`. */
  readonly at: number;
  readonly release: string | undefined;
}

export interface Load extends AsyncDisposable {
  /** How many were answered so far. */
  count(): number;
  /** Those that did not answer with 200. */
  readonly failed: readonly Seen[];
  /** The release that each address answered with last. */
  releases(): Readonly<Record<string, string | undefined>>;
}

/** Asks these addresses in turn, so many times a second all together, over connections that are kept. */
export function startLoad(urls: readonly string[], perSecond: number): Load {
  const agent = new Agent({ keepAlive: true });
  const failed: Seen[] = [];
  const last = new Map<string, Seen>();
  const under = new Set<Promise<void>>();
  const began = performance.now();
  let sent = 0;
  let answered = 0;
  const send = async (url: string) => {
    const at = performance.now();
    const { up, release } = await ask(url, agent);
    answered += 1;
    const seen = { url, at, release };
    if (!up) failed.push(seen);
    if (at >= (last.get(url)?.at ?? 0)) last.set(url, seen);
  };
  const timer = setInterval(() => {
    // a tick that comes late makes up for it
    for (const due = ((performance.now() - began) / 1000) * perSecond; sent < due; sent += 1) {
      const asking = send(urls[sent % urls.length]!).finally(() => under.delete(asking));
      under.add(asking);
    }
  }, 5);
  return {
    count: () => answered,
    failed,
    releases: () => Object.fromEntries(urls.map((url) => [url, last.get(url)?.release])),
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      await Promise.all(under);
      agent.destroy();
    },
  };
}

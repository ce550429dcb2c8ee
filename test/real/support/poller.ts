import { Agent, get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from './site.ts';

export interface Answer {
  /** It answered with 200. */
  readonly up: boolean;
  /** What its reply says that it runs. */
  readonly release: string | undefined;
}

/** Asks an instance for its health over the network, from outside. */
export function ask(url: string, agent?: Agent): Promise<Answer> {
  return new Promise((resolve) => {
    const down = () => resolve({ up: false, release: undefined });
    const request = get(url, { timeout: 3000, ...(agent ? { agent } : {}) }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('error', down).on('end', () => {
        const release = /"release":"([^"]+)"/.exec(body)?.[1];
        resolve({ up: response.statusCode === 200, release });
      });
    });
    request.on('timeout', () => request.destroy()).on('error', down);
  });
}

/** Watches from outside what users would notice. */
export interface Poller extends AsyncDisposable {
  /** The most instances that were out at one moment since the last call. */
  worst(): number;
  /** What was seen since the last call, in order: "12.345 bot.1@fra-1 out". */
  story(): readonly string[];
}

const EVERY_MS = 50;

/** Asks every instance every 50 ms; settles when each has been asked once. */
export async function watchFromOutside(instances: readonly Instance[]): Promise<Poller> {
  const over = new AbortController();
  const out = new Set<string>();
  let worst = 0;
  let story: string[] = [];
  const learn = (id: string, { up, release }: Answer) => {
    if (up !== out.has(id)) return;
    if (up) out.delete(id);
    else out.add(id);
    worst = Math.max(worst, out.size);
    story.push(`${(performance.now() / 1000).toFixed(3)} ${id} ${up ? `serves ${release ?? '?'}` : 'out'}`);
  };
  const watch = async ({ id, url }: Instance, first: () => void) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!over.signal.aborted) {
      learn(id, await ask(url, agent));
      first();
      await pause(EVERY_MS);
    }
    agent.destroy();
  };
  const watching: Promise<void>[] = [];
  await Promise.all(
    instances.map((instance) => new Promise<void>((resolve) => watching.push(watch(instance, resolve)))),
  );
  return {
    worst: () => {
      const seen = worst;
      worst = out.size;
      return seen;
    },
    story: () => {
      const seen = story;
      story = [];
      return seen;
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await Promise.all(watching);
    },
  };
}

import { get } from 'node:http';
import { sanitise } from '../base/sanitise.ts';

/** Somebody outside who asks an instance what it runs, as its users would. */
export type Testimony =
  { readonly type: 'serves'; readonly release: string } | { readonly type: 'ails'; readonly why: string };

const PATIENCE_MS = 5000;
const LONGEST = 10_000;

/** Asks `/` and `/healthz`: an instance serves when both answer 200 and name the same release. */
export async function ask(url: string): Promise<Testimony> {
  try {
    const [greeting, health] = [await fetchText(`${url}/`), await fetchText(`${url}/healthz`)];
    const greeted = /^Hello from release (\S+)!$/m.exec(greeting.body)?.[1];
    if (greeting.status !== 200 || greeted === undefined) return ails(`/ answers ${greeting.status}, ${greeting.body}`);
    if (health.status !== 200) return ails(`/healthz answers ${health.status}, ${health.body}`);
    const told = releaseIn(health.body);
    return told === greeted
      ? { type: 'serves', release: sanitise(greeted) }
      : ails(`/ says release ${greeted}, /healthz says ${told ?? 'none'}`);
  } catch (error) {
    return ails(error instanceof Error ? error.message : String(error));
  }
}

function ails(why: string): Testimony {
  return { type: 'ails', why: sanitise(why.trim().slice(0, 200)) };
}

function releaseIn(body: string): string | undefined {
  const answer: unknown = JSON.parse(body);
  if (typeof answer !== 'object' || answer === null || !('release' in answer)) return undefined;
  return typeof answer.release === 'string' ? answer.release : undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Over a connection of its own: one that was kept from the release before would only say that it is gone. */
function fetchText(url: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body = (body + piece).slice(0, LONGEST)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

import { alertWords } from '../analysis/alert-words.ts';
import type { AlertEvent } from '../analysis/alerts.ts';
import type { Clock } from '../base/clock.ts';
import type { WebhookSettings } from '../config/settings-alerts.ts';
import { urlProblem } from '../config/webhook.ts';

export interface NotifierOptions {
  readonly app: string;
  readonly stage: string;
  readonly targets: readonly WebhookSettings[];
  /** Where URLs are that hosts.json only names. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Why somebody could not be told; once for each of them, until it could. It holds no URL. */
  readonly onTrouble: (message: string) => void;
}

export interface Notifier {
  /** Told in the order of the events, beside everything else. */
  tell(event: AlertEvent): void;
  /** Settles when all that was to be told has been, or could not be. */
  close(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const PAUSE_MS = 2000;
/** What waits to be told, of one target; a target that hangs must not grow without bound. */
const MOST_WAITING = 100;

export function createNotifier(options: NotifierOptions): Notifier {
  const lines = options.targets.map((target, index) => createLine(`notify[${index}]`, target, options));
  return {
    tell: (event) => {
      const body = JSON.stringify(bodyOf(event, options));
      lines.forEach((line) => line.tell(body));
    },
    close: async () => {
      await Promise.all(lines.map((line) => line.close()));
    },
  };
}

/** `text` is what Slack shows, and most of what takes its form; `content` is Discord's. The rest is for programs. */
export function bodyOf(event: AlertEvent, { app, stage }: Pick<NotifierOptions, 'app' | 'stage'>) {
  const { subject, type, t, since, alert, value, threshold, bound, unit } = event;
  const words = `${type === 'tripped' ? 'ALERT' : 'over'}: ${app} ${stage}: ${alertWords(event)}`;
  return {
    ...{ text: words, content: words, v: 1, type, app, stage, ...subject, alert, value, threshold, bound, unit },
    at: new Date(t).toISOString(),
    since: new Date(since).toISOString(),
  };
}

function createLine(name: string, target: WebhookSettings, { env, clock, onTrouble }: NotifierOptions) {
  let turn = Promise.resolve();
  let waiting = 0;
  let isTold = false;
  const complain = (problem: string | undefined) => {
    if (problem !== undefined && !isTold) onTrouble(problem);
    isTold = problem !== undefined;
  };
  const send = async (body: string) => {
    const found = urlOf(name, target, env);
    if ('problem' in found) {
      complain(found.problem);
      return;
    }
    let problem = await post(found.url, body);
    if (problem !== undefined) {
      await clock.sleep(PAUSE_MS);
      problem = await post(found.url, body);
    }
    complain(problem && `${name} (${new URL(found.url).host}) was not told: ${problem}`);
  };
  return {
    tell: (body: string) => {
      if (waiting >= MOST_WAITING) {
        complain(`${name} was not told: ${MOST_WAITING} alerts wait for it already`);
        return;
      }
      waiting += 1;
      turn = turn.then(() => send(body)).finally(() => (waiting -= 1));
    },
    close: () => turn,
  };
}

function urlOf(
  name: string,
  { url }: WebhookSettings,
  env: NotifierOptions['env'],
): { readonly url: string } | { readonly problem: string } {
  if (url.type === 'written') return { url: url.url };
  const found = env[url.name];
  if (found === undefined || found === '') return { problem: `${name} was not told: ${url.name} is not set here` };
  if (urlProblem(found) !== undefined)
    return { problem: `${name} was not told: what ${url.name} holds is no https://… URL` };
  return { url: found };
}

/** Why it was not taken; undefined when it was. What Node says of a URL may hold it, so that only codes are passed on. */
async function post(url: string, body: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual', headers: { 'content-type': 'application/json' } },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answers ${response.status}`;
  } catch (thrown) {
    if ((thrown as Error).name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000}s`;
    const code = ((thrown as Error).cause as { readonly code?: unknown } | undefined)?.code;
    return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'it cannot be reached';
  }
}

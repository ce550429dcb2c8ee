import { createFlights } from './flights.ts';
import type { HostKeyQuestion } from './host-key.ts';
import { createTurns } from './turns.ts';

/** What a connection may have to ask a person. Texts of hosts are raw: whoever shows them makes them harmless. */
export type Prompt =
  /** Trust this key? The answer is "yes" or anything else. */
  | { readonly type: 'hostKey'; readonly question: HostKeyQuestion }
  /** Of a key file; asked once for all hosts. */
  | { readonly type: 'passphrase'; readonly file: string; readonly attempt: number }
  | { readonly type: 'password'; readonly host: string; readonly user: string; readonly attempt: number }
  /** One question of the host itself (RFC 4256), such as a one-time code. */
  | {
      readonly type: 'challenge';
      readonly host: string;
      readonly title: string;
      readonly instructions: string;
      readonly text: string;
      readonly echo: 'shown' | 'hidden';
    };

/** Puts one prompt to the person. Undefined: declined, or nobody is there. */
export type AskPerson = (prompt: Prompt, signal?: AbortSignal) => Promise<string | undefined>;

/** How often a secret is asked for before it is given up, as OpenSSH does (NumberOfPasswordPrompts). */
export const MOST_ATTEMPTS = 3;

/** All questions of all connections go through one of these. */
export interface PromptQueue {
  readonly ask: AskPerson;
  /** The person began something anew: what was declined before may be asked about again. */
  renew(): void;
  /** Declines what is asked and what waits, and whatever comes. */
  close(): void;
}

/**
 * Puts one question at a time, in the order in which they came. A question that is asked already is not put again, and
 * one that was declined is not put again either: fifty hosts with one locked key would else ask fifty times.
 */
export function createPromptQueue(put: AskPerson): PromptQueue {
  const turns = createTurns();
  const flights = createFlights<string | undefined>();
  const closed = new AbortController();
  const declined = new Set<string>();

  const putInTurn = (prompt: Prompt, signal: AbortSignal) =>
    turns(async () => {
      const subject = subjectOf(prompt);
      if (declined.has(subject)) return undefined;
      const answer = usable(prompt, await put(prompt, signal));
      if (!signal.aborted && answer === undefined) declined.add(subject);
      return answer;
    }, signal);

  return {
    ask: (prompt, given) => {
      const signal = given === undefined ? closed.signal : AbortSignal.any([given, closed.signal]);
      if (prompt.type !== 'passphrase') return putInTurn(prompt, signal);
      return flights(`${prompt.attempt} ${prompt.file}`, (shared) => putInTurn(prompt, shared), signal);
    },
    renew: () => declined.clear(),
    close: () => closed.abort(),
  };
}

/** An empty passphrase opens no key: it is how one says "go on without it", as with OpenSSH. */
function usable(prompt: Prompt, answer: string | undefined): string | undefined {
  return prompt.type === 'passphrase' && answer === '' ? undefined : answer;
}

function subjectOf(prompt: Prompt): string {
  switch (prompt.type) {
    case 'hostKey':
      return `hostKey ${prompt.question.label} ${prompt.question.fingerprint}`;
    case 'passphrase':
      return `passphrase ${prompt.file}`;
    case 'password':
      return `password ${prompt.user} ${prompt.host}`;
    case 'challenge':
      return `challenge ${prompt.host}`;
  }
}

import type { AnyAuthMethod, Prompt as HostPrompt } from 'ssh2';
import type { LoginRecord, LoginRequest } from './login.ts';
import { MOST_ATTEMPTS } from './prompts.ts';
import type { Prompt } from './prompts.ts';

/** One attempt of keyboard-interactive; an inquiry also serves to hear what the host accepts at all. */
interface Round {
  readonly isInquiry: boolean;
  wasAsked: boolean;
}

/** What the host asks at once (RFC 4256). */
interface Form {
  readonly title: string;
  readonly instructions: string;
  readonly prompts: readonly HostPrompt[];
}

/** What a person can answer: keyboard-interactive and password, each again as often as OpenSSH does. */
export class Questions {
  readonly #request: LoginRequest;
  readonly #record: LoginRecord;
  #round: Round = { isInquiry: true, wasAsked: false };
  #rounds = 0;
  #passwords = 0;
  /** The host has refused without a question: no person would be asked, so it is not tried again. */
  #isBarren = false;

  constructor(request: LoginRequest, record: LoginRecord) {
    this.#request = request;
    this.#record = record;
  }

  /** Another attempt; undefined when there were enough, false when the question was declined. */
  async next(method: 'keyboard-interactive' | 'password'): Promise<AnyAuthMethod | false | undefined> {
    if (method === 'password') return this.#passwords < MOST_ATTEMPTS ? this.#password() : undefined;
    const { isInquiry, wasAsked } = this.#round;
    if (!isInquiry && !wasAsked) this.#isBarren = true;
    if (this.#rounds >= MOST_ATTEMPTS || this.#isBarren) return undefined;
    return this.#keyboard({ isInquiry: false, wasAsked: false });
  }

  /** An attempt with a host that has not said yet what it accepts. */
  inquire(): AnyAuthMethod {
    return this.#keyboard({ isInquiry: true, wasAsked: false });
  }

  async #password(): Promise<AnyAuthMethod | false> {
    const { host, user } = this.#request;
    this.#passwords += 1;
    const password = await this.#ask({ type: 'password', host, user, attempt: this.#passwords });
    if (password === undefined) return false;
    this.#record.tried.push(numbered('password', this.#passwords));
    return { type: 'password', username: user, password };
  }

  #keyboard(round: Round): AnyAuthMethod {
    const { user, signal, giveUp } = this.#request;
    this.#round = round;
    return {
      type: 'keyboard-interactive',
      username: user,
      prompt: (...[title, instructions, , prompts, finish]) => {
        this.#begin(round);
        const answered = (answers: string[] | undefined) => {
          if (signal.aborted) return;
          if (answers === undefined) giveUp();
          else finish(answers);
        };
        this.#answer({ title, instructions, prompts }).then(answered).catch(giveUp);
      },
    };
  }

  #begin(round: Round): void {
    if (round.wasAsked) return;
    round.wasAsked = true;
    this.#rounds += 1;
    this.#record.tried.push(numbered('keyboard-interactive', this.#rounds));
  }

  async #answer({ title, instructions, prompts }: Form): Promise<string[] | undefined> {
    const { host } = this.#request;
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      const shown = echo === true ? 'shown' : 'hidden';
      const answer = await this.#ask({ type: 'challenge', host, title, instructions, text: prompt, echo: shown });
      if (answer === undefined) return undefined;
      answers.push(answer);
    }
    return answers;
  }

  async #ask(prompt: Prompt): Promise<string | undefined> {
    const { ask, signal, unhurried } = this.#request;
    const answer = await unhurried(async () => ask?.(prompt, signal));
    const why = prompt.type === 'password' ? 'no password was given' : 'its question was not answered';
    if (answer === undefined) this.#record.gaveUp = why;
    return answer;
  }
}

function numbered(method: string, attempt: number): string {
  return attempt === 1 ? method : `${method}, attempt ${attempt}`;
}

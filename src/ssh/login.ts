import type { AgentAuthMethod, AnyAuthMethod, NextAuthHandler, ParsedKey } from 'ssh2';
import { OneKeyAgent } from './agent.ts';
import type { SigningKey } from './agent.ts';
import type { Offer } from './auth.ts';
import type { LockedIdentity } from './identity.ts';
import { unlock } from './keyring.ts';
import type { Unlocking } from './keyring.ts';
import { parsePublic } from './private-key.ts';
import type { AskPerson } from './prompts.ts';
import { Questions } from './questions.ts';
import type { LoginMethod } from './spec.ts';

/** How one login went, for the message when it is refused. */
export interface LoginRecord {
  readonly tried: string[];
  /** What was not done, or did not work, and why. */
  readonly notes: string[];
  /** Key files that need their passphrase, when there is nobody to ask. */
  readonly locked: string[];
  /** The methods the host would accept, once it has said so. */
  accepts: readonly string[] | undefined;
  /** Something was accepted, but the host wants more than that. */
  partial: boolean;
  /** Why slipway itself ended it, as when a question was declined. */
  gaveUp: string | undefined;
}

export interface LoginRequest {
  readonly user: string;
  /** The name in hosts.json. */
  readonly host: string;
  /** The ways that are allowed, in the order to try them. */
  readonly methods: readonly LoginMethod[];
  readonly offers: readonly Offer[];
  /** Undefined: nobody is there to ask. */
  readonly ask: AskPerson | undefined;
  /** Aborted when the connection is over: nothing is asked for it any more. */
  readonly signal: AbortSignal;
  /** Stops all timers while the task waits for a person. */
  readonly unhurried: <T>(task: () => Promise<T>) => Promise<T>;
  /** Ends the attempt; the record says why. */
  readonly giveUp: () => void;
}

/** sshd hangs up at the sixth failure (MaxAuthTries): a mere question must not be the one that exceeds it. */
const MOST_TRIES = 4;

/**
 * Chooses what to try next: each key once, in order, then what a person can answer. It never starts over. There is no
 * `none` probe before the keys: it would cost a round trip.
 */
export class Login {
  readonly record: LoginRecord = {
    tried: [],
    notes: [],
    locked: [],
    accepts: undefined,
    partial: false,
    gaveUp: undefined,
  };
  readonly #request: LoginRequest;
  readonly #questions: Questions;
  #queue: readonly Offer[];
  #last: Offer | undefined;
  /** A key whose private half was used, and no answer heard of it: ssh2 tells nothing of what follows an agent's key. */
  #signed: Offer | undefined;
  readonly #done = new Set<Offer>();
  #inquired = false;

  constructor(request: LoginRequest) {
    this.#request = request;
    this.#queue = request.offers;
    this.#questions = new Questions(request, this.record);
    if (request.ask === undefined && request.methods.includes('publickey')) this.#skipLocked();
  }

  #skipLocked(): void {
    this.#queue = this.#queue.filter((offer) => offer.type !== 'locked');
    for (const offer of this.#request.offers) {
      if (offer.type === 'locked') this.record.locked.push(offer.identity.file);
    }
  }

  /** ssh2's authHandler. It waits for as long as we like. */
  readonly handler = (accepts: readonly string[] | null, partial: boolean | null, next: NextAuthHandler): void => {
    this.#hear(accepts, partial === true);
    this.#choose()
      .catch(() => false as const)
      .then((method) => {
        // ssh2 takes false for "no more", which its types do not know
        if (!this.#request.signal.aborted) next(method as AnyAuthMethod);
      })
      .catch(() => this.#request.giveUp());
  };

  /** After keys of an agent ssh2 repeats what it heard before them: nothing new. */
  #hear(accepts: readonly string[] | null, partial: boolean): void {
    const { record } = this;
    const last = this.#last;
    this.#last = undefined;
    if (last !== undefined && last.type !== 'file') {
      if (this.#signed !== last) return;
      record.accepts = undefined;
      this.#inquired = false;
      return;
    }
    if (accepts !== null) record.accepts = accepts;
    // a host that takes no more keys after one has signed took that one
    if (partial || (this.#signed !== undefined && !this.#takesKeys())) this.#advance([last, this.#signed]);
    this.#signed = undefined;
  }

  /** One part is done. What was refused before it may be what the host wants now. */
  #advance(accepted: readonly (Offer | undefined)[]): void {
    this.record.partial = true;
    for (const offer of accepted) if (offer !== undefined) this.#done.add(offer);
    this.#queue = this.#request.offers.filter((offer) => !this.#isOver(offer));
  }

  #isOver(offer: Offer): boolean {
    return this.#done.has(offer) || (offer.type === 'locked' && this.#request.ask === undefined);
  }

  #takesKeys(): boolean {
    return this.record.accepts?.includes('publickey') !== false;
  }

  async #choose(): Promise<AnyAuthMethod | false> {
    for (const method of this.#request.methods) {
      const attempt = method === 'publickey' ? this.#nextKey() : await this.#nextQuestion(method);
      if (attempt !== undefined) return attempt;
    }
    return this.#inquiry() ?? false;
  }

  /** None while it is open what became of a key that has signed. */
  #nextKey(): AnyAuthMethod | undefined {
    const [offer, ...others] = this.#queue;
    if (offer === undefined || this.#signed !== undefined || !this.#takesKeys()) return undefined;
    this.#queue = others;
    this.#last = offer;
    return this.#methodOf(offer);
  }

  async #nextQuestion(method: 'keyboard-interactive' | 'password'): Promise<AnyAuthMethod | false | undefined> {
    const { accepts } = this.record;
    if (this.#request.ask === undefined) return undefined;
    if (accepts !== undefined) return accepts.includes(method) ? this.#questions.next(method) : undefined;
    // trying it tells as much as an inquiry does, and may be what is wanted
    const isAllowed = method === 'keyboard-interactive' && this.#mayInquire();
    if (!isAllowed) return this.#inquiry();
    this.#inquired = true;
    return this.#questions.inquire();
  }

  /** An attempt that only asks what the host accepts. To sshd it is a failure like any other. */
  #inquiry(): AnyAuthMethod | undefined {
    if (this.record.accepts !== undefined || !this.#mayInquire()) return undefined;
    this.#inquired = true;
    return { type: 'none', username: this.#request.user };
  }

  #mayInquire(): boolean {
    return !this.#inquired && (this.#signed !== undefined || this.record.tried.length <= MOST_TRIES);
  }

  #methodOf(offer: Offer): AnyAuthMethod {
    const { user: username } = this.#request;
    if (offer.type !== 'locked') this.record.tried.push(offer.label);
    switch (offer.type) {
      case 'file':
        return { type: 'publickey', username, key: offer.key };
      case 'agent': {
        const { key } = offer.key;
        return this.#signedBy(offer, { key: () => Promise.resolve(key), signer: () => Promise.resolve(offer.key) });
      }
      case 'locked': {
        const { blob } = offer.identity;
        const key = blob === undefined ? undefined : parsePublic(blob);
        const signer = () => this.#unlocked(offer.identity);
        const offered = async () => {
          const found = key ?? (await signer()).key;
          this.record.tried.push(offer.label);
          return found;
        };
        return this.#signedBy(offer, { key: offered, signer });
      }
    }
  }

  #signedBy(offer: Offer, by: { key: () => Promise<ParsedKey>; signer: () => Promise<SigningKey> }): AgentAuthMethod {
    const agent = new OneKeyAgent(by.key, async (bytes, options) => {
      const signature = await (await by.signer()).sign(bytes, options);
      this.#signed = offer;
      return signature;
    });
    return { type: 'agent', username: this.#request.user, agent };
  }

  async #unlocked(identity: LockedIdentity): Promise<SigningKey> {
    const { ask, signal, unhurried } = this.#request;
    const locked: Unlocking = { type: 'locked', reason: 'there is nobody to ask' };
    const found = ask === undefined ? locked : await unhurried(() => unlock(identity, ask, signal));
    if (found.type === 'unlocked') return found.key;
    this.record.notes.push(`key file ${identity.file}: ${found.reason}`);
    throw new Error(found.reason);
  }
}

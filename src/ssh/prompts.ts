import type { HostKeyQuestion } from './host-key.ts';

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

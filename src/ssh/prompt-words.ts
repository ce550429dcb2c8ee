import { sanitise, sanitiseLines } from '../base/sanitise.ts';
import type { Prompt } from './prompts.ts';
import { MOST_ATTEMPTS } from './prompts.ts';

/** A prompt as it is shown: foreign text is harmless, bounded, and marked as what the host says. */
export interface PromptWords {
  /** One line: who asks for what. */
  readonly title: string;
  /** What one has to know to answer. */
  readonly lines: readonly string[];
  /** Stands before the answer. */
  readonly label: string;
  /** What is typed: a secret that is not shown, a text that is, or yes or no. */
  readonly answer: 'hidden' | 'shown' | 'yesNo';
}

export function promptWords(prompt: Prompt): PromptWords {
  switch (prompt.type) {
    case 'hostKey':
      return hostKeyWords(prompt);
    case 'passphrase':
      return {
        title: 'A key is locked',
        lines: again(prompt.attempt, 'That passphrase was wrong'),
        label: `Passphrase of ${short(prompt.file)}`,
        answer: 'hidden',
      };
    case 'password':
      return {
        title: `${short(prompt.host)} wants a password`,
        lines: again(prompt.attempt, 'The host refused that password'),
        label: `Password of ${short(prompt.user)} on ${short(prompt.host)}`,
        answer: 'hidden',
      };
    case 'challenge':
      return challengeWords(prompt);
  }
}

function again(attempt: number, why: string): string[] {
  return attempt === 1 ? [] : [`${why} (attempt ${attempt} of ${MOST_ATTEMPTS}).`];
}

function hostKeyWords({ question }: Prompt & { type: 'hostKey' }): PromptWords {
  const { type, fingerprint, others, file } = question;
  const isNew = others.length === 0;
  const known = others.slice(0, MOST_KEYS).map((other) => `known: ${short(other)}`);
  const more = others.length > MOST_KEYS ? [`known: ${others.length - MOST_KEYS} more`] : [];
  return {
    title: isNew ? 'A host that is not known' : 'A known host shows another key',
    lines: [
      `${short(question.host)} (${short(question.label)}) shows a key that is not in known_hosts.`,
      `shown: ${short(type)} ${short(fingerprint)}`,
      ...known,
      ...more,
      isNew
        ? `Compare it on the host: ssh-keygen -l -f /etc/ssh/ssh_host_${short(type).toLowerCase()}_key.pub`
        : 'Be careful: somebody who listens in would do that, too.',
      ...(file === '' ? [] : [`A yes adds it to ${short(file)}.`]),
    ],
    label: 'Trust this key',
    answer: 'yesNo',
  };
}

/** A host may ask for anything, in any words: each of its lines is marked, so that none looks like one of ours. */
function challengeWords({ host, title, instructions, text, echo }: Prompt & { type: 'challenge' }): PromptWords {
  const said = [title, instructions].flatMap((part) => sanitiseLines(part.slice(0, MOST_TEXT)));
  const lines = said.filter((line) => line.trim() !== '').slice(0, MOST_LINES);
  const label = sanitiseLines(text.slice(0, MOST_TEXT)).join(' ').trim().replace(/:$/, '');
  return {
    title: `${short(host)} asks`,
    lines: lines.map((line) => `${short(host)} says: ${short(line)}`),
    label: `${short(host)}: ${label === '' ? 'your answer' : short(label)}`,
    answer: echo,
  };
}

const MOST_KEYS = 3;
const MOST_LINES = 5;
const MOST_TEXT = 2000;
const LONGEST = 200;

/** One line, and not an endless one. */
function short(text: string): string {
  const line = sanitise(text.slice(0, LONGEST * 2));
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

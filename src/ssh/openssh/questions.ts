import type { Prompt } from '../prompts.ts';
import type { HostSpec } from '../spec.ts';

/** Counts the attempts of what is asked more than once. */
export type CountAttempt = (subject: string) => number;

/**
 * What ssh wants to know, from the words that it would have put on a terminal: it has no other way to say. What is not
 * recognised is put to the person as it is.
 */
export function promptOf(spec: HostSpec, text: string, count: CountAttempt): Prompt {
  const file = /^Enter passphrase for (?:key )?'?(.+?)'?: $/s.exec(text)?.[1];
  if (file !== undefined) return { type: 'passphrase', file, attempt: count(`passphrase ${file}`) };
  const login = /^(\S+)@(\S+)'s password: $/.exec(text);
  if (login !== null) return { type: 'password', user: login[1]!, host: login[2]!, attempt: count(login[0]) };
  return hostKeyOf(spec, text) ?? challengeOf(spec, text);
}

function hostKeyOf(spec: HostSpec, text: string): Prompt | undefined {
  const label = /^The authenticity of host '(\S+)/.exec(text)?.[1];
  const key = /^(\S+) key fingerprint is (\S+?)\.?$/m.exec(text);
  if (label === undefined || key === null) return undefined;
  const file = spec.userKnownHostsFiles[0] ?? '';
  return {
    type: 'hostKey',
    question: { host: spec.name, label, type: key[1]!, fingerprint: key[2]!, file, others: [] },
  };
}

/** "(deploy@fra-1) Verification code: ": ssh puts the host before what the host has asked. */
function challengeOf(spec: HostSpec, text: string): Prompt {
  const own = /^\(\S+@\S+\) (.*)$/s.exec(text)?.[1];
  const shown = own ?? text;
  return { type: 'challenge', host: spec.name, title: '', instructions: '', text: shown, echo: 'hidden' };
}

const WORDS: Readonly<Record<string, string>> = {
  rolledBack: 'rolled back',
  superseded: 'taken over from somebody else',
};

/** How a record of the audit trail ended, for people. What a host has written down may be any word. */
export function outcomeWords(outcome: string): string {
  return Object.hasOwn(WORDS, outcome) ? WORDS[outcome]! : outcome;
}

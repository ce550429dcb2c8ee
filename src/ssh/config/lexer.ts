/** One line of a configuration file. */
export interface Directive {
  /** In lower case. */
  readonly keyword: string;
  /** What follows, as it stands there. */
  readonly rest: string;
  /** The same as words, without quotes and comment. */
  readonly words: readonly string[];
  readonly line: number;
}

/** What makes a file unreadable, and where. */
export interface Misread {
  readonly line: number;
  readonly reason: string;
}

export type Parsed =
  | { readonly type: 'read'; readonly directives: readonly Directive[] }
  | { readonly type: 'misread'; readonly misread: Misread };

/** Reads a file as OpenSSH's readconf.c does: a keyword, blanks or one `=`, then words of which some are quoted. */
export function parseConfig(text: string): Parsed {
  const directives: Directive[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    const parts = /^[ \t]*(?:"([^"]*)"|([^ \t="]+))[ \t]*=?[ \t]*(.*)$/s.exec(content.replace(/[ \t\r\n\f]+$/, ''));
    const keyword = (parts?.[1] ?? parts?.[2] ?? '').toLowerCase();
    if (keyword === '' || keyword.startsWith('#')) continue;
    const rest = parts?.[3] ?? '';
    const words = splitWords(rest);
    if (rest === '') return misread(line, `no argument after ${keyword}`);
    if (words === undefined) return misread(line, 'a quote is not closed');
    directives.push({ keyword, rest, words, line });
  }
  return { type: 'read', directives };
}

function misread(line: number, reason: string): Parsed {
  return { type: 'misread', misread: { line, reason } };
}

/** Words between blanks; both kinds of quotes, a backslash before a quote, itself or a blank. Undefined: an open quote. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let rest = text.replace(/^[ \t]+/, '');
  while (rest !== '' && !rest.startsWith('#')) {
    const word = takeWord(rest);
    if (word === undefined) return undefined;
    words.push(word.text);
    rest = rest.slice(word.length).replace(/^[ \t]+/, '');
  }
  return words;
}

function takeWord(text: string): { readonly text: string; readonly length: number } | undefined {
  let word = '';
  let quote = '';
  let at = 0;
  for (; at < text.length; at += 1) {
    const char = text[at]!;
    const next = text[at + 1];
    if (char === '\\' && next !== undefined && (`'"\\`.includes(next) || (quote === '' && next === ' '))) {
      word += next;
      at += 1;
    } else if (quote === '' && (char === ' ' || char === '\t')) break;
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    else word += char;
  }
  return quote === '' ? { text: word, length: at } : undefined;
}

/** The older way to split, which `Match` lines use: blanks or one `=` between words, double quotes around whole ones. */
export function splitCriteria(text: string): string[] {
  const words: string[] = [];
  const word = /[ \t]*(?:"([^"]*)"?|([^ \t="]+))(?:[ \t]*=)?/y;
  for (let found = word.exec(text); found !== null; found = word.exec(text)) {
    const taken = found[1] ?? found[2]!;
    if (taken.startsWith('#')) break;
    words.push(taken);
  }
  return words;
}

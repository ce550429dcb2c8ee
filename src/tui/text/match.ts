/** What a line says under each of its names: `{text: "bot.1@fra-1 running", host: "fra-1"}`. */
export type Fields = Readonly<Record<string, string>>;

/** `error`: why the text is no filter; everything matches until it is. */
export type Filter =
  | { readonly type: 'filter'; readonly matches: (fields: Fields) => boolean }
  | { readonly type: 'none' }
  | { readonly type: 'bad'; readonly error: string };

/** A regular expression longer than this is no filter that anybody types. */
const LONGEST = 200;

/**
 * What a person types to see less. Words that stand apart all have to match: a part of the text, without regard to case unless
 * they have capitals (`web`, `Failed`); `!word` must not; `host:fra` looks at one field; `re:…` is a regular expression up to
 * the end.
 */
export function parseFilter(typed: string): Filter {
  const text = typed.trim();
  if (text === '') return { type: 'none' };
  const [words = '', expression] = text.split(/(?:^|\s)re:/, 2);
  const tests = words.split(/\s+/).filter(Boolean).map(wordTest);
  if (expression === undefined) return { type: 'filter', matches: (fields) => tests.every((test) => test(fields)) };
  const pattern = compiled(expression);
  if (typeof pattern === 'string') return { type: 'bad', error: pattern };
  return {
    type: 'filter',
    matches: (fields) => tests.every((test) => test(fields)) && pattern.test(fields['text'] ?? ''),
  };
}

type Test = (fields: Fields) => boolean;

function wordTest(word: string): Test {
  if (word.startsWith('!') && word.length > 1) {
    const test = wordTest(word.slice(1));
    return (fields) => !test(fields);
  }
  const [, field, wanted] = /^(\w+):(.+)$/.exec(word) ?? [];
  if (field === undefined || wanted === undefined) return partOf('text', word);
  const test = partOf(field, wanted);
  // "12:30" is no field
  const whole = partOf('text', word);
  return (fields) => (field in fields ? test(fields) : whole(fields));
}

function partOf(field: string, part: string): Test {
  const isCased = part !== part.toLowerCase();
  return (fields) => {
    const text = fields[field] ?? '';
    return isCased ? text.includes(part) : text.toLowerCase().includes(part);
  };
}

/** The expression, or why it is none. */
function compiled(expression: string): RegExp | string {
  if (expression.length > LONGEST) return `longer than ${LONGEST} characters`;
  try {
    return new RegExp(expression, expression === expression.toLowerCase() ? 'i' : '');
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** One sample of the text format 0.0.4: `name{label="value",…} 12`. */
export interface Measure {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** May be NaN or infinite. */
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)?\s*(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const LABEL = /\s*(?:([a-zA-Z_][\w.]*)|"((?:[^"\\]|\\.)*)")\s*(?:=\s*"((?:[^"\\]|\\.)*)")?\s*(?:,|$)/y;

/** Reads what an app tells at /metrics. Lines that are none are left out: one odd line must not hide the others. */
export function parseMetrics(text: string): readonly Measure[] {
  return text.split('\n').flatMap((line) => (line === '' || line.startsWith('#') ? [] : (parseLine(line) ?? [])));
}

function parseLine(line: string): Measure | undefined {
  const [, plain, inner = '', number = ''] = LINE.exec(line) ?? [];
  const value = parseNumber(number);
  const read = parseLabels(inner);
  const name = plain ?? read?.name;
  if (value === undefined || read === undefined || name === undefined) return undefined;
  return { name, labels: read.labels, value };
}

/** A name that is no word stands quoted among the labels: `{"my.metric",code="200"}`. */
function parseLabels(
  inner: string,
): { readonly name: string | undefined; readonly labels: Map<string, string> } | undefined {
  const labels = new Map<string, string>();
  let name: string | undefined;
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.trimEnd().length) {
    const match = LABEL.exec(inner);
    if (!match) return undefined;
    const [, word, quoted, value] = match;
    const key = word ?? unescape(quoted ?? '');
    if (value === undefined) name = key;
    else labels.set(key, unescape(value));
  }
  return { name, labels };
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function parseNumber(text: string): number | undefined {
  if (/^\+?Inf$/.test(text)) return Infinity;
  if (text === '-Inf') return -Infinity;
  if (text === 'NaN') return Number.NaN;
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? undefined : value;
}

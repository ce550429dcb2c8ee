import type { LabelPattern, Selector } from './settings-analysis.ts';

const NAME = /^[A-Za-z_:][\w:]*/;
const LABEL = /\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(,|$)/y;

/** `http_requests_total{status="5..",method="GET|POST"}`; a problem in words when it is none. */
export function parseSelector(text: string): Selector | { readonly problem: string } {
  const name = NAME.exec(text)?.[0];
  const rest = text.slice(name?.length ?? 0).trim();
  if (name === undefined || (rest !== '' && !/^\{.*\}$/.test(rest))) {
    return { problem: 'expected the name of a metric, such as "http_requests_total{status=\\"5..\\"}"' };
  }
  return parseLabels(name, rest.slice(1, -1));
}

function parseLabels(name: string, inner: string): Selector | { readonly problem: string } {
  const labels: LabelPattern[] = [];
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.trimEnd().length) {
    const [, label, quoted] = LABEL.exec(inner) ?? [];
    if (label === undefined || quoted === undefined) return { problem: 'expected labels as label="pattern",…' };
    const pattern = quoted.replaceAll('\\"', '"');
    if (!isPattern(pattern)) return { problem: `"${pattern}" is no regular expression` };
    labels.push({ label, pattern });
  }
  return { name, labels };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

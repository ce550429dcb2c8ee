import * as z from 'zod';
import { nearest } from '../base/nearest.ts';
import type { JsonDocument, Path } from './json.ts';
import { comesLater } from './later.ts';
import type { Mistakes } from './mistakes.ts';
import { quoted } from './quoted.ts';
import { configSchema, type Config } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** To compile a schema takes longer than to read one file by it. */
const WITHOUT_COMPILING = { jitless: true };

/** The document as a Config, or undefined when its shape is wrong; then `mistakes` says why. */
export function validate(document: JsonDocument, mistakes: Mistakes): Config | undefined {
  const result = configSchema.safeParse(document.value, WITHOUT_COMPILING);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, document, mistakes);
  return undefined;
}

function report(issue: Issue, document: JsonDocument, mistakes: Mistakes): void {
  const path = issue.path as Path;
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') {
    for (const inner of meantKind(issue.errors))
      report({ ...inner, path: [...path, ...inner.path] }, document, mistakes);
    return;
  }
  const value = document.valueAt(path);
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) mistakes.atKey([...path, key], unknownKey(path, key));
  } else if (issue.code === 'invalid_key') {
    mistakes.atKey(path, issue.issues[0]?.message ?? 'is not a name that can be used.');
  } else if (value === undefined) {
    mistakes.at(path, `is missing. ${schemaAt(path)?.description ?? ''}`.trim());
  } else {
    mistakes.at(path, messageFor(issue, value));
  }
}

/** What is said of the kind that was written: a text is no wrong object. */
function meantKind(kinds: readonly (readonly Issue[])[]): readonly Issue[] {
  const isOther = (issues: readonly Issue[]) =>
    issues.some(({ code, path }) => /^invalid_(type|value)$/.test(code) && path.length === 0);
  return kinds.find((issues) => !isOther(issues)) ?? kinds[0] ?? [];
}

function messageFor(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_value') return notOneOf(issue.values, value);
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
    return `expected ${EXPECTED[issue.expected] ?? issue.expected}, got ${quoted(value)}.`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return 'must not be empty.';
  return issue.message;
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

function notOneOf(values: readonly unknown[], value: unknown): string {
  const words = values.map(String);
  const meant = typeof value === 'string' ? nearest(value, words) : undefined;
  const expected = words.map((word) => `"${word}"`).join(' or ');
  return `expected ${expected}, got ${quoted(value)}.${meant ? ` Did you mean "${meant}"?` : ''}`;
}

function unknownKey(path: Path, key: string): string {
  const schema = schemaAt(path);
  if (comesLater(schema?.meta()?.id ?? '', key)) return 'is not available yet. Leave it out.';
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const meant = nearest(key, known);
  if (meant !== undefined) return `the key ${quoted(key)} is unknown. Did you mean "${meant}"?`;
  return `the key ${quoted(key)} is unknown. Known here: ${known.join(', ')}.`;
}

/** The part of the schema that describes what stands at the path. */
function schemaAt(path: Path): z.ZodType | undefined {
  let schema: unknown = configSchema;
  for (const step of path) {
    const around = unwrapped(schema);
    if (around instanceof z.ZodObject) schema = (around.shape as Record<string, unknown>)[step];
    else if (around instanceof z.ZodRecord) schema = around.valueType;
    else if (around instanceof z.ZodArray) schema = around.element;
    else return undefined;
  }
  return unwrapped(schema);
}

function unwrapped(schema: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional) return unwrapped(schema.unwrap());
  // of an object, or something shorter instead, the object has the keys
  if (schema instanceof z.ZodUnion) return schema.options.map(unwrapped).find((one) => one instanceof z.ZodObject);
  return schema instanceof z.ZodType ? schema : undefined;
}

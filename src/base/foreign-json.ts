import type * as z from 'zod';

/** What a text of JSON says, when it is as the schema wants it; undefined for anything else: it may come from anybody. */
export function parseForeign<T>(schema: z.ZodType<T>, json: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

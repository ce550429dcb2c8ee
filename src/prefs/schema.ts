import * as z from 'zod';
import { THEMES, type ThemeName } from './themes.ts';

/** How the time of a log line is shown; `relative`: its age. */
export const LOG_TIMES = ['off', 'time', 'utc', 'relative'] as const;
/** The least level that is shown. */
export const LOG_LEVELS = ['all', 'debug', 'info', 'warn', 'error'] as const;

export interface SavedView {
  readonly filter: string;
  /** The host whose lines alone are shown. */
  readonly solo?: string;
  readonly columns?: readonly string[];
}

export interface LogOptions {
  readonly wrap: boolean;
  readonly time: (typeof LOG_TIMES)[number];
  readonly level: (typeof LOG_LEVELS)[number];
}

/** What the file says; a newer slipway may have written more, which is kept. */
export interface Remembered {
  readonly [key: string]: unknown;
  readonly theme?: ThemeName;
  /** By the full path of the configuration file. */
  readonly lastStage?: Readonly<Record<string, string>>;
  /** By the name that somebody gave it. */
  readonly views?: Readonly<Record<string, SavedView>>;
  /** By the screen: the columns that are shown, in their order. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  readonly logs?: Partial<LogOptions>;
}

const names = z.array(z.string());

const remembered: z.ZodType<Remembered> = z.looseObject({
  theme: z.enum(THEMES).exactOptional(),
  lastStage: z.record(z.string(), z.string()).exactOptional(),
  views: z
    .record(
      z.string(),
      z.looseObject({ filter: z.string(), solo: z.string().exactOptional(), columns: names.exactOptional() }),
    )
    .exactOptional(),
  columns: z.record(z.string(), names).exactOptional(),
  logs: z
    .looseObject({
      wrap: z.boolean().exactOptional(),
      time: z.enum(LOG_TIMES).exactOptional(),
      level: z.enum(LOG_LEVELS).exactOptional(),
    })
    .exactOptional(),
});

/** What the text of the file says, or in a few words why that is nothing. */
export type Reading =
  { readonly type: 'read'; readonly kept: Remembered } | { readonly type: 'broken'; readonly why: string };

export function readRemembered(text: string): Reading {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return { type: 'broken', why: 'not JSON' };
  }
  const { success, error } = remembered.safeParse(json);
  // as it was written, not as zod has copied it: nothing of it may get lost
  if (success) return { type: 'read', kept: json as Remembered };
  const path = error.issues[0]?.path.join('.') ?? '';
  return { type: 'broken', why: path === '' ? 'not an object' : `${path} is not as it should be` };
}

/** What was said at the bottom of the screen. */
export interface Notice {
  readonly text: string;
  /** What is `bad` stays until a key is pressed. */
  readonly style: 'ok' | 'warn' | 'bad';
  readonly at: number;
}

/** Notices that are kept. */
export const MESSAGES = 200;

/** How long a notice stays. */
export const NOTICE_MS = 5000;

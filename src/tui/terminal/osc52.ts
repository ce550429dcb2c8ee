/** Bytes of UTF-8. As base64, with what stands around it, they are the 100 000 bytes at which terminals begin to refuse or cut. */
export const LONGEST_COPY = 74_994;

export type Copy =
  /** To be written to the terminal; `bytes` of UTF-8 land in the clipboard. */
  | { readonly type: 'copy'; readonly sequence: string; readonly bytes: number }
  /** More than terminals take; both in bytes of UTF-8. */
  | { readonly type: 'tooLong'; readonly bytes: number; readonly limit: number };

/**
 * OSC 52, with which a terminal puts text into the clipboard of the machine that it runs on, however far away this program
 * runs. What sits between takes it or hands it on:
 *
 * - tmux takes it where `set-clipboard` is `on`, and hands on what is wrapped where `allow-passthrough` is. It tells
 *   neither, so it is given both; both together copy the same text twice.
 * - GNU screen hands on what is wrapped, in pieces that fit into its buffer.
 */
export function copySequence(text: string, env: NodeJS.ProcessEnv): Copy {
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_COPY) return { type: 'tooLong', bytes, limit: LONGEST_COPY };
  const plain = `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
  if (env['TMUX']) return { type: 'copy', sequence: plain + throughTmux(plain), bytes };
  return { type: 'copy', sequence: env['STY'] ? throughScreen(plain) : plain, bytes };
}

function throughTmux(sequence: string): string {
  return `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`;
}

/** Bytes of each piece: screen's buffer for such a string has been as short as 256. */
const PIECE = 76;

function throughScreen(sequence: string): string {
  const pieces = sequence.match(new RegExp(`[^]{1,${PIECE}}`, 'g')) ?? [];
  return pieces.map((piece) => `\u001bP${piece}\u001b\\`).join('');
}

/** A clipboard that is set, colours, device control, a title, text that is turned around, and an escape that never ends. */
export const HOSTILE =
  '\u001b]52;c;ZXZpbA==\u0007\u009b31m\u0090q\u009c\u001b]0;title\u001b\\\u202egnp\u2066i\u200e\u061c\u0085\r\u0008\u001b[2J\u001b';

/** The same as `printf` of a shell writes it: bytes, UTF-8 where it is text. */
export const HOSTILE_BYTES = [...Buffer.from(HOSTILE)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** What the schema of hosts.json lets through: it refuses control characters. */
export const TURNED = '\u202egnp\u2066i\u200e\u061c';

/** Control characters but for the line feed, and what turns text around or hides it. */
const UNSAFE =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/;

/** The first unsafe character with what stands around it; undefined when there is none. */
export function unsafeIn(text: string): string | undefined {
  const at = text.search(UNSAFE);
  return at < 0 ? undefined : JSON.stringify(text.slice(Math.max(0, at - 60), at + 20));
}

/** The same in what lines of JSON say: there a character may also be written as an escape, and a text be several lines. */
export function unsafeInJson(text: string): string | undefined {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value === 'string') found.push(unsafeIn(value.replaceAll('\n', '\u0000')) ?? '');
    else if (typeof value === 'object' && value !== null) Object.entries(value).flat().forEach(look);
  };
  for (const line of text.split('\n')) if (line.startsWith('{')) look(JSON.parse(line));
  return found.find((leak) => leak !== '') ?? unsafeIn(text);
}

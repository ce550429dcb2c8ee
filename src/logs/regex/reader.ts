/** A text that is read from its beginning to its end, by characters. */
export class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character, whole; empty at the end. */
  peek(): string {
    const code = this.text.codePointAt(this.at);
    return code === undefined ? '' : String.fromCodePoint(code);
  }

  next(): string {
    const character = this.peek();
    this.at += character.length;
    return character;
  }

  /** Passes over that text when it is what comes next. */
  take(text: string): boolean {
    const comes = this.text.startsWith(text, this.at);
    if (comes) this.at += text.length;
    return comes;
  }

  /** Passes over what a sticky expression finds here. */
  match(sticky: RegExp): RegExpExecArray | undefined {
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }
}

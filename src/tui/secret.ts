/** Longer than any password sshd takes. */
const LONGEST = 1024;

/** Text that is typed for nobody's eyes: whatever prints the state shows no letter of it. */
export class Secret {
  readonly #text: string;

  constructor(text = '') {
    this.#text = text.slice(0, LONGEST);
  }

  changed(change: (text: string) => string): Secret {
    return new Secret(change(this.#text));
  }

  reveal(): string {
    return this.#text;
  }

  toJSON(): string {
    return '[secret]';
  }
}

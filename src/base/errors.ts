/**
 * The taxonomy of everything that can end a run. Each class has one exit code (README, "Exit codes"); each error has a
 * stable `code` for JSON consumers. Expected alternatives (an unhealthy probe, a refused lock while planning) are tagged
 * return values, not errors.
 */
export interface Trouble {
  /** Stable, upper case, `SLIP_…`: what scripts may match on. */
  readonly code: string;
  /** One sentence: what happened, and where. */
  readonly message: string;
  /** What the reader can do about it. A command to type where there is one. */
  readonly mend?: string;
  /** More lines for the reader: the last output, the fingerprint, the list of what was tried. */
  readonly detail?: readonly string[];
  readonly cause?: unknown;
}

export abstract class SlipwayError extends Error {
  abstract readonly exitCode: number;
  readonly code: string;
  readonly mend: string | undefined;
  readonly detail: readonly string[];

  constructor(trouble: Trouble) {
    super(trouble.message, trouble.cause === undefined ? undefined : { cause: trouble.cause });
    this.name = new.target.name;
    this.code = trouble.code;
    this.mend = trouble.mend;
    this.detail = trouble.detail ?? [];
  }
}

/** Configuration, arguments or the state of the repository are wrong: the user mends it. */
export class UserError extends SlipwayError {
  readonly exitCode = 2;
}

/** A host, a command on it or the way to it failed, and nothing that users see had been changed. */
export class RemoteError extends SlipwayError {
  readonly exitCode = 3;
  readonly host: string | undefined;

  constructor(trouble: Trouble & { readonly host?: string }) {
    super(trouble);
    this.host = trouble.host;
  }
}

/** The connection ended before an answer came: the outcome is unknown and has to be read from the host. */
export class ConnectionLostError extends RemoteError {}

/** Something was changed and the rollout did not succeed. */
export class RolloutError extends SlipwayError {
  readonly exitCode: 4 | 5;

  constructor(trouble: Trouble & { readonly outcome: 'rolledBack' | 'needsPerson' }) {
    super(trouble);
    this.exitCode = trouble.outcome === 'rolledBack' ? 4 : 5;
  }
}

/** Somebody else holds the stage. */
export class LockedError extends SlipwayError {
  readonly exitCode = 6;
}

/** Asked to stop before anything was changed. */
export class Cancelled extends SlipwayError {
  readonly exitCode = 130;

  constructor(message = 'Interrupted: nothing was changed.') {
    super({ code: 'SLIP_INTERRUPTED', message });
  }
}

/** A broken invariant of slipway itself. */
export class Bug extends SlipwayError {
  readonly exitCode = 1;

  constructor(message: string, cause?: unknown) {
    super({
      code: 'SLIP_BUG',
      message,
      cause,
      mend: 'This is a defect of slipway: please report it with the lines above.',
    });
  }
}

/** Whatever was thrown, as one of ours. */
export function asSlipwayError(thrown: unknown): SlipwayError {
  if (thrown instanceof SlipwayError) return thrown;
  if (thrown instanceof Error) return new Bug(thrown.message, thrown);
  return new Bug(String(thrown));
}

/** Makes an unreachable branch a type error, and a Bug should it be reached all the same. */
export function unreachable(value: never): never {
  throw new Bug(`Unexpected value: ${JSON.stringify(value)}`);
}

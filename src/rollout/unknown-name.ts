import { UserError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { list } from '../base/text.ts';

export interface UnknownName {
  readonly what: 'host' | 'instance';
  readonly name: string;
  readonly stage: string;
  /** Those that the stage has. */
  readonly known: readonly string[];
}

/** Somebody named a host or an instance that the stage does not have. */
export function unknownName({ what, name, stage, known }: UnknownName): UserError {
  const meant = nearest(name, known);
  return new UserError({
    code: what === 'host' ? 'SLIP_HOST_UNKNOWN' : 'SLIP_INSTANCE_UNKNOWN',
    message: `${stage} has no ${what} ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    mend: `Its ${what}s are ${list(known)}.`,
  });
}

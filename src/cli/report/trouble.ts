import { asSlipwayError, Bug, Cancelled, type SlipwayError } from '../../base/errors.ts';
import { sanitise } from '../../base/sanitise.ts';
import { sentence, sentences, toDo } from './speech.ts';

export interface TroubleOptions {
  readonly stack?: boolean;
}

/** An error for people: what, the details, and what to do. The stack only for a defect, or on request. */
export function troubleLines(thrown: unknown, { stack = false }: TroubleOptions = {}): readonly string[] {
  const error = asSlipwayError(thrown);
  return [
    `slipway: ${sanitise(error.message)}`,
    ...error.detail.map((line) => `  ${sanitise(line)}`),
    ...(error.mend === undefined ? [] : [`  → ${sanitise(error.mend)}`]),
    ...(stack || error instanceof Bug ? stackOf(error) : []),
  ];
}

/** The same in sentences. */
export function troubleSentences(thrown: unknown, { stack = false }: TroubleOptions = {}): readonly string[] {
  const error = asSlipwayError(thrown);
  return [
    sentence(error instanceof Cancelled ? error.message : `Error: ${error.message}`),
    ...error.detail.map((line) => sentence(line)),
    ...(error.mend === undefined ? [] : [sentences(toDo(error.mend))]),
    ...(stack || error instanceof Bug ? stackOf(error) : []),
  ].map(sanitise);
}

/** The same for programs. */
export function troubleFacts(thrown: unknown) {
  const { code, message, mend, detail, exitCode } = asSlipwayError(thrown);
  return { v: 1, type: 'error', code, message, mend, detail, exitCode };
}

function stackOf(error: SlipwayError): readonly string[] {
  const origin = error.cause instanceof Error ? error.cause : error;
  return (origin.stack ?? '').split('\n').slice(1, 12).map(sanitise);
}

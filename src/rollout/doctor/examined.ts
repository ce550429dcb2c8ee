import type { SlipwayError } from '../../base/errors.ts';
import type { HostState } from '../../host/state.ts';
import type { Way } from '../../ssh/way.ts';

/** What was learned of one host. */
export type Examined = ExaminedHost | UnreadHost;

export interface ExaminedHost {
  readonly type: 'read';
  readonly host: string;
  /** Undefined when the connection was lost right afterwards. */
  readonly way: Way | undefined;
  readonly state: HostState;
  readonly trip: RoundTrip | undefined;
  /** `gone`: the owner of its lock was a process of this machine, which has ended. */
  readonly owner: 'gone' | 'unknown';
}

/** It cannot be reached (`way` is undefined then), or does not answer as it should. */
export interface UnreadHost {
  readonly type: 'unread';
  readonly host: string;
  readonly way: Way | undefined;
  readonly error: Pick<SlipwayError, 'code' | 'message' | 'mend' | 'detail'>;
}

/** A request that does nothing, and its answer. */
export interface RoundTrip {
  readonly ms: number;
  /** How far the host's clock is ahead of ours, ms; undefined when it did not tell the time. */
  readonly ahead: number | undefined;
}

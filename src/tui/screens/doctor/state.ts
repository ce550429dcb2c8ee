import type { Diagnosis } from '../../../rollout/diagnosis.ts';
import type { Problem } from '../../state.ts';

export interface DoctorView {
  /** The newest; it stays while the hosts are looked at again. */
  readonly diagnosis: Diagnosis | undefined;
  readonly reading: boolean;
  readonly problem: Problem | undefined;
}

export const noDiagnosis: DoctorView = { diagnosis: undefined, reading: false, problem: undefined };

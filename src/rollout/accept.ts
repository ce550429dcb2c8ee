import { SlipwayError } from '../base/errors.ts';
import type { HistoryRecord } from '../host/records.ts';
import { whoAmI } from './owner.ts';
import type { Stage } from './stage.ts';
import type { Unfinished } from './unfinished.ts';

/** Leaves every instance as it is, and gives the stage free. Answers with the hosts that could not be told. */
export async function accept({ clients, clock }: Stage, unfinished: Unfinished): Promise<readonly string[]> {
  const { rollout, hosts, plan } = unfinished;
  const record: HistoryRecord = {
    at: clock.now(),
    by: whoAmI(),
    what: plan.kind,
    release: plan.release.id,
    outcome: 'accepted',
    why: 'left as it is by a person',
    rollout,
  };
  const told = await Promise.allSettled(
    hosts.map((host) => clients.get(host)!.unlock({ rollout, history: JSON.stringify(record) })),
  );
  const bug = told.find((one) => one.status === 'rejected' && !(one.reason instanceof SlipwayError));
  if (bug?.status === 'rejected') throw bug.reason;
  return hosts.filter((_, index) => told[index]!.status === 'rejected');
}

import type { InstanceSettings } from './settings.ts';
import type { Stage } from './stage.ts';

/** What goes first must leave enough to compare it with. Of fewer than four one goes first, whatever is written. */
export function checkCanary({ entry, name, mistake }: Stage, instances: readonly InstanceSettings[]): void {
  const canary = entry.rollout?.canary;
  if (canary === undefined) return;
  for (const role of new Set(instances.map((instance) => instance.role))) {
    const total = instances.filter((instance) => instance.role === role).length;
    const percent = typeof canary === 'number' ? (canary * 100) / total : Number.parseInt(canary, 10);
    const isOne = canary === 1;
    if (total < 4 || isOne || percent <= 25) continue;
    const most = Math.floor(total / 4);
    mistake(
      ['rollout', 'canary'],
      `at most a quarter of a role may be a canary: of the ${total} instances of ${role} in "${name}" that is ${most}. Write ${most}, or "25%".`,
    );
    return;
  }
}

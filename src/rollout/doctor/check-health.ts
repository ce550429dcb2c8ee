import { unreachable } from '../../base/errors.ts';
import { list } from '../../base/text.ts';
import type { InstanceSettings, ProbeSettings } from '../../config/settings.ts';
import type { InstanceState } from '../../host/state.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { Here } from './here.ts';
import { lookAtLog } from './mend-words.ts';

const health = checksOf('health');

/** What the instances answer, as the host itself asks them. */
export function checkHealth(here: Here): readonly Check[] {
  const { instances, state } = here;
  const asked = instances.filter((one) => one.health.probe.type !== 'running');
  const silent = instances.filter((one) => one.health.probe.type === 'running').map(({ name }) => name);
  return [
    ...asked.flatMap((instance) => {
      const found = state.instances.find(({ id }) => id === instance.id);
      return found === undefined ? [] : [checkAnswer(here, instance, found)];
    }),
    ...(silent.length > 0
      ? [health.ok(`hosts.json has nothing to ask of ${list(silent)}: running counts as healthy`)]
      : []),
  ];
}

function checkAnswer(here: Here, instance: InstanceSettings, { current, service, ...found }: InstanceState): Check {
  const { name } = instance;
  const sample = found.health;
  const probe = probeWords(instance.health.probe);
  if (sample === undefined) {
    const why = current === undefined ? 'was not deployed yet' : 'does not run';
    return health.unknown(`${probe} was not asked: ${name} ${why}`);
  }
  const time = sample.latencyMs === undefined ? '' : ` after ${sample.latencyMs} ms`;
  const what = `${name} is ${sample.healthy ? 'healthy' : 'not healthy'}: ${probe}: ${sample.outcome}${time}`;
  if (sample.healthy) return health.ok(what);
  // it may need its time
  const isNew = service.status === 'starting' || found.busy !== undefined;
  return isNew || found.traffic === 'idle'
    ? health.warning(what, lookAtLog(here, instance))
    : health.bad(what, lookAtLog(here, instance));
}

function probeWords(probe: ProbeSettings): string {
  switch (probe.type) {
    case 'http':
      return probe.url;
    case 'tcp':
      return `port ${probe.port} of ${probe.host}`;
    case 'command':
      return `"${probe.command}"`;
    case 'running':
      return 'running';
    default:
      return unreachable(probe);
  }
}

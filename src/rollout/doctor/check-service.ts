import { formatDuration } from '../../base/duration.ts';
import { plural } from '../../base/text.ts';
import { unreachable } from '../../base/errors.ts';
import { sh } from '../../base/shell.ts';
import type { InstanceSettings } from '../../config/settings.ts';
import type { InstanceState } from '../../host/state.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { Here } from './here.ts';
import { lookAtLog, startByHand } from './mend-words.ts';

const service = checksOf('service');

/** What starts and stops instances there, and how each of them is. What is missing are findings of the host script. */
export function checkService(here: Here): readonly Check[] {
  const { instances, state } = here;
  return [
    ...checkManager(here),
    ...checkDetached(here),
    ...checkProxies(here),
    ...instances.flatMap((instance) => {
      const found = state.instances.find(({ id }) => id === instance.id);
      return found === undefined ? [] : checkInstance(here, instance, found);
    }),
  ];
}

function checkManager({ instances, state }: Here): readonly Check[] {
  const units = instances.filter((one) => one.service.type === 'systemd');
  if (units.length === 0) return [];
  const ids = new Set(units.map(({ id }) => id));
  const answers = state.instances.some(({ id, service: { status } }) => ids.has(id) && status !== 'unknown');
  const own = units.some((one) => one.service.type === 'systemd' && one.service.scope === 'user');
  const lingers = own && !state.findings.some(({ kind }) => kind === 'lingers');
  return [
    answers ? service.ok('systemd answers') : silentManager(state.user, { own, runs: state.tools.has('systemd') }),
    ...(lingers ? [service.ok(`${state.user} lingers: units start with the host, and outlive the session`)] : []),
  ];
}

function silentManager(user: string, { own, runs }: { readonly own: boolean; readonly runs: boolean }): Check {
  if (!runs)
    return service.bad(
      'systemd does not run this host, though hosts.json wants units of it',
      'Give the role "service": {"start", "stop", "status"} in hosts.json',
    );
  const what = own ? `the systemd of ${user} does not answer` : 'systemd does not answer';
  const mend = own ? sh`As root on the host: loginctl enable-linger ${user}` : 'See on the host: systemctl status';
  return service.bad(what, mend);
}

/** A mere switch needs no process that outlives the connection. */
function checkDetached({ instances, state }: Here): readonly Check[] {
  const isNeeded = instances.some((one) => one.service.type !== 'files' || one.health.probe.type !== 'running');
  const isMissing = state.findings.some(({ kind }) => kind === 'setsid' || kind === 'linger');
  return isNeeded && !isMissing ? [service.ok('an update goes on when the connection is lost')] : [];
}

function checkProxies({ proxies, state, slots }: Here): readonly Check[] {
  return proxies.map(({ role, socket, backend }) => {
    const told = state.traffic.filter((server) => server.role === role);
    if (told.length === 0) return service.unknown(`what HAProxy does for ${role} is not known`);
    const up = told.filter((server) => server.up).length;
    const what = `HAProxy has ${plural(told.length, 'server')} for ${role} in ${backend}, ${up} of them up`;
    const slot = slots.find((one) => one.role === role);
    if (slot?.certain === 'no')
      return service.warning(
        `${what}; it does not tell which slot takes the traffic`,
        `The next deploy says which one counts, and sets it right; see: ${sh`echo ${`show servers state ${backend}`} | socat - ${socket}`}`,
      );
    return service.ok(slot?.taken === undefined ? what : `${what}; ${slot.taken} takes the traffic`);
  });
}

function checkInstance(here: Here, instance: InstanceSettings, found: InstanceState): readonly Check[] {
  const { name, current, busy, service: seen, traffic } = found;
  if (busy !== undefined) return [service.ok(`${name} is being changed by ${busy}`)];
  if (seen.status === 'none') return instance.service.type === 'files' ? checkFiles(found) : [];
  if (current === undefined && seen.status !== 'running') return [service.ok(`${name} was not deployed yet`)];
  switch (seen.status) {
    case 'running':
      return [checkRunning(here, instance, found)];
    case 'starting':
      return [service.warning(`${name} is starting: ${seen.detail}`, lookAtLog(here, instance))];
    case 'stopped':
      if (traffic === 'idle') return [service.ok(`${name} does not run: its slot idles`)];
      return [service.bad(`${name} does not run: ${seen.detail}`, startByHand(here, instance))];
    case 'failed':
      return [service.bad(`${name} has failed: ${seen.detail}`, lookAtLog(here, instance))];
    case 'unknown':
      return [service.unknown(`whether ${name} runs is not known: ${seen.detail}`, lookAtLog(here, instance))];
    default:
      return unreachable(seen.status);
  }
}

function checkFiles({ name, current }: InstanceState): readonly Check[] {
  return [
    service.ok(current === undefined ? `${name} was not deployed yet` : `${name} is files only: nothing has to run`),
  ];
}

function checkRunning(
  here: Here,
  instance: InstanceSettings,
  { name, current, runs, service: seen }: InstanceState,
): Check {
  const { startedAt, restarts = 0 } = seen;
  const since = startedAt === undefined ? '' : ` for ${formatDuration(Math.max(0, here.state.now - startedAt))}`;
  if (current === undefined) return service.ok(`${name} runs${since}, though it was not deployed yet`);
  if (restarts > 0)
    return service.warning(
      `${name} runs${since}, and was started again ${plural(restarts, 'time')} by itself`,
      lookAtLog(here, instance),
    );
  if (runs.type === 'unproven')
    return service.warning(`${name} runs${since}, but which release cannot be seen`, showRelease(instance));
  return service.ok(`${name} runs${since}`);
}

/** How it can be seen what a process runs. */
function showRelease({ service: how }: InstanceSettings): string {
  const reply = 'let its health reply name the release: "release" is in its environment as SLIPWAY_RELEASE';
  const hasNoPid = how.type === 'command' && how.pidFile === undefined;
  return hasNoPid ? `Give the role a "pidFile" in hosts.json, or ${reply}` : `It is another user's process: ${reply}`;
}

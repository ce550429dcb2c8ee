import { formatDuration } from '../../base/duration.ts';
import { sanitise } from '../../base/sanitise.ts';
import type { Way } from '../../ssh/way.ts';
import { type Check, checksOf } from '../diagnosis.ts';
import type { ExaminedHost, RoundTrip, UnreadHost } from './examined.ts';

const [ssh, clock] = [checksOf('ssh'), checksOf('clock')];

export function checkConnection({ way, trip }: ExaminedHost): readonly Check[] {
  const ms = trip === undefined ? undefined : Math.max(1, Math.round(trip.ms));
  const time = ms === undefined ? 'it answers' : `a request and its answer take ${ms} ms`;
  return [ssh.ok(way === undefined ? time : `${wayWords(way)}; ${time}`)];
}

/** Why nothing is known of it. */
export function checkUnread({ way, error }: UnreadHost): readonly Check[] {
  const { code, message, mend, detail } = error;
  // sshd let us in, but the shell behind it lacks something
  const found = checksOf(code === 'SLIP_TOOL' ? 'tools' : 'ssh').bad(message.replace(/\.$/, ''), mend);
  return [
    ...(way === undefined ? [] : [ssh.ok(wayWords(way))]),
    detail.length === 0 ? found : { ...found, detail: detail.map(sanitise) },
    ssh.unknown('nothing else of this host could be looked at'),
  ];
}

function wayWords({ user, host, port, transport, needsOpenSsh, through, proxyCommand }: Way): string {
  const place = host.includes(':') ? `[${host}]` : host;
  const why = needsOpenSsh.length === 0 ? '' : `, which ${needsOpenSsh.join(', ')} needs`;
  const how = transport === 'ssh2' ? 'by ssh2' : `by the system's ssh${why}`;
  const hops = [...through, ...(proxyCommand === 'used' ? ['a ProxyCommand'] : [])];
  return `logged in as ${user}@${place}:${port} ${how}${hops.length === 0 ? '' : `, through ${hops.join(', ')}`}`;
}

/** Below a second nobody notices; busybox tells its time to half a second. */
const NOTICED_MS = 1000;
const WRONG_MS = 30_000;

const SET_CLOCK = 'See which of the two is wrong (date -u on both); then let it be kept: sudo timedatectl set-ntp true';

export function checkClock(trip: RoundTrip | undefined): readonly Check[] {
  if (trip?.ahead === undefined) return [clock.unknown('its clock was not told')];
  const { ms, ahead } = trip;
  // when it was read, between the request and the answer, nobody knows
  const certain = Math.abs(ahead) - ms / 2;
  if (certain <= NOTICED_MS) return [clock.ok('its clock and the one of this machine agree')];
  const what = `its clock is ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead of' : 'behind'} the one of this machine`;
  return [certain > WRONG_MS ? clock.bad(what, SET_CLOCK) : clock.warning(what, SET_CLOCK)];
}

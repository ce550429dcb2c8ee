import { quote } from '../base/shell.ts';

/**
 * What the host script found missing, in words and with its mend. The first word is the kind, the others belong to it;
 * 40-probe.sh sends them.
 */
export type Need = readonly string[];

export function needText([kind, first = '', second = '', third = '']: Need): string {
  switch (kind) {
    case 'tool':
      return `${first} is not installed`;
    case 'shared':
      return `shared/${first} does not exist`;
    case 'readonly':
      return `${first} is mounted read-only`;
    case 'denied':
      return `no right to write to ${first}`;
    case 'real':
      return `${first} is a real folder, not a link`;
    case 'setsid':
      return 'there is no way to start a process that outlives the connection (no setsid, no systemd-run)';
    case 'linger':
      return 'an update would be ended with the connection: logind has KillUserProcesses=yes and the user does not linger';
    case 'lingers':
      return `the units of ${first} end with its last session and do not start with the host: it does not linger`;
    case 'unit':
      return `there is no unit ${first}`;
    case 'sudo':
      return `no right to run: sudo ${first} ${second} ${third}`;
    case 'journal':
      return `no right to read the journal of ${first}`;
    case 'socket':
      return `no right to use the socket of HAProxy: ${first}`;
    case 'proxy':
      return `no HAProxy answers at ${first}`;
    case 'level':
      return `HAProxy lets us do no more than "${second}" at ${first}`;
    case 'server':
      return `HAProxy has no server ${second} in a backend ${first}`;
    case 'check':
      return `HAProxy does not check the server ${first}/${second}: it would send traffic to an instance that is down`;
    case undefined:
    default:
      return `missing: ${kind ?? ''} ${first}`;
  }
}

export function needMend([kind, first = '', second = '', third = '']: Need): string {
  switch (kind) {
    case 'tool':
      return `Install it, for example: sudo apt-get install ${packageOf(first.split(' ')[0]!)}`;
    case 'shared':
      return `Put it there before the first deploy; slipway links it into every release.`;
    case 'readonly':
      return `Disks that fail are mounted so: dmesg | tail. If it is well: sudo mount -o remount,rw ${quote(first)}`;
    case 'real':
      return `Move it away on the host: mv ${quote(first)} ${quote(`${first}.before-slipway`)}`;
    case 'setsid':
      return 'Install util-linux or systemd.';
    case 'denied':
      return `As root on the host: chown -R USER ${['.slipway', 'releases', 'instances'].map((one) => quote(`${second}/${one}`)).join(' ')}`;
    case 'linger':
    case 'lingers':
      return `As root on the host: loginctl enable-linger ${quote(first)}`;
    case 'unit':
      return second === 'user'
        ? `Put it into ~/.config/systemd/user, then: systemctl --user daemon-reload`
        : `Put it into /etc/systemd/system, then: sudo systemctl daemon-reload`;
    case 'sudo':
      return sudoersLine(`/usr/bin/${first} ${second} ${third}`);
    case 'socket':
      return `In haproxy.cfg: stats socket ${first} mode 660 group haproxy level admin; then as root: usermod -aG haproxy USER`;
    case 'proxy':
      return `Start it, and give it the socket in haproxy.cfg: stats socket ${first} mode 660 group haproxy level admin`;
    case 'level':
      return `In haproxy.cfg: stats socket ${first} mode 660 group haproxy level admin`;
    case 'server':
      return `Add it to haproxy.cfg, in "backend ${first}": server ${second} 127.0.0.1:PORT check`;
    case 'check':
      return `Add "check" to its line in haproxy.cfg.`;
    case 'journal':
      return `As root on the host: usermod -aG systemd-journal USER; or in sudoers: ${sudoersLine(`/usr/bin/journalctl -o cat -n 50 -f -u ${first}`)}`;
    case undefined:
    default:
      return '';
  }
}

/** Debian's package of a tool. */
function packageOf(tool: string): string {
  switch (tool) {
    case 'awk':
      return 'mawk';
    case 'xargs':
      return 'findutils';
    case 'dd':
    case 'head':
    case 'sha256sum':
    case 'timeout':
      return 'coreutils';
    default:
      return tool;
  }
}

/** In sudoers `,` `:` `=` and `\` inside a command are escaped. USER is filled in by the probe, which knows it. */
function sudoersLine(command: string): string {
  return `USER ALL=(root) NOPASSWD: ${command.replaceAll(/[\\,:=]/g, String.raw`\$&`)}`;
}

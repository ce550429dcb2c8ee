import { levelNamed, levelOf, levelOfSeverity } from '../levels.ts';
import { isoAt } from '../times/iso.ts';
import { monthNamed } from '../times/months.ts';
import { inNearestYear, type When } from '../times/when.ts';
import { fieldsOf, NOTHING_TOLD, type Said, type TextFormat } from './format.ts';

const PRIORITY = '(?:<(\\d{1,3})>)?';
const HOST_AND_TAG = '(?:([\\w.-]{1,255}) )?([^\\s:[\\]]{1,48}(?: [\\d.]{1,12})?)(?:\\[(\\d{1,10})\\])?: (.*)$';
const OLD = new RegExp(`^${PRIORITY}([A-Z][a-z]{2}) {1,2}(\\d{1,2}) (\\d\\d):(\\d\\d):(\\d\\d) ${HOST_AND_TAG}`, 's');
const WITH_ISO = new RegExp(
  `^${PRIORITY}(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,18}(?:Z|[+-]\\d\\d:?\\d\\d)) ${HOST_AND_TAG}`,
  's',
);

/** RFC 3164, in files without its priority: `Oct 11 22:14:15 mymachine su[230]: failed`. The year is the nearest one. */
export const syslog: TextFormat = {
  name: 'syslog',
  read(text, when) {
    const [, priority, month, day, hour, minute, second, host, program, pid, message] = OLD.exec(text) ?? [];
    if (message === undefined || monthNamed(month!) === 0) return undefined;
    const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction: undefined };
    const t = inNearestYear(monthNamed(month!), Number(day), { clock, when });
    return saidBy({ priority, host, program, pid, message, t });
  },
};

/** As rsyslog writes with precise times: `2018-08-14T14:30:02.203151+02:00 host systemd[4179]: Stopped target` */
export const syslogWithIso: TextFormat = {
  name: 'syslog',
  read(text, when: When) {
    const [, priority, date, host, program, pid, message] = WITH_ISO.exec(text) ?? [];
    // others put the level where this has its host
    if (message === undefined || host === undefined || levelNamed(host) !== undefined) return undefined;
    return saidBy({ priority, host, program, pid, message, t: isoAt(date!, 0, when)?.t });
  },
};

interface Parts {
  readonly priority: string | undefined;
  readonly host: string | undefined;
  readonly program: string | undefined;
  readonly pid: string | undefined;
  readonly message: string;
  readonly t: number | undefined;
}

function saidBy({ priority, host, program, pid, message, t }: Parts): Said | undefined {
  if (Number(priority ?? 0) > 191) return undefined;
  const level = priority === undefined ? levelOf(message) : levelOfSeverity(Number(priority) % 8);
  const fields = fieldsOf({ host, program, pid: pid === undefined ? undefined : Number(pid) });
  return { level, t, message, fields, told: NOTHING_TOLD };
}

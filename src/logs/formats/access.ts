import { levelOfStatus } from '../levels.ts';
import { zoneOf } from '../times/iso.ts';
import { monthNamed } from '../times/months.ts';
import { timeOf } from '../times/when.ts';
import { fieldsOf, NOTHING_TOLD, type TextFormat } from './format.ts';

/** Clients before the time may be a list of proxies; no longer than this. */
const CLIENTS = 300;
const TIME = / \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d\d)(\d\d)\] /y;
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const REST = new RegExp(`${QUOTED} (\\d{3}) (\\d+|-)(?: ${QUOTED} ${QUOTED})?`, 'y');
const REQUEST = /^([A-Za-z]{1,20}) (\S+)(?: (HTTP\/[\d.]+))?$/;

/** What nginx, Apache and others tell of a request, in the common and the combined form, with more behind or before it. */
export const access: TextFormat = {
  name: 'access',
  read(text) {
    const at = text.indexOf(' [');
    if (at < 0 || at > CLIENTS) return undefined;
    TIME.lastIndex = at;
    const time = TIME.exec(text);
    if (!time) return undefined;
    REST.lastIndex = TIME.lastIndex;
    const rest = REST.exec(text);
    if (!rest) return undefined;
    const [, request = '', status = '', bytes = '', referer, agent] = rest;
    const [, method, path, protocol] = REQUEST.exec(request) ?? [];
    const told = { ...clientOf(text.slice(0, at)), method, path, protocol, status: Number(status) };
    const fields = fieldsOf({ ...told, ...sizeOf(bytes), referer: said(referer), agent: said(agent) });
    const message = `${method === undefined ? request : `${method} ${path!}`} ${status}`;
    return { level: levelOfStatus(Number(status)), t: timeIn(time), message, fields, told: NOTHING_TOLD };
  },
};

function timeIn([, day, month, year, hour, minute, second, ahead, minutes]: RegExpExecArray): number | undefined {
  const clock = { hour: Number(hour), minute: Number(minute), second: Number(second), fraction: undefined };
  const date = { year: Number(year), month: monthNamed(month!), day: Number(day) };
  return timeOf(date, clock, zoneOf(ahead, minutes) ?? 0);
}

/** `1.2.3.4 - alice`: behind the client is what identd says, which is nothing, and who logged in. */
function clientOf(head: string): { client: string; user: string | undefined } {
  const [, client = head, user] = /^(.*?) \S+ (\S+)$/.exec(head) ?? [];
  return { client, user: said(user) };
}

function sizeOf(bytes: string): { bytes?: number } {
  return bytes === '-' ? {} : { bytes: Number(bytes) };
}

function said(text: string | undefined): string | undefined {
  return text === '-' ? undefined : text;
}

import { RemoteError } from '../base/errors.ts';
import type { SlipwayError } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import { sanitise, sanitiseLines } from '../base/sanitise.ts';
import { sh } from '../base/shell.ts';
import type { Credentials } from './auth.ts';
import type { LoginRecord } from './login.ts';
import { describeHost } from './spec.ts';
import type { HostSpec } from './spec.ts';

/** How far a connection came: TCP, the exchange of keys, the host key's verdict, logging in. */
export type Phase = 'tcp' | 'keyExchange' | 'hostKey' | 'login';

/** What ssh2 and the socket put on their errors. */
export type SocketTrouble = Error & { readonly code?: string | number; readonly level?: string };

type Explained = { readonly code: string; readonly what: string; readonly mend: string };

const BY_CODE: Readonly<Record<string, (spec: HostSpec) => Explained>> = {
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  EAI_NONAME: unknownName,
  ECONNREFUSED: (spec) => ({
    code: 'SLIP_REFUSED',
    what: `nothing accepts connections on port ${spec.port}`,
    mend: `Is sshd running there, and is ${spec.port} its port? A firewall may refuse, too.`,
  }),
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EADDRNOTAVAIL: unreachable,
  ETIMEDOUT: (spec) => noAnswer(spec, 'the network gave up waiting for an answer'),
};

function unknownName(spec: HostSpec): Explained {
  return {
    code: 'SLIP_DNS',
    what: `the name ${sanitise(spec.host)} is not known to DNS`,
    mend: `Check the host's address in hosts.json, or HostName in your SSH configuration: ${sh`ssh -G ${spec.host}`}`,
  };
}

function unreachable(): Explained {
  return { code: 'SLIP_UNREACHABLE', what: 'no network leads there', mend: 'Is this machine online? Is a VPN needed?' };
}

function noAnswer(spec: HostSpec, what: string): Explained {
  const mend = `Is the host up? Does a firewall drop what is sent to port ${spec.port}?`;
  return { code: 'SLIP_CONNECT_TIMEOUT', what, mend };
}

function remoteError(
  spec: HostSpec,
  { code, what, mend }: Explained,
  more: { cause?: unknown; detail?: readonly string[] } = {},
) {
  const detail = more.detail ?? [];
  return new RemoteError({
    code,
    host: spec.name,
    message: `No connection to ${describeHost(spec)}: ${what}.`,
    mend,
    detail,
    cause: more.cause,
  });
}

/** The phase took too long. */
export function timedOut(spec: HostSpec, phase: Phase, ms: number): SlipwayError {
  const within = `within ${formatDuration(ms)}`;
  switch (phase) {
    case 'tcp':
      return remoteError(spec, noAnswer(spec, `it did not answer ${within}`));
    case 'keyExchange':
    case 'hostKey':
      return remoteError(spec, {
        code: 'SLIP_HANDSHAKE_TIMEOUT',
        what: `it took the connection, but did not finish the SSH handshake ${within}`,
        mend: `Is it sshd that listens on port ${spec.port}? An overloaded host can look like this, too.`,
      });
    case 'login':
      return remoteError(spec, {
        code: 'SLIP_LOGIN_TIMEOUT',
        what: `the login was not finished ${within}`,
        mend: `See where it stops: ${sh`ssh -v -p ${spec.port} ${`${spec.user}@${spec.host}`} true`}`,
      });
  }
}

/** What was known when a connection came to its end too early. */
export interface Ending {
  readonly phase: Phase;
  /** What the other side sent before its SSH greeting, or of it. */
  readonly firstBytes: string;
  readonly record: LoginRecord;
  readonly credentials: Credentials;
  /** What the host says to everybody who logs in. */
  readonly banner: string;
  /** A person was being asked. */
  readonly isAsking: boolean;
  readonly error: SocketTrouble | undefined;
}

/** Why a connection that had not come to life ended. */
export function explain(spec: HostSpec, ending: Ending): SlipwayError {
  const { error, phase } = ending;
  const known = typeof error?.code === 'string' && phase === 'tcp' ? BY_CODE[error.code] : undefined;
  if (known !== undefined) return remoteError(spec, known(spec), { cause: error });
  if (phase === 'login') return isRefusal(error) ? loginRefused(spec, ending) : loginBroken(spec, ending);
  if (error?.level === 'handshake') return noCommonGround(spec, error);
  return remoteError(
    spec,
    {
      code: 'SLIP_HANDSHAKE',
      what: `the SSH handshake broke off (${reason(error)})`,
      mend: `Is it sshd that listens on port ${spec.port}, and does it let this address in (MaxStartups, fail2ban)?`,
    },
    { cause: error, detail: said(ending.firstBytes) },
  );
}

function reason(error: SocketTrouble | undefined): string {
  return error === undefined ? 'it hung up' : sanitise(error.message);
}

function said(firstBytes: string): string[] {
  return sanitiseLines(firstBytes)
    .slice(0, 3)
    .map((line) => `the host said: ${line}`);
}

function noCommonGround(spec: HostSpec, error: SocketTrouble): SlipwayError {
  return remoteError(
    spec,
    {
      code: 'SLIP_HANDSHAKE',
      what: `the SSH handshake failed (${reason(error)})`,
      mend: 'sshd must offer one of curve25519-sha256, ecdh-sha2-nistp256 or diffie-hellman-group14-sha256 (KexAlgorithms), and aes128-gcm or aes128-ctr (Ciphers).',
    },
    { cause: error },
  );
}

/** ssh2 has run out of keys, or the host sent a disconnect message: those carry a number. */
function isRefusal(error: SocketTrouble | undefined): boolean {
  return error?.level === 'client-authentication' || typeof error?.code === 'number';
}

function loginBroken(spec: HostSpec, { error, record, isAsking }: Ending): SlipwayError {
  if (record.gaveUp !== undefined) return notAnswered(spec, record);
  const [what, mend] = isAsking
    ? ['it hung up while a question was open', 'Try again: hosts wait two minutes for a login (LoginGraceTime).']
    : [`it was lost during the login (${reason(error)})`, 'sshd says why in its log on the host (journalctl -u ssh).'];
  return remoteError(spec, { code: 'SLIP_LOGIN_BROKEN', what, mend }, { cause: error, detail: tried(record) });
}

/** Somebody was asked and did not answer: no failure, and no reason to try anything else. */
function notAnswered(spec: HostSpec, record: LoginRecord): SlipwayError {
  return new RemoteError({
    code: 'SLIP_AUTH_UNANSWERED',
    host: spec.name,
    message: `The login to ${describeHost(spec)} was given up: ${record.gaveUp ?? 'it was not answered'}.`,
    mend: `Run it again and answer, or give the host your key: ${copyId(spec)}`,
    detail: [...tried(record), ...accepted(record)],
  });
}

function tried(record: LoginRecord): string[] {
  return record.tried.map((label, index) => `tried ${index + 1}: ${label}`);
}

function accepted({ accepts }: LoginRecord): string[] {
  return accepts === undefined ? [] : [`the host accepts: ${accepts.map(sanitise).join(', ')}`];
}

/** Says which keys were tried, in order, and what the host would accept: the two things one needs to mend it. */
function loginRefused(spec: HostSpec, ending: Ending): SlipwayError {
  const { record, credentials, error, banner } = ending;
  if (record.gaveUp !== undefined) return notAnswered(spec, record);
  const hungUp = typeof error?.code === 'number';
  // what sshd does when MaxAuthTries is exceeded
  const tooMany = hungUp && record.tried.length > 1;
  const detail = [
    ...tried(record),
    ...(record.tried.length === 0 ? [`tried: nothing, for ${whyNoKey(spec)}`] : []),
    ...record.notes.map((note) => `did not work: ${note}`),
    ...record.locked.map((file) => `not tried: key file ${file} needs its passphrase`),
    ...credentials.notes.map((note) => `not tried: ${note}`),
    ...(record.partial ? ['what was tried was not all the host wants'] : []),
    ...accepted(record),
    ...(hungUp ? [`the host said: ${sanitise(error.message)}`] : []),
    ...bannerLines(banner),
  ];
  return new RemoteError({
    code: tooMany ? 'SLIP_AUTH_TOO_MANY' : 'SLIP_AUTH_REFUSED',
    host: spec.name,
    message: `${describeHost(spec)} refused the login${tooMany ? ' after too many attempts' : ''}.`,
    mend: loginMend(spec, record, tooMany ? 'tooMany' : 'refused'),
    detail,
    cause: error,
  });
}

const BANNER_LINES = 10;
const BANNER_COLUMNS = 200;

/** It may tell why: "this host is closed for maintenance". */
function bannerLines(banner: string): string[] {
  const lines = sanitiseLines(banner).filter((line) => line.trim() !== '');
  return lines.slice(0, BANNER_LINES).map((line) => `its banner: ${line.slice(0, BANNER_COLUMNS)}`);
}

function loginMend(spec: HostSpec, record: LoginRecord, how: 'refused' | 'tooMany'): string {
  const { accepts = [], locked } = record;
  const questions = accepts.filter((method) => method === 'password' || method === 'keyboard-interactive');
  const unasked = questions.length > 0 && !record.tried.some((label) => /^(?:password|keyboard)/.test(label));
  const [file] = locked;
  if (file !== undefined)
    return `Unlock the key for a while: ${sh`ssh-add ${file}`} (start an agent first if there is none: eval "$(ssh-agent)"), or ${howToAsk(spec)}.`;
  if (unasked && (record.partial || !accepts.includes('publickey')))
    return `It wants ${questions.join(' or ')}${record.partial ? ' as well' : ''}: ${howToAsk(spec)}.`;
  if (record.partial) return `It wants ${accepts.map(sanitise).join(' or ')} as well.`;
  if (how === 'tooMany')
    return `Name the right key: "IdentityFile …" and "IdentitiesOnly yes" for ${sanitise(spec.host)} in your SSH configuration.`;
  if (record.accepts !== undefined && !accepts.includes('publickey'))
    return 'It accepts no keys. Set "PubkeyAuthentication yes" in its sshd_config.';
  return `Add your public key to ~${sanitise(spec.user)}/.ssh/authorized_keys there: ${copyId(spec)}`;
}

function whyNoKey(spec: HostSpec): string {
  return spec.loginMethods.includes('publickey') ? 'there is no key to offer' : 'your SSH configuration allows no keys';
}

function howToAsk(spec: HostSpec): string {
  return spec.batchMode
    ? 'set "BatchMode no" in your SSH configuration, so that slipway can ask'
    : 'run slipway on a terminal, where it can ask';
}

function copyId(spec: HostSpec): string {
  return sh`ssh-copy-id -p ${spec.port} ${`${spec.user}@${spec.host}`}`;
}

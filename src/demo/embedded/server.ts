import { timingSafeEqual } from 'node:crypto';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type Session } from 'ssh2';
import { Bug } from '../../base/errors.ts';
import { type Place, type RunningCommand, runCommand } from './command.ts';

const { Server, utils } = ssh2;

/** As sshd's MaxSessions: so many channels at once on one connection. */
const MAX_SESSIONS = 10;

/** What a server needs to know, and the switches that tests turn while it runs. */
export interface ServerTerms {
  readonly user: string;
  readonly hostKey: string;
  readonly authorizedKey: string;
  readonly place: Place;
  /** The next so many channels are refused. */
  refusals: number;
  /** Called for every command that is started. */
  readonly onCommand: (command: string) => void;
}

/**
 * An SSH server that lets one key in and runs commands, and nothing else: no terminal, shell, subsystem or forwarding. One
 * limit is tighter than sshd's: ssh2 drops a connection that sends a packet, and so a command, of more than 35 000 bytes.
 */
export function createSshServer(terms: ServerTerms): ssh2.Server {
  const authorized = readPublicKey(terms.authorizedKey);
  return new Server({ hostKeys: [terms.hostKey], ident: 'slipway-embedded' }, (client) => {
    // Clients that vanish in the middle of a packet are no concern of a server.
    client.on('error', () => undefined);
    client.on('authentication', (attempt) => {
      if (isAllowed(attempt, terms.user, authorized)) attempt.accept();
      else attempt.reject(['publickey']);
    });
    client.on('ready', () => acceptSessions(client, terms));
  });
}

function readPublicKey(text: string): ParsedKey {
  const key = utils.parseKey(text);
  if (key instanceof Error) throw new Bug('The client key of an embedded host cannot be read.', key);
  return key;
}

/** A client asks first whether a key would do (no signature yet), then proves that it has it. */
function isAllowed(attempt: AuthContext, user: string, authorized: ParsedKey): boolean {
  if (attempt.method !== 'publickey' || !equal(Buffer.from(attempt.username), Buffer.from(user))) return false;
  const { key, blob, signature, hashAlgo } = attempt;
  if (key.algo !== authorized.type || !equal(key.data, authorized.getPublicSSH())) return false;
  if (signature === undefined) return true;
  return blob !== undefined && authorized.verify(blob, signature, hashAlgo);
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function acceptSessions(client: Connection, terms: ServerTerms): void {
  const open = new Set<Session>();
  const running = new Map<Session, RunningCommand>();
  client.on('session', (accept, reject) => {
    if (terms.refusals > 0 || open.size >= MAX_SESSIONS) {
      terms.refusals = Math.max(0, terms.refusals - 1);
      reject();
      return;
    }
    const session = accept();
    open.add(session);
    // One session runs at most one command; ssh2 refuses a second, and every kind of request that has no listener here.
    session.on('exec', (acceptCommand, _reject, { command }) => {
      terms.onCommand(command);
      running.set(session, runCommand(acceptCommand(), command, terms.place));
    });
    // ssh2 tells of signals only until the client's end-of-file; sshd has no such limit.
    session.on('signal', (_accept, _reject, { name }) => running.get(session)?.signal(name));
    session.once('close', () => {
      open.delete(session);
      running.get(session)?.abandon();
      running.delete(session);
    });
  });
  // A connection that is lost closes none of its sessions.
  client.once('close', () => {
    for (const command of running.values()) command.abandon();
  });
}

import { resolve } from 'node:path';
import { loadSettings } from '../config/load.ts';
import type { HostSettings, Settings, Strategy } from '../config/settings.ts';
import { openSession, type StageHosts } from '../rollout/open-session.ts';
import type { StageSession } from '../rollout/session.ts';
import { wantedTransport } from '../ssh/choose.ts';
import { connect, loadSsh2 } from '../ssh/connect.ts';
import type { ConnectOptions } from '../ssh/connect.ts';
import { knockAt, resolveTarget } from '../ssh/resolve.ts';
import { cacheDir } from './cache-dir.ts';
import { type CliContext, type GlobalOptions, isInteractive, remark } from './context.ts';
import { personAt } from './person.ts';

export type OpenStage = StageSession & StageHosts & { readonly settings: Settings };

/** The stage that a command is about, ready to be asked. */
export async function openStage(
  context: CliContext,
  stage: string,
  options: GlobalOptions & LimitFlags,
): Promise<OpenStage> {
  const { strategy } = options;
  const settings = await loadSettings({ file: resolve(context.cwd, options.config), stage, strategy });
  return openSettings(context, withLimits(settings, options), options);
}

/** What a run may set otherwise than hosts.json. */
export interface LimitFlags {
  /** Bytes per second; 0: as many as the line takes. */
  readonly bwlimit?: number;
  readonly parallel?: number;
  readonly strategy?: Strategy;
}

function withLimits(settings: Settings, { bwlimit, parallel }: LimitFlags): Settings {
  const { rollout } = settings;
  return {
    ...settings,
    rollout: {
      ...rollout,
      bwlimit: bwlimit === undefined ? rollout.bwlimit : bwlimit || undefined,
      parallel: parallel ?? rollout.parallel,
    },
  };
}

export interface OpenOptions extends GlobalOptions {
  readonly whenPaused?: 'wait' | 'end';
  /** Who answers what hosts and keys ask for, and hears of host keys; without it whoever sits at the terminal. */
  readonly person?: Pick<ConnectOptions, 'ask' | 'onHostKeyAdded'>;
}

export function openSettings(context: CliContext, settings: Settings, options: OpenOptions): OpenStage {
  const atTerminal = options.person === undefined ? personAt(context) : undefined;
  const connecting: ConnectOptions = {
    acceptNewHostKeys: options.acceptNewHostKeys ?? false,
    onHostKeyAdded: ({ host, fingerprint }) =>
      remark(context, `${host}: added its host key ${fingerprint} to known_hosts`),
    ...(atTerminal === undefined ? {} : { ask: atTerminal.ask }),
    ...options.person,
    clock: context.clock,
  };
  const session = openSession({
    settings,
    connect: (host) => connectHost(context, host, connecting),
    cacheDir: cacheDir(context.env),
    clock: context.clock,
    whenPaused: options.whenPaused ?? (isInteractive(context) ? 'wait' : 'end'),
  });
  const close = () => {
    // what waits for an answer would keep the way out waiting
    atTerminal?.close();
    return session.close();
  };
  return { ...session, settings, close };
}

async function connectHost({ env }: CliContext, { name, address, transport }: HostSettings, options: ConnectOptions) {
  const wanted = wantedTransport(env) ?? transport;
  const target = { name, ...address };
  const resolved = resolveTarget(target, env);
  const knock = wanted === 'openssh' ? undefined : knockAt(target, env);
  if (wanted !== 'openssh') void loadSsh2();
  try {
    return await connect(await resolved, { ...options, transport: wanted, env, knock });
  } finally {
    knock?.end();
  }
}

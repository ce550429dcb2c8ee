import { resolve } from 'node:path';
import { loadSettings } from '../config/load.ts';
import type { HostSettings, Settings } from '../config/settings.ts';
import { openSession, type StageHosts } from '../rollout/open-session.ts';
import type { StageSession } from '../rollout/session.ts';
import { connect } from '../ssh/connect.ts';
import type { HostKeyPolicy } from '../ssh/host-key.ts';
import { resolveTarget } from '../ssh/resolve.ts';
import { cacheDir } from './cache-dir.ts';
import { type CliContext, type GlobalOptions, isInteractive } from './context.ts';

export type OpenStage = StageSession & StageHosts & { readonly settings: Settings };

/** The stage that a command is about, ready to be asked. */
export async function openStage(context: CliContext, stage: string, options: GlobalOptions): Promise<OpenStage> {
  const settings = await loadSettings({ file: resolve(context.cwd, options.config), stage });
  return openSettings(context, settings, options);
}

export function openSettings(
  context: CliContext,
  settings: Settings,
  options: GlobalOptions & { readonly hostKeys?: HostKeyPolicy; readonly whenPaused?: 'wait' | 'end' },
): OpenStage {
  const policy: HostKeyPolicy = {
    acceptNewHostKeys: options.acceptNewHostKeys ?? false,
    onHostKeyAdded: ({ host, fingerprint }) =>
      context.stderr.write(`${host}: added its host key ${fingerprint} to known_hosts\n`),
    ...options.hostKeys,
  };
  const session = openSession({
    settings,
    connect: (host) => connectHost(context, host, policy),
    cacheDir: cacheDir(context.env),
    clock: context.clock,
    whenPaused: options.whenPaused ?? (isInteractive(context) ? 'wait' : 'end'),
  });
  return { ...session, settings };
}

async function connectHost({ env, clock }: CliContext, { name, address }: HostSettings, policy: HostKeyPolicy) {
  return connect(await resolveTarget({ name, ...address }, env), { ...policy, clock });
}

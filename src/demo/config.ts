import { settingsIn } from '../config/load.ts';
import type { Settings } from '../config/settings.ts';

export const APP = 'greeter';
/** The stage that the story is about. */
export const STAGE = 'production';

/** Instances of the bot on each host of that stage. */
const PER_HOST = 2;

/** What has to be known before hosts.json can be written. */
export interface Grounds {
  readonly source: { readonly git: string } | { readonly dir: string };
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly home: string }[];
  /** The first of `portsFor(hosts.length)` ports. */
  readonly firstPort: number;
}

/** Two for each host of production, and one for staging. */
export function portsFor(hosts: number): number {
  return hosts * PER_HOST + 1;
}

/** hosts.json of the demo as the host at `index` needs it; the first one's is what is written down. */
export function hostsJson({ source, hosts, firstPort }: Grounds, index = 0): string {
  const entries = hosts.map(({ name, address, home }) => ({
    name,
    address,
    deployTo: `${home}/{app}-{stage}`,
    roles: { bot: PER_HOST },
  }));
  const config = {
    app: APP,
    source,
    roles: {
      bot: {
        service: { start: 'sh ctl.sh start', stop: 'sh ctl.sh stop', status: 'sh ctl.sh status', pidFile: 'bot.pid' },
        health: {
          http: 'http://127.0.0.1:{port}/healthz',
          interval: '200ms',
          minHealthyTime: '500ms',
          healthyDeadline: '5s',
        },
        port: firstPort + index * PER_HOST,
      },
    },
    // quick to watch, with half of the bot's instances in service at any time
    rollout: { batch: 3, maxUnavailable: '50%', bake: '500ms' },
    stages: {
      staging: {
        roles: { bot: { port: firstPort + hosts.length * PER_HOST } },
        hosts: entries.slice(0, 1).map((entry) => ({ ...entry, roles: { bot: 1 } })),
      },
      [STAGE]: { hosts: entries },
    },
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/**
 * Every stage, resolved. Real hosts have a loopback each, so a role has the same ports on all of them; these hosts share
 * one. Each therefore takes its instances from a hosts.json that differs from the others' in nothing but the port.
 */
export function settingsFrom(grounds: Grounds, file: string): readonly Settings[] {
  const byHost = grounds.hosts.map((_, index) => settingsIn(hostsJson(grounds, index), file));
  return byHost[0]!.map((settings, stage) => ({
    ...settings,
    instances: grounds.hosts.flatMap(({ name }, index) =>
      byHost[index]![stage]!.instances.filter((instance) => instance.host === name),
    ),
  }));
}

import type { Host } from '../../test/hosts/hosts.ts';

/** What the SSH servers saw, all hosts together. */
export interface Logins {
  /** Those that logged in. */
  readonly connections: number;
  /** Session channels: each runs one command. */
  readonly sessions: number;
}

/** Makes the SSH servers say in their log what is counted here; their default only tells of logins. */
export async function logSessions(hosts: readonly Host[]): Promise<void> {
  await Promise.all(
    hosts.map(async (host) => {
      await host.writeFile('/etc/ssh/sshd_config.d/bench.conf', 'LogLevel VERBOSE\n');
      await must(host, 'systemctl reload ssh');
    }),
  );
}

/** Begins to count; the answer ends it. */
export async function countLogins(hosts: readonly Host[]): Promise<() => Promise<Logins>> {
  const cursors = await Promise.all(
    hosts.map(async (host) => /^-- cursor: (.*)$/m.exec(await must(host, 'journalctl -n 0 --show-cursor'))![1]!),
  );
  return async () => {
    const counts = await Promise.all(hosts.map((host, index) => countOn(host, cursors[index]!)));
    const sum = (of: keyof Logins) => counts.reduce((total, one) => total + one[of], 0);
    return { connections: sum('connections'), sessions: sum('sessions') };
  };
}

async function countOn(host: Host, cursor: string): Promise<Logins> {
  const lines = await must(host, `journalctl --sync; journalctl -t sshd -o cat --after-cursor='${cursor}'`);
  const count = (start: string) => lines.split('\n').filter((line) => line.startsWith(start)).length;
  return { connections: count('Accepted publickey for '), sessions: count('Starting session: ') };
}

async function must(host: Host, script: string): Promise<string> {
  const { code, stdout, stderr } = await host.exec(script);
  if (code !== 0) throw new Error(`${host.name}: ${script}: ${stderr}`);
  return stdout;
}

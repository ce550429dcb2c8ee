import type { Host } from './hosts.ts';

/** An HAProxy of its own on each host, with one backend, "web". */
export interface HaProxies extends AsyncDisposable {
  /** For hosts.json. */
  readonly socket: string;
  readonly backend: string;
  /** Where clients ask, a host each. */
  readonly urls: readonly string[];
}

export interface HaProxiesOptions {
  /** Names the unit and the socket: no two take the same. */
  readonly name: string;
  /** What clients connect to. */
  readonly port: number;
  /** Server → its port on the same host. */
  readonly servers: Readonly<Record<string, number>>;
}

/** As somebody would set it up by hand, with the right to use its socket for whoever deploys. */
export async function startHaProxies(
  hosts: readonly Host[],
  { name, port, servers }: HaProxiesOptions,
): Promise<HaProxies> {
  const folder = `/run/${name}`;
  const file = `/etc/${name}.cfg`;
  const lines = Object.entries(servers).map(([server, at]) => `  server ${server} 127.0.0.1:${at} check`);
  const on = async (script: string): Promise<void> => {
    await Promise.all(
      hosts.map(async (host) => {
        const { code, stderr } = await host.exec(script);
        if (code !== 0) throw new Error(`${host.name}: ${stderr}`);
      }),
    );
  };
  await Promise.all(
    hosts.map((host) =>
      host.writeFile(
        file,
        `global
  stats socket ${folder}/admin.sock mode 660 user ${host.user} level admin
defaults
  mode http
  timeout connect 1s
  timeout client 30s
  timeout server 30s
  option httpchk GET /healthz
  default-server inter 500ms rise 2 fall 3
frontend web
  bind :${port}
  default_backend web
backend web
${lines.join('\n')}
`,
      ),
    ),
  );
  await on(`mkdir -p ${folder} && systemd-run --quiet --unit=${name} /usr/sbin/haproxy -f ${file} -db
    until [ -S ${folder}/admin.sock ]; do sleep 0.05; done`);
  return {
    socket: `${folder}/admin.sock`,
    backend: 'web',
    urls: hosts.map(({ address }) => `http://${address}:${port}/healthz`),
    [Symbol.asyncDispose]: () => on(`systemctl stop ${name}; rm -rf ${folder} ${file}`),
  };
}

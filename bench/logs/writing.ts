import type { Host } from '../../test/hosts/hosts.ts';

const FOLDER = '/srv/bench-logs';

/** A program that writes lines as a service does: through a unit of its own into journald. */
export interface Writer {
  /** Of its unit. */
  readonly name: string;
  /** JavaScript; `host` is the name of the host, `write(text)` writes all of a text. */
  readonly program: string;
}

/** Lines like those of a web service, from 1 to `count`, so many a second. */
export function paced(count: number, perSecond: number): string {
  return `
    const began = performance.now();
    let n = 0;
    const timer = setInterval(() => {
      const due = Math.min(${count}, Math.floor(((performance.now() - began) * ${perSecond}) / 1000));
      let text = '';
      while (n < due) text += info((n += 1));
      write(text);
      if (n === ${count}) clearInterval(timer);
    }, 10);`;
}

/** One error of each kind in so many lines: one that its logger tells journald of, and one that only its text tells. */
export const ERRORS_EACH = 1000;

/** The same as fast as journald takes them, with some errors among them. */
export function atOnce(count: number): string {
  return `
    let text = '';
    for (let n = 1; n <= ${count}; n += 1) {
      const kind = n % ${ERRORS_EACH};
      if (kind === 1) text += '<3>' + host + ' ' + n + ' could not connect\\n';
      else if (kind === 501) text += line({ level: 50, n, msg: 'could not connect' });
      else text += info(n);
      if (text.length > 60000 || n === ${count}) {
        write(text);
        text = '';
      }
    }`;
}

const COMMON = `
  const { writeSync } = require('node:fs');
  const host = process.argv[2];
  const write = (text) => {
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
  };
  const line = ({ level, ...more }) => JSON.stringify({ level, time: Date.now(), pid: 7, hostname: host, ...more }) + '\\n';
  const info = (n) => line({ level: 30, n, msg: 'order ' + n + ' completed', method: 'GET', url: '/orders/' + n, ms: n % 97 });
`;

/** Puts a writer on every host; it does not run yet. */
export async function install(hosts: readonly Host[], { name, program }: Writer): Promise<void> {
  const unit = [
    '[Service]',
    'Type=oneshot',
    `ExecStart=/usr/bin/node ${FOLDER}/${name}.js %H`,
    // an interval of 0 would be no limit, but is never told to journald
    'LogRateLimitIntervalSec=1s',
    'LogRateLimitBurst=100000000',
    '',
  ].join('\n');
  for (const host of hosts) {
    await host.writeFile(`${FOLDER}/${name}.js`, COMMON + program);
    await host.writeFile(`/etc/systemd/system/${name}.service`, unit);
  }
  await onAll(hosts, 'systemctl daemon-reload');
}

/** Settles when the journal of a writer is followed on every host. */
export async function followed(hosts: readonly Host[], { name }: Writer): Promise<void> {
  await onAll(hosts, `until pgrep -f '[j]ournalctl .*${name}' >/dev/null; do sleep 0.1; done`);
}

/** On all hosts at once; does not wait for an end. */
export async function begin(hosts: readonly Host[], { name }: Writer): Promise<void> {
  await onAll(hosts, `systemctl start --no-block ${name}`);
}

/** Settles when journald has the last one of so many lines of a writer. */
export async function written(hosts: readonly Host[], { name }: Writer, count: number): Promise<void> {
  const last = `journalctl -q -u ${name} -o cat -n 5 | grep -qE '"n":${count}\\b'`;
  await onAll(hosts, `systemctl start ${name}; until ${last}; do sleep 0.2; done; journalctl --sync`);
}

async function onAll(hosts: readonly Host[], script: string): Promise<void> {
  const ran = hosts.map(async (host) => {
    const { code, stderr } = await host.exec(script);
    if (code !== 0) throw new Error(`${host.name}: ${script}: ${stderr}`);
  });
  await Promise.all(ran);
}

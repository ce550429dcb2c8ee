import { afterAll, describe, expect, test } from 'vitest';
import { attachHosts } from '../hosts/hosts.ts';
import { onHosts } from './support/facts.ts';
import { makeSite, QUICK, type Site, STAGE } from './support/site.ts';
import type { Line, LineOf } from './support/slipway.ts';
import { numberedLines, place, writerUnit } from './support/writer.ts';

const WATERMARK_MS = 200;

const isLine = (line: Line): line is LineOf<'line'> => line.type === 'line';
const messagesOf = (lines: readonly LineOf<'line'>[], host: string) =>
  lines.filter((line) => line.host === host).map(({ message }) => message);

/** Lines of a log, in units that write them by themselves: nothing is deployed. */
async function siteOf(app: string, { port, hosts }: { port: number; hosts: Readonly<Record<string, number>> }) {
  const site = await makeSite({
    ...{ app, port, hosts },
    role: { service: { systemd: `${app}-{stage}@{instance}` }, health: QUICK },
    unit: () => writerUnit(`/srv/${app}-${STAGE}/writer.js`),
  });
  const start = (...names: readonly string[]) =>
    onHosts(
      site.hosts.filter(({ name }) => names.length === 0 || names.includes(name)),
      `systemctl start --no-block ${app}-${STAGE}@1`,
    );
  return {
    ...{ site, start, file: `${site.deployTo}/writer.js` },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}

describe.concurrent('logs', () => {
  test('of a host whose SSH server is restarted and of one that is cut off lose no line and tell none twice, and no other waits', async ({
    expect,
  }) => {
    const count = 1000;
    const names = ['fra-1', 'fra-2', 'fra-3'];
    await using made = await siteOf('lines', { port: 6700, hosts: { 'fra-1': 1, 'fra-2': 1, 'fra-3': 1 } });
    const { site, start, file } = made;
    await place(site.hosts, file, numberedLines({ count, perSecond: 100 }));
    const running = site.start('logs', STAGE, '--json', '--since', new Date().toISOString());
    const arrived = (host: string, n: number) =>
      running.until((line) => isLine(line) && line.host === host && line.message === `${host} ${n}`);
    await start();
    await arrived('fra-1', 100);
    await onHosts([attachHosts().host('fra-1')], 'systemctl restart ssh; pkill -KILL -f "^sshd: deploy"');
    const cut = attachHosts().host('fra-2');
    await cut.cut();
    try {
      // four seconds at least: their times are those of its own lines
      await arrived('fra-3', 600);
    } finally {
      await cut.heal();
    }
    await Promise.all(names.map((host) => arrived(host, count)));
    await running.until(
      (line) => isLine(line) && line.host === 'fra-3' && /Deactivated successfully/.test(line.message),
    );
    running.kill('SIGINT');
    const run = await running.finished;
    expect(run.code, run.output).toBe(0);
    expect(run.lines('gap')).toEqual([]);
    const lines = run.lines('line');
    const numbers = Array.from({ length: count }, (_none, index) => index + 1);
    for (const host of names) {
      const own = messagesOf(lines, host).filter((message) => message.startsWith(host));
      expect(own, `${host}: ${run.stderr}`).toEqual(numbers.map((n) => `${host} ${n}`));
    }
    expect(disorder(lines)).toBeLessThanOrEqual(WATERMARK_MS);
    expect(run.stderr).toContain('fra-1: read on after');
    await expect
      .poll(async () => onHosts(site.hosts, `pgrep -fc '[j]ournalctl.*lines-${STAGE}' || true`), { timeout: 10_000 })
      .toEqual(names.map(() => '0\n'));
  });

  test("of a unit of the user's own systemd are read without any right", async ({ expect }) => {
    const app = 'mine';
    const asUser = 'runuser -u deploy -- env XDG_RUNTIME_DIR=/run/user/1000 systemctl --user';
    await using made = await siteOf(app, { port: 6710, hosts: { 'fra-4': 1 } });
    const { site, file } = made;
    const began = new Date().toISOString();
    await site.configure({
      role: { service: { systemd: `${app}-{stage}@{instance}`, scope: 'user' }, health: QUICK },
    });
    const units = '/home/deploy/.config/systemd/user';
    await place(site.hosts, file, numberedLines({ count: 60, perSecond: 1000 }));
    await onHosts(
      site.hosts,
      `install -d -o deploy ${units} && sed /^User=/d /etc/systemd/system/${app}-${STAGE}@.service >${units}/${app}-${STAGE}@.service &&
        ${asUser} daemon-reload && ${asUser} start ${app}-${STAGE}@1 && journalctl --sync`,
    );
    try {
      const run = await site.slipway('logs', STAGE, '--no-follow', '--json', '--since', began);
      expect(run.code, run.output).toBe(0);
      const messages = messagesOf(run.lines('line'), 'fra-4');
      expect(messages.filter((message) => message.startsWith('fra-4 '))).toHaveLength(60);
      expect(messages.join('\n')).toContain('Finished');
    } finally {
      await onHosts(site.hosts, `rm ${units}/${app}-${STAGE}@.service; ${asUser} daemon-reload`);
    }
  });

  test('of a unit that writes whatever it likes come sanitised, and go on', async ({ expect }) => {
    await using made = await siteOf('hostile', { port: 6720, hosts: { 'fra-5': 1 } });
    const { site, start, file } = made;
    await place(site.hosts, file, HOSTILE);
    const running = site.start('logs', STAGE, '--json');
    await start();
    await running.until((line) => isLine(line) && line.message === 'the end');
    running.kill('SIGINT');
    const run = await running.finished;
    expect(run.code, run.output).toBe(0);
    expect(run.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    const messages = messagesOf(run.lines('line'), 'fra-5');
    expect(messages).toEqual(
      expect.arrayContaining([
        'begin',
        'red and a clipboard',
        'turned \\u202eround',
        '@0123456789abcdef\tend\t0'.replaceAll('\t', '  '),
        '|99|x',
        `long ${'x'.repeat(8000)}`,
        'A',
        'the end',
      ]),
    );
    expect(messages.filter((message) => message.includes('yyyy')).length).toBeGreaterThan(0);
  });
});

/** How far a line that is not marked late is behind one that came before it, at most; ms. */
function disorder(lines: readonly LineOf<'line'>[]): number {
  let [latest, most] = [-Infinity, 0];
  for (const { t, late } of lines) {
    const at = Date.parse(t);
    if (!late) most = Math.max(most, latest - at);
    latest = Math.max(latest, at);
  }
  return most;
}

/** Beside lines: a megabyte in one, and one entry of journald's own protocol whose text goes on behind where we cut. */
const HOSTILE = String.raw`
  const { writeSync } = require('node:fs');
  const { execFileSync } = require('node:child_process');
  const write = (text) => {
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(1, rest));
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
  };
  write('begin\n\u001b[31mred\u001b[0m \u001b]52;c;aGk=\u0007and a clipboard\nturned \u202eround\n');
  write(Buffer.from([0x80, 0xff, 0xfe, 0x00, 0x41, 0x0a]));
  write('@0123456789abcdef\tend\t0\n@0123456789abcdef\tfail\tnarrow\n{"__CURSOR":"x"}\n|99|x\n');
  write('long ' + 'x'.repeat(8000) + '\n' + 'y'.repeat(1e6) + '\n');
  execFileSync('python3', ['-c', [
    'import fcntl, os, socket',
    'fd = os.memfd_create("entry", os.MFD_ALLOW_SEALING)',
    'os.write(fd, b"MESSAGE=" + b"z" * 1100000 + b"|9|{}\nPRIORITY=4\n")',
    'fcntl.fcntl(fd, 1033, 15)',
    's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
    's.connect("/run/systemd/journal/socket")',
    'socket.send_fds(s, [b""], [fd])',
    'import time; time.sleep(0.3)',
  ].join('\n').replaceAll('|9|{}\n', '|9|{}\\n').replaceAll('4\n")', '4\\n")')]);
  write('the end\n');`;

/** mean-1: what may be read of a journal, by what was granted. */
describe('a user who may read', () => {
  let site: Site;
  const began = new Date().toISOString();
  const grant = (script: string) => onHosts(site.hosts, script);
  const read = (...flags: readonly string[]) => site.slipway('logs', STAGE, '--no-follow', ...flags);

  afterAll(async () => {
    await grant('echo "# Nothing granted yet." >/etc/sudoers.d/deploy; gpasswd -d deploy systemd-journal; true');
    await site[Symbol.asyncDispose]();
  });

  test('nothing of a journal is told so, and what would help, with 3', async () => {
    const made = await siteOf('reader', { port: 6730, hosts: { 'mean-1': 1 } });
    site = made.site;
    await place(site.hosts, made.file, numberedLines({ count: 80, perSecond: 1000 }));
    await grant(`systemctl start reader-${STAGE}@1; journalctl --sync
      echo "# Nothing granted yet." >/etc/sudoers.d/deploy; gpasswd -d deploy systemd-journal; true`);
    const run = await read();
    expect(run.code, run.output).toBe(3);
    expect(run.stderr).toContain(`no right to read the journal of reader-${STAGE}@1`);
    expect(run.stderr).toMatch(/usermod -aG systemd-journal|journalctl -o cat -n 50 -f -u/);
    expect(run.stdout).toBe('');
  });

  test('only the text of one unit is told that', async () => {
    const line = `deploy ALL=(root) NOPASSWD: /usr/bin/journalctl -o cat -n 50 -f -u reader-${STAGE}@1`;
    await site.hosts[0]!.writeFile('/etc/sudoers.d/deploy', `${line}\n`, { mode: 0o440 });
    const run = await read('--json');
    expect(run.code, run.output).toBe(0);
    const messages = messagesOf(run.lines('line'), 'mean-1');
    expect(messages).toHaveLength(50);
    expect(messages).toContain('mean-1 80');
  });

  test('all journals is told all of it', async () => {
    await grant('gpasswd -a deploy systemd-journal');
    const run = await read('--json', '--since', began);
    expect(run.code, run.output).toBe(0);
    const messages = messagesOf(run.lines('line'), 'mean-1').filter((message) => message.startsWith('mean-1'));
    expect(messages).toEqual(Array.from({ length: 80 }, (_none, index) => `mean-1 ${index + 1}`));
  });
});

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Check } from '../../src/rollout/diagnosis.ts';
import { rawServer } from '../ssh/support/fake-server.ts';
import { skipReason } from '../ssh/support/sshd.ts';
import type { Ran } from './support/site.ts';
import { type SshdSite, startSshdSite } from './support/sshd-site.ts';

const skip = (await skipReason()) !== undefined;
const isRoot = process.getuid?.() === 0;

/** Root may do everything: a login becomes somebody else then. */
const SOMEBODY = `${isRoot ? 'setpriv --reuid=65534 --regid=65534 --clear-groups ' : ''}sh -c "$SSH_ORIGINAL_COMMAND"`;

type Told = Check & { readonly host: string; readonly type: string };

/** The checks and the result of a run with --json. */
function told({ stdout }: Ran) {
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
  const of = (host: string, verdict?: Check['verdict']) =>
    lines.filter((line) => line.host === host && (verdict === undefined || line.verdict === verdict));
  return { lines, of, result: lines.at(-1) };
}

describe.skipIf(skip)('slipway doctor', () => {
  let site: SshdSite;
  beforeAll(async () => {
    site = await startSshdSite();
    await chmod(site.folder, 0o755);
  });
  afterAll(async () => site[Symbol.asyncDispose]());

  test('says of hosts that are well what it has looked at, changes nothing, and exits 0', async () => {
    const ran = await site.run('doctor', 'staging');
    expect([ran.code, ran.stderr]).toEqual([0, '']);
    const { port } = site.boxes[0].wire;
    expect(ran.stdout).toMatch(/^one\n/);
    expect(ran.stdout).toMatch(
      new RegExp(
        `  ✓ ok       ssh      logged in as \\S+@127\\.0\\.0\\.1:${port} by ssh2; a request and its answer take \\d+ ms\n`,
      ),
    );
    for (const area of ['clock', 'tools', 'rights', 'folder', 'service', 'health', 'lock', 'drift'])
      expect(ran.stdout).toMatch(new RegExp(`^  ✓ ok       ${area} `, 'm'));
    expect(ran.stdout).not.toMatch(/^ {2}✗/m);
    expect(ran.stdout).toMatch(/\n2 hosts: 0 bad, |\nAll is well on 2 hosts\.\n$/);
    for (const { list } of site.boxes) expect(await list('.')).toEqual([]);
  });

  test('says why a host cannot be reached, with the mend, and looks at the others all the same', async () => {
    await using server = await rawServer((socket) => socket.end('HTTP/1.1 400 \u001b]0;x\u0007Bad\r\n'));
    await site.configure('two', [`  Port ${server.port}`]);
    const json = await site.run('doctor', 'staging', '--json');
    const text = await site.run('doctor', 'staging');
    await site.configure('two', []);
    expect([json.code, text.code]).toEqual([3, 3]);
    const { of, result, lines } = told(json);
    expect(of('two')).toMatchObject([
      {
        ...{ type: 'check', area: 'ssh', verdict: 'bad', what: expect.stringContaining(`:${server.port})`) },
        mend: expect.stringContaining('Is it sshd'),
        detail: ['the host said: HTTP/1.1 400 Bad'],
      },
      { area: 'ssh', verdict: 'unknown', what: 'nothing else of this host could be looked at' },
    ]);
    expect(of('one', 'bad')).toEqual([]);
    expect(of('one', 'ok').length).toBeGreaterThan(8);
    expect(result).toMatchObject({
      type: 'result',
      stage: 'staging',
      exitCode: 3,
      bad: 1,
      unknown: expect.any(Number),
    });
    expect(lines.filter(({ type }) => type === 'check')).toHaveLength(lines.length - 1);
    expect(text.stdout).toMatch(
      /\ntwo\n {2}✗ bad      ssh      No connection to two .*\n {6}the host said: HTTP.*\n {4}→ Is it sshd/,
    );
    expect(text.stdout).toMatch(/\n2 hosts: 1 bad, /);
  });

  test('says that a folder cannot be made, and how it is', async () => {
    const [one] = site.boxes;
    await chmod(join(site.folder, 'one'), 0o555);
    await one.force(`LOGNAME=deploy; export LOGNAME; exec ${SOMEBODY}`);
    const ran = await site.run('doctor', 'staging', '--json');
    await one.force(undefined);
    await chmod(join(site.folder, 'one'), 0o755);
    expect(ran.code).toBe(3);
    const { of } = told(ran);
    expect(of('one', 'bad')).toMatchObject([
      {
        ...{ area: 'folder', what: `no right to write to ${join(site.folder, 'one')}` },
        mend: `On the host: sudo install -d -o deploy ${one.deployTo}`,
      },
    ]);
    expect(of('two', 'bad')).toEqual([]);
  });

  test('of a folder of another stage shows nothing that a terminal would act on', async () => {
    const [one] = site.boxes;
    const meta = join(one.deployTo, '.slipway');
    await mkdir(meta, { recursive: true });
    await writeFile(join(meta, 'app.json'), '{"app":"\u001b]52;c;aGFja2Vk\u0007\u001b[2Jother\u202e","stage":"x"}\n');
    const ran = await site.run('doctor', 'staging');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain(
      '✗ bad      folder   the folder belongs to {"app":"other\\u202e","stage":"x"}\n    → Give this stage',
    );
    expect(ran.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test('has a help with examples and the exit code', async () => {
    const { stdout } = await site.run('doctor', '--help');
    expect(stdout).toMatch(/exit code is 3[^]*Examples:\n {2}slipway doctor production/);
  });
});

/** A unit that runs, for whoever may not touch it; sudo grants nothing but its restart. */
const PLAYED = {
  systemctl: `#!/bin/sh
case $1 in
  show) printf '%s\\n' LoadState=loaded ActiveState=active SubState=running MainPID=0 InvocationID=a NRestarts=0 ExecMainStatus=0 Result=success ;;
  is-enabled) echo enabled ;;
esac
`,
  sudo: '#!/bin/sh\n[ "$*" = "-n -l -- systemctl restart app@1" ]\n',
  journalctl: '#!/bin/sh\n',
};

test.skipIf(skip)('slipway doctor names each right that is missing, with the line that grants it', async () => {
  const role = { service: { systemd: 'app@{instance}' } };
  await using site = await startSshdSite({ role, env: { SLIPWAY_TRANSPORT: 'openssh' } });
  await chmod(site.folder, 0o777);
  const bin = join(site.folder, 'bin');
  await mkdir(bin);
  for (const [name, text] of Object.entries(PLAYED)) await writeFile(join(bin, name), text, { mode: 0o755 });
  for (const box of site.boxes) {
    await chmod(join(site.folder, box.name), 0o777);
    await box.force(`PATH='${bin}':$PATH LOGNAME=deploy; export PATH LOGNAME; exec ${SOMEBODY}`);
  }
  const ran = await site.run('doctor', 'staging', '--json');
  expect(ran.code, ran.stderr).toBe(3);
  const { of } = told(ran);
  for (const { name } of site.boxes) {
    expect(of(name, 'bad')).toMatchObject([
      {
        ...{ area: 'rights', what: 'no right to run: sudo systemctl stop app@1' },
        mend: 'deploy ALL=(root) NOPASSWD: /usr/bin/systemctl stop app@1',
      },
    ]);
    expect(of(name)).toContainEqual(
      expect.objectContaining({ area: 'rights', verdict: 'warning', what: 'no right to read the journal of app@1' }),
    );
    expect(of(name, 'ok').map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/^logged in as .* by the system's ssh;/),
    );
    expect(of(name, 'ok').map(({ what }) => what)).toContain('systemd answers');
  }
});

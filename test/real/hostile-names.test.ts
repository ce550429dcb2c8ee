import { describe, test } from 'vitest';
import { onHosts } from './support/facts.ts';
import { makeSite, QUICK, releaseOf, STAGE } from './support/site.ts';

/** Whatever of these is ever run by a shell, here or on a host, leaves this file behind. */
const TRACE = '/tmp/slipway-hostile-pwned';
const RUN = `touch ${TRACE}`.replace(' ', '${IFS}').replaceAll('/', '${HOME%%[!/]*}');

const NAMES = [
  'with space.txt',
  ' leading and trailing ',
  "single'quote",
  'double"quote',
  `$(${RUN})`,
  '`' + RUN + '`',
  `;${RUN};`,
  `a && ${RUN}`,
  'new\nline',
  'ends with newline\n',
  'tab\there',
  'back\\slash',
  '-rf',
  '--checkpoint-action=exec=sh',
  '*',
  '?[a-z]',
  '%00%n',
  '~root',
  '#hash',
  'ünïcödé ✓ 名前',
  'escape\u001b[31m',
  "folder $(id)/deep 'er/-leaf",
];

describe.concurrent('hostile names', () => {
  test('files of any name arrive whole, and nothing of a name is ever run', async ({ expect }) => {
    await using site = await makeSite({
      app: 'hostile',
      port: 6540,
      hosts: { 'fra-5': 1 },
      role: { service: { systemd: 'hostile-{stage}@{instance}' }, health: QUICK },
    });
    const files = Object.fromEntries(NAMES.map((name, index) => [name, `content ${index}\n`]));
    await site.project.commit({}, files);
    const run = await site.deploy();
    expect(run.code, run.output).toBe(0);
    const list = `cd ${site.deployTo}/current/ && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum -z --`;
    const [arrived] = await onHosts(site.hosts, list);
    for (const name of NAMES) expect(arrived).toContain(`  ./${name}\0`);

    // changed, taken away, and gone back to, with all that is left of them
    await site.project.git('rm', '--quiet', '--', ...NAMES.slice(0, 11));
    await site.project.commit({}, Object.fromEntries(NAMES.slice(11).map((name) => [name, 'changed\n'])));
    const next = await site.deploy();
    expect(next.code, next.output).toBe(0);
    const [left] = await onHosts(site.hosts, list);
    for (const name of NAMES.slice(0, 11)) expect(left).not.toContain(`  ./${name}\0`);
    for (const name of NAMES.slice(11)) expect(left).toContain(`  ./${name}\0`);
    const back = await site.rollback();
    expect(back.code, back.output).toBe(0);
    expect(await site.serving()).toEqual(site.all(releaseOf(run)));
    expect((await onHosts(site.hosts, list))[0]).toBe(arrived);
    await expectNothingRan();

    async function expectNothingRan() {
      const traces = await onHosts(site.hosts, `ls -d ${TRACE}* 2>/dev/null; true`);
      expect(traces).toEqual(['']);
    }
  });

  test('refs, releases and hosts of any name on the command line are refused as mistakes, and nothing of them is run', async ({
    expect,
  }) => {
    await using site = await makeSite({ app: 'hostile-args', port: 6550, hosts: { 'fra-5': 1 }, role: {} });
    await site.release();
    const words = [
      `$(${RUN})`,
      '`' + RUN + '`',
      `x; ${RUN}`,
      "'",
      '--upload-pack=touch',
      'a\nb',
      '\u001b[2Jx',
      '../..',
      '',
    ];
    for (const word of words) {
      const ways = [
        ['deploy', STAGE, '--yes', `--ref=${word}`],
        ['rollback', STAGE, '--yes', `--to=${word}`],
        ['deploy', STAGE, '--yes', `--only=${word}`],
      ];
      for (const refused of await Promise.all(ways.map((args) => site.slipway(...args)))) {
        expect(refused.code, `${JSON.stringify(word)}\n${refused.output}`).toBe(2);
        expect(refused.output).not.toContain('\u001b');
      }
    }
    // a ref that git allows, and a shell would run
    await site.project.commit();
    await site.project.git('branch', 'a;touch$IFS/tmp/slipway-hostile-pwned');
    const run = await site.deploy('--ref', 'a;touch$IFS/tmp/slipway-hostile-pwned');
    expect(run.code, run.output).toBe(0);
    const traces = await onHosts(site.hosts, `ls -d ${TRACE}* 2>/dev/null; true`);
    expect(traces).toEqual(['']);
  });
});

import {
  cpSync,
  linkSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmbeddedHost } from '../../src/demo/embedded/host.ts';
import { logIn, run, tool } from './embedded-client.ts';

const program = join(import.meta.dirname, '../../src/demo/embedded/shims/main.ts');
const shim = (name: string, args: string[], input?: string) => tool(process.execPath, [program, name, ...args], input);

let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'slipway-shims-')));
  mkdirSync(at('tree/deep'), { recursive: true });
  writeFileSync(at('tree/deep/file'), 'content\n', { mode: 0o640 });
  symlinkSync('deep', at('tree/link'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe.runIf(process.platform === 'linux')('a stand-in answers as GNU does:', () => {
  const odd = 'back\\slash\nnew line';

  it.each([
    ['sha256sum', () => [at('tree/deep/file'), at(odd)]],
    ['sha256sum', () => []],
    ['stat', () => ['-c', '%Y %Z %s %a %h %i %d %u %g %n %%', at('tree/deep/file'), at('tree/link')]],
    ['stat', () => ['-L', '-c', '%s %i', at('tree/link')]],
    ['readlink', () => ['-f', at('tree/link/file'), at('tree/link/missing'), at('dangling')]],
    ['readlink', () => [at('tree/link')]],
    ['timeout', () => ['5', 'sh', '-c', 'echo out; exit 9']],
    ['timeout', () => ['0.2s', 'sleep', '10']],
    ['setsid', () => ['sh', '-c', 'cat; exit 4']],
  ])('%s %s', async (name, args) => {
    writeFileSync(at(odd), 'odd');
    symlinkSync('nowhere', at('dangling'));
    expect(await shim(name, args(), 'input')).toEqual(await tool(name, args(), 'input'));
  });

  it('timeout -k, which kills what does not end', async () => {
    const stubborn = ['-k', '0.1', '0.2', 'sh', '-c', 'trap "" TERM; sleep 1; sleep 1; sleep 1'];
    const status = 'timeout "$@"; echo $?';
    expect(await tool('sh', ['-c', status, 'sh', ...stubborn])).toMatchObject({ stdout: '137\n' });
    expect(await shim('timeout', stubborn)).toMatchObject({ status: 137 });
  });

  it('sha256sum -c, with each verdict', async () => {
    writeFileSync(at(odd), 'odd');
    const { stdout: list } = await tool('sha256sum', [at('tree/deep/file'), at(odd)]);
    expect(await shim('sha256sum', ['-c'], list)).toEqual(await tool('sha256sum', ['-c'], list));
    expect(await shim('sha256sum', ['-c', '--quiet', '-'], list)).toEqual({ status: 0, stdout: '', stderr: '' });
    writeFileSync(at('tree/deep/file'), 'changed\n');
    rmSync(at(odd));
    const [ours, theirs] = [await shim('sha256sum', ['-c'], list), await tool('sha256sum', ['-c'], list)];
    expect([ours.status, ours.stdout]).toEqual([theirs.status, theirs.stdout]);
    expect(await shim('sha256sum', ['-c', '--status'], list)).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('a stand-in', () => {
  it('mv -T replaces a link to a folder instead of entering the folder', async () => {
    symlinkSync('tree', at('current'));
    symlinkSync('tree/deep', at('current.new'));
    expect(await shim('mv', ['-T', at('current.new'), at('current')])).toMatchObject({ status: 0 });
    expect(readlinkSync(at('current'))).toBe('tree/deep');
    expect(existsSync(at('current.new'))).toBe(false);
  });

  it('mv -T refuses to replace a folder that is not empty', async () => {
    mkdirSync(at('other'));
    cpSync(at('tree'), at('full'), { recursive: true });
    expect(await shim('mv', ['-Tf', at('other'), at('full')])).toMatchObject({ status: 1 });
    expect(existsSync(at('full/deep/file'))).toBe(true);
  });

  it.each([
    [['-al', 'tree', 'copy'], 'copy'],
    [['-al', 'tree/.', 'there'], 'there'],
    [['-al', 'tree', 'there'], 'there/tree'],
  ])('cp %j links every file and keeps links and modes', async (args, result) => {
    mkdirSync(at('there'));
    const absolute = args.map((arg) => (arg.startsWith('-') ? arg : `${folder}/${arg}`));
    expect(await shim('cp', absolute)).toMatchObject({ status: 0, stderr: '' });
    expect(lstatSync(at(`${result}/deep/file`)).ino).toBe(lstatSync(at('tree/deep/file')).ino);
    expect(readlinkSync(at(`${result}/link`))).toBe('deep');
  });

  it('cp -alf takes the place of what is there, and leaves what that was linked to', async () => {
    cpSync(at('tree'), at('old'), { recursive: true });
    writeFileSync(at('old/deep/file'), 'old');
    linkSync(at('old/deep/file'), at('kept'));
    expect(await shim('cp', ['-alf', `${at('tree')}/.`, at('old')])).toMatchObject({ status: 0, stderr: '' });
    expect([readFileSync(at('old/deep/file'), 'utf8'), readFileSync(at('kept'), 'utf8')]).toEqual(['content\n', 'old']);
  });

  it('cp without -l and mv without -T are the tools of the system', async () => {
    expect(await shim('cp', ['-R', '--reflink=auto', at('tree'), at('copy')])).toMatchObject({ status: 0 });
    expect(await shim('mv', [at('copy'), at('moved')])).toMatchObject({ status: 0 });
    expect(readFileSync(at('moved/deep/file'), 'utf8')).toBe('content\n');
  });

  it('sync takes folders and files, and says what is missing', async () => {
    expect(await shim('sync', ['-f', at('tree'), at('tree/deep/file')])).toMatchObject({ status: 0 });
    expect(await shim('sync', ['-f', at('missing')])).toMatchObject({ status: 1 });
  });

  it('setsid leads a session of its own and -f does not wait', async () => {
    const host = await startEmbeddedHost({ name: 'mac', tools: 'shimmed' });
    const client = await logIn(host);
    const sessions = await run(client, "command -v setsid; ps -o sid= -p $$; setsid sh -c 'ps -o sid= -p $$; echo $$'");
    const [path, outer, inner, leader] = sessions.stdout.trim().split(/\s+/);
    expect(path).toMatch(/shims\/setsid$/);
    expect(inner).toBe(leader);
    expect(outer).not.toBe(inner);
    expect(await run(client, 'setsid -f sleep 1000 >/dev/null 2>&1')).toMatchObject({ status: 0 });
    client.end();
    await host.close();
  });
});

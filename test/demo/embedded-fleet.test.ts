import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { startEmbeddedHosts } from '../../src/demo/embedded/fleet.ts';
import { isAlive, logIn, run, tool, until } from './embedded-client.ts';

describe('several embedded hosts', () => {
  it('are reached by name by the real ssh with the ssh_config that was written', async () => {
    const fleet = await startEmbeddedHosts(['fra-1', 'fra-2', 'ams.1']);
    const ssh = (...args: string[]) =>
      tool('ssh', ['-F', fleet.configFile, '-o', 'BatchMode=yes', ...args], 'to the host');
    for (const { name, home } of fleet.hosts) {
      expect(await ssh(name, 'pwd; cat; echo oops >&2; exit 3')).toEqual({
        status: 3,
        stdout: `${home}\nto the host`,
        stderr: 'oops\n',
      });
    }
    expect(await ssh('-T', 'fra-1', 'kill -KILL $$')).toMatchObject({ status: 255 });
    expect((await ssh('-tt', 'fra-1', 'true')).stderr).toMatch('PTY allocation request failed');
    expect(statSync(fleet.folder).mode & 0o777).toBe(0o700);
    await fleet.close();
    expect(existsSync(fleet.folder)).toBe(false);
  });

  it('let the same key in, and closing one leaves the others alone', async () => {
    const fleet = await startEmbeddedHosts(['one', 'two']);
    const [one, two] = fleet.hosts;
    const client = await logIn(two!, { privateKey: readFileSync(fleet.identityFile) });
    await one!.close();
    expect(existsSync(one!.home)).toBe(false);
    expect(await run(client, 'true')).toMatchObject({ status: 0 });
    client.end();
    await fleet.close();
  });

  it('leave nothing behind when one of them cannot start', async () => {
    const root = mkdtempSync(join(tmpdir(), 'slipway-test-'));
    await expect(startEmbeddedHosts(['good', 'not good'], { root })).rejects.toThrow('cannot be the name');
    expect(readdirSync(root)).toEqual([]);
    rmSync(root, { recursive: true });
  });
});

describe('when the program that plays the hosts ends', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'an uncaught error'])('by %s, nothing is left behind', async (end) => {
    const program = spawn(process.execPath, [join(import.meta.dirname, 'embedded-parent.ts')], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface(program.stdout), 'line')) as [string];
    const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
    expect([existsSync(folder), ...pids.map(isAlive)]).toEqual([true, true, true]);
    if (end.startsWith('SIG')) program.kill(end as NodeJS.Signals);
    else program.stdin.write('fail\n');
    await once(program, 'exit');
    await until(() => !pids.some(isAlive) && !existsSync(folder), 'everything is gone');
  });
});

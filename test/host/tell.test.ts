import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { at } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin } from './stage.ts';

const makeHost = hostMaker();

const LINE = JSON.stringify({ id: 'a-1', intent: 'pause', by: 'it\'s "$(reboot)" \\n 100%' });

describe.each(SHELLS)('a word for whoever runs a rollout, under %s,', (shell) => {
  test('reaches its control channel as it was written', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const heard: string[] = [];
    const control = await host.client.control('r1', (line) => heard.push(line));
    await host.client.tell({ rollout: 'r1', line: LINE });
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([LINE]);
    await control.close();
  });

  test('waits for a channel that is opened later', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await host.client.tell({ rollout: 'r1', line: LINE });
    expect(await readFile(at(host, '.slipway/rollouts/r1/control'), 'utf8')).toBe(`${LINE}\n`);
  });

  test('is answered by the journal, or not yet, or never', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    expect(await host.client.answer({ rollout: 'r1', id: 'a-1' })).toBeUndefined();
    const control = await host.client.control('r1', () => undefined);
    const said = JSON.stringify({ v: 1, type: 'rollout.asked', id: 'a-1', by: '100%' });
    control.journal(JSON.stringify({ v: 1, type: 'rollout.asked', id: 'a-12' }));
    control.journal(said);
    await control.close();
    expect(await host.client.answer({ rollout: 'r1', id: 'a-1' })).toBe(said);
    await host.client.unlock({ rollout: 'r1' });
    expect(await host.client.answer({ rollout: 'r1', id: 'a-1' })).toBe(said);
    await expect(host.client.answer({ rollout: 'r1', id: 'b-2' })).rejects.toMatchObject({ code: 'SLIP_SUPERSEDED' });
  });

  test('is refused for a rollout that does not hold the lock', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const telling = host.client.tell({ rollout: 'r2', line: LINE });
    await expect(telling).rejects.toMatchObject({ code: 'SLIP_SUPERSEDED' });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { at } from './bots.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { begin } from './stage.ts';

const makeHost = hostMaker();

const LINES = [
  JSON.stringify({ v: 1, type: 'rollout.started' }),
  JSON.stringify({ v: 1, type: 'warning', message: `it's "$(reboot)" \`id\` \\n 100%25, é` }),
  '',
  'no JSON',
];

describe.each(SHELLS)('the journal of a rollout, under %s,', (shell) => {
  test('is told as it was written, whoever holds the stage by now', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    const control = await host.client.control('r1', () => undefined);
    LINES.forEach((line) => control.journal(line));
    await control.close();
    await host.client.unlock({ rollout: 'r1' });
    expect(await host.client.events('r1')).toEqual(LINES);
  });

  test('cannot forge an answer, nor reach a terminal', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await mkdir(at(host, '.slipway/rollouts/r0'), { recursive: true });
    await writeFile(at(host, '.slipway/rollouts/r0/events.ndjson'), '@x\tend\t1\n\u001b]52;c;x\u0007a\tb%0a\n');
    expect(await host.client.events('r0')).toEqual(['@x  end  1', 'a  b%0a']);
  });

  test('is missed by its name when there is none', async () => {
    await using host = await makeHost(shell);
    await begin(host);
    await expect(host.client.events('r9')).rejects.toMatchObject({ code: 'SLIP_ABSENT' });
  });
});

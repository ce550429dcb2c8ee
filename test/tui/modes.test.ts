import { EventEmitter } from 'node:events';
import type { SuspendTerminal } from 'ink';
import { describe, expect, test } from 'vitest';
import { createModes } from '../../src/tui/terminal/modes.ts';
import type { Signals } from '../../src/tui/index.ts';
import { VirtualTerminal } from './support/virtual-terminal.ts';

const ON = '\u001b[?1007s\u001b[?1007h';
const OFF = '\u001b[?1007l\u001b[?1007r';

function setUp() {
  const terminal = new VirtualTerminal(80, 24);
  const written: string[] = [];
  const { stdin, stdout, stderr } = terminal;
  stdout.write = (chunk: string | Uint8Array) => written.push(String(chunk)) > 0;
  const signals = new EventEmitter();
  const modes = createModes({ stdin, stdout, stderr }, signals as unknown as Signals);
  const handOver = (() => {
    written.push('handed over');
    return Promise.resolve({ resume: async () => void written.push('taken back') });
  }) as unknown as SuspendTerminal;
  return { modes, signals, written, stdout, suspend: modes.around(handOver), handOver };
}

describe('the modes of the terminal', () => {
  test('are set once and taken back once', () => {
    const { modes, written } = setUp();
    modes.enter();
    modes.enter();
    modes.end();
    modes.end();
    expect(written).toEqual([ON, OFF]);
  });

  test('are taken back when anybody ends the process', () => {
    const { modes, signals, written } = setUp();
    modes.enter();
    signals.emit('exit', 3);
    expect(written).toEqual([ON, OFF]);
    expect(signals.listenerCount('exit')).toBe(0);
  });

  test('are off while the terminal belongs to somebody else', async () => {
    const { modes, written, suspend } = setUp();
    modes.enter();
    const { resume } = await suspend();
    await resume();
    modes.end();
    expect(written).toEqual([ON, OFF, 'handed over', ON, 'taken back', OFF]);
  });

  test('are on again after a child that had the terminal has failed', async () => {
    const { modes, written, suspend } = setUp();
    modes.enter();
    const failed = suspend(() => {
      written.push('child');
      throw new Error('no such program');
    });
    await expect(failed).rejects.toThrow('no such program');
    expect(written).toEqual([ON, OFF, 'handed over', 'child', ON, 'taken back']);
  });

  test('are on again when the terminal cannot be handed over', async () => {
    const { modes, written } = setUp();
    modes.enter();
    const refuse = (): Promise<never> => Promise.reject(new Error('suspended already'));
    const suspend = modes.around(refuse);
    await expect(suspend()).rejects.toThrow('suspended already');
    expect(written).toEqual([ON, OFF, ON]);
  });

  test('stay off when the program ends while somebody else has the terminal', async () => {
    const { modes, written, suspend } = setUp();
    modes.enter();
    const { resume } = await suspend();
    modes.end();
    await resume();
    expect(written).toEqual([ON, OFF, 'handed over', 'taken back']);
  });

  test('are no business of what is no terminal', () => {
    const { modes, written, stdout } = setUp();
    stdout.isTTY = false;
    modes.enter();
    modes.end();
    expect(written).toEqual([]);
  });
});

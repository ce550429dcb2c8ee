import { describe, expect, it } from 'vitest';
import type { Control } from '../../src/host/verbs.ts';
import type { RolloutEvent } from '../../src/rollout/events.ts';
import { createJournal } from '../../src/rollout/journal.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { fakeHost } from './support/fake-host.ts';

const event = (seq: number): RolloutEvent => ({
  v: 1,
  source: 'controller',
  seq,
  t: 0,
  rollout: 'r1',
  type: 'rollout.phase',
  phase: 'Progressing',
  reason: '',
});

/** A host whose control channels are kept, and can be cut. */
function cuttable() {
  const host = fakeHost('h1');
  const channels: { readonly said: string[]; cut(): void }[] = [];
  const opened: (() => void)[] = [];
  host.control = () => {
    const said: string[] = [];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    channels.push({ said, cut: () => resolve(undefined) });
    opened.splice(0).forEach((wake) => wake());
    const control: Control = {
      beat: () => said.push('beat'),
      journal: (line) => said.push(line),
      close: () => Promise.resolve(),
      ended: promise,
    };
    return Promise.resolve(control);
  };
  const next = () => new Promise<void>((resolve) => opened.push(resolve));
  return { host, channels, next };
}

describe('the journal', () => {
  it('opens a lost channel again, and goes on beating and writing there', async () => {
    const { host, channels, next } = cuttable();
    const clock = fakeClock();
    const journal = createJournal(clock);
    journal.write(event(1));
    const opened = next();
    journal.begin('r1', [host], () => undefined);
    await opened;
    await new Promise((resolve) => setImmediate(resolve));
    const reopened = next();
    channels[0]!.cut();
    await Promise.resolve();
    await reopened;
    await new Promise((resolve) => setImmediate(resolve));
    journal.write(event(2));
    await clock.sleep(16_000);
    await journal.close();
    expect(channels[0]!.said.filter((line) => line !== 'beat')).toEqual([JSON.stringify(event(1))]);
    expect(channels[1]!.said).toContain(JSON.stringify(event(2)));
    expect(channels.at(-1)!.said).toContain('beat');
  });
});

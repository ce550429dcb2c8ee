import { existsSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { demoMode, type DemoTools, runDemo } from '../../src/demo/demo.ts';
import type { Scene } from '../../src/demo/scene.ts';
import { startBots } from './story-bots.ts';

/** A reader without a terminal: what was said, and what can be typed. */
function reader() {
  const pieces: string[] = [];
  const stdin = new PassThrough();
  const stdout = new Writable({
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(piece.toString());
      done();
    },
  });
  const streams = { stdin, stdout } as unknown as Parameters<typeof demoMode>[1];
  return { streams, stdin, said: () => pieces.join('') };
}

/** Tools whose deploys all end with one exit code, and what became of them. */
function tools(exitCode: number | Promise<number>) {
  const seen: { scene?: Scene; isClosed: boolean } = { isClosed: false };
  const open = (scene: Scene): DemoTools => {
    seen.scene = scene;
    const answer = () => Promise.resolve(exitCode);
    const close = () => {
      seen.isClosed = true;
      return Promise.resolve();
    };
    return { deploy: answer, rollback: answer, status: answer, close };
  };
  return { seen, open };
}

describe('the demo as text', () => {
  it('introduces the scene, tells the story, and removes everything', async () => {
    const { streams, said } = reader();
    let folder = '';
    await using stack = new AsyncDisposableStack();
    const exitCode = await runDemo({
      mode: 'story',
      streams,
      tools: (scene) => {
        folder = scene.folder;
        const bots = startBots(scene.instances.map(({ url }) => Number(new URL(url).port)));
        stack.defer(async () => (await bots)[Symbol.asyncDispose]());
        const serve = async (id: string) => (await bots).serve(id);
        const idOf = (ref: string) => {
          const { revision } = scene.releases.find((one) => one.ref === ref)!;
          return `20261121T114205Z-${revision?.slice(0, 7) ?? ref}`;
        };
        return {
          deploy: async (ref) => (ref === 'v3' ? 4 : (await serve(idOf(ref)), 0)),
          rollback: async (to) => (await serve(to!), 0),
          status: () => Promise.resolve(0),
          close: () => Promise.resolve(),
        };
      },
    });
    expect(exitCode).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(said()).toMatch(/^slipway demo: .*3 hosts, fra-1, fra-2 and ams-1: .* v1 {2}Greet people by name /s);
    expect(said()).toMatch(/== 6 of 6: .*That was the whole story, .*Everything is removed again: .*\n$/s);
  });

  it('ends its tools and removes everything when the story fails', async () => {
    const { streams, said } = reader();
    const { seen, open } = tools(1);
    await expect(runDemo({ mode: 'story', streams, tools: open })).rejects.toThrow('ended with exit code 1, not 0');
    expect([seen.isClosed, existsSync(seen.scene!.folder)]).toEqual([true, false]);
    expect(said()).toMatch(/Everything is removed again: .*\n$/);
  });

  it('removes everything at once when it is interrupted', async () => {
    const { streams } = reader();
    const { seen, open } = tools(new Promise(() => undefined));
    const interrupt = new AbortController();
    const playing = runDemo({
      mode: 'story',
      streams,
      signal: interrupt.signal,
      tools: (scene) => {
        setImmediate(() => interrupt.abort());
        return open(scene);
      },
    });
    await expect(playing).rejects.toMatchObject({ exitCode: 130 });
    expect(existsSync(seen.scene!.folder)).toBe(false);
  });
});

// the first release is really deployed, beside whatever else this machine has to do
describe('the demo on the screen', { timeout: 90_000 }, () => {
  it('has the first release live when the reader presses Enter, and takes a rollout that went back for no failure', async () => {
    const { streams, stdin, said } = reader();
    let folder = '';
    const playing = runDemo({
      mode: 'screen',
      streams,
      openScreen: async (scene) => {
        folder = scene.folder;
        const answers = await Promise.all(scene.instances.map(async ({ url }) => (await fetch(url)).text()));
        const commit = scene.releases[0]!.revision?.slice(0, 7) ?? '';
        expect(answers).toEqual(answers.map(() => expect.stringMatching(`Hello from release .*-${commit}`) as string));
        return 4;
      },
    });
    stdin.write('\n');
    expect(await playing).toBe(0);
    expect(existsSync(folder)).toBe(false);
    expect(said()).toContain('Press Enter to open the screen.');
  });

  it('is not opened when there is nobody to press Enter', async () => {
    const { streams, stdin } = reader();
    stdin.end();
    const openScreen = () => Promise.reject(new Error('opened'));
    expect(await runDemo({ mode: 'screen', streams, openScreen })).toBe(0);
  });

  it('needs a terminal to read from and one to write to', () => {
    const modes = ([stdin, stdout]: [boolean, boolean]) => {
      const { streams } = reader();
      Object.assign(streams.stdin, { isTTY: stdin });
      Object.assign(streams.stdout, { isTTY: stdout });
      return [demoMode('any', streams), demoMode('plain', streams)];
    };
    expect(modes([true, true])).toEqual(['screen', 'story']);
    expect(modes([true, false])).toEqual(['story', 'story']);
    expect(modes([false, true])).toEqual(['story', 'story']);
  });
});

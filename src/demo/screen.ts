import { RemoteError } from '../base/errors.ts';
import { screenIntroduction } from './introduction.ts';
import type { Scene } from './scene.ts';
import type { Say } from './story.ts';

export interface ScreenOptions {
  readonly say: Say;
  readonly stdin: NodeJS.ReadStream;
  readonly signal: AbortSignal | undefined;
  readonly openScreen: (scene: Scene) => Promise<number>;
}

/**
 * Introduces a newcomer, deploys the first release meanwhile, so that there is something to see, and opens the screen. A
 * rollout that went back (4) or was left (5) is part of the play and no failure of the demo.
 */
export async function playScreen(scene: Scene, { say, stdin, signal, openScreen }: ScreenOptions): Promise<number> {
  for (const line of screenIntroduction(scene)) say(line);
  const deployed = deployFirst(scene);
  // told of after the reader has pressed Enter, even when it fails before
  deployed.catch(() => undefined);
  const word = await nextLine(stdin, signal);
  say('One moment: v1 goes live …');
  await deployed;
  if (word === 'end of input') return 0;
  const exitCode = await openScreen(scene);
  return exitCode === 4 || exitCode === 5 ? 0 : exitCode;
}

async function deployFirst(scene: Scene): Promise<void> {
  const session = scene.open(scene.stage, 'end');
  try {
    const { exitCode, message } = await session.start(await session.planDeploy({ ref: 'v1' })).finished;
    if (exitCode === 0) return;
    throw new RemoteError({
      code: 'SLIP_DEMO',
      message: `The demo could not deploy its first release: ${message}`,
      mend: 'Run it again when this machine was very busy. `slipway demo --plain` shows every step.',
    });
  } finally {
    await session.close();
  }
}

/** Waits until the reader presses Enter. The terminal stays in its line mode, so Ctrl-C is a signal as ever. */
async function nextLine(stdin: NodeJS.ReadStream, signal: AbortSignal | undefined): Promise<'line' | 'end of input'> {
  const { promise, resolve, reject } = Promise.withResolvers<'line' | 'end of input'>();
  const onLine = () => resolve('line');
  const onEnd = () => resolve('end of input');
  const onAbort = () => reject(signal!.reason as Error);
  stdin.once('data', onLine).once('end', onEnd);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } finally {
    // whoever reads next finds the stream as it was
    stdin.off('data', onLine).off('end', onEnd).pause();
    signal?.removeEventListener('abort', onAbort);
  }
}

import { Cancelled } from '../base/errors.ts';
import { formatDuration } from '../base/duration.ts';
import { goodbye, storyIntroduction } from './introduction.ts';
import { type Scene, type SceneOptions, setScene } from './scene.ts';
import { playScreen } from './screen.ts';
import { type Say, type StoryTools, tellStory } from './story.ts';

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

interface Common {
  readonly streams: Streams;
  /** Ends the demo early: everything is removed, and Cancelled is thrown. */
  readonly signal?: AbortSignal;
  readonly scene?: SceneOptions;
}

/** The commands of the story, and the way to end what they keep open. */
export type DemoTools = Omit<StoryTools, 'say'> & { close(): Promise<void> };

/** The demo as text. */
export interface StoryDemo extends Common {
  readonly mode: 'story';
  /** The real commands over `scene.open(scene.stage, 'end')`, their reports written with `say`. */
  readonly tools: (scene: Scene, say: Say) => DemoTools;
}

/** The demo on the full screen, for a newcomer to play with. */
export interface ScreenDemo extends Common {
  readonly mode: 'screen';
  /** Opens the TUI on the stages of the scene; answers with its exit code. */
  readonly openScreen: (scene: Scene) => Promise<number>;
}

export type DemoOptions = StoryDemo | ScreenDemo;

/** Full screen on a terminal, unless plain text was asked for. */
export function demoMode(asked: 'plain' | 'any', { stdin, stdout }: Streams): DemoOptions['mode'] {
  return asked === 'any' && stdin.isTTY && stdout.isTTY ? 'screen' : 'story';
}

/** Plays the demo and removes everything again; answers with the exit code, or throws what went wrong. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const { streams, signal } = options;
  const write: Say = (line) => void streams.stdout.write(`${line}\n`);
  // what is still said after the end has been asked for is about hosts that are taken away
  const say: Say = (line) => (signal?.aborted ? undefined : write(line));
  refuse(signal);
  const scene = await setScene(options.scene);
  const play = () =>
    options.mode === 'story'
      ? playStory(scene, options, say)
      : playScreen(scene, { say, signal, stdin: streams.stdin, openScreen: options.openScreen });
  try {
    return await untilAborted(play, signal);
  } finally {
    await scene.dispose();
    write('');
    write(goodbye(scene));
  }
}

async function playStory(scene: Scene, { tools: open }: StoryDemo, say: Say): Promise<number> {
  const since = performance.now();
  for (const line of storyIntroduction(scene)) say(line);
  const tools = open(scene, say);
  try {
    await tellStory(scene, { ...tools, say });
  } finally {
    await tools.close();
  }
  say('');
  say(`That was the whole story, in ${formatDuration(Math.round((performance.now() - since) / 1000) * 1000)}.`);
  return 0;
}

/** The same answer, or Cancelled at once. The play goes on behind it until its hosts are taken away. */
async function untilAborted(play: () => Promise<number>, signal: AbortSignal | undefined): Promise<number> {
  refuse(signal);
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Cancelled('Interrupted: the demo ends here.'));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([play(), promise]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

function refuse(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Cancelled('Interrupted: the demo ends here.');
}

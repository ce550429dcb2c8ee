import { asSlipwayError, Bug, Cancelled, RemoteError, unreachable } from '../base/errors.ts';
import { plural } from '../base/text.ts';
import { type Chapter, CHAPTERS, type Command } from './chapters.ts';
import type { Ref } from './sample.ts';
import type { Scene } from './scene.ts';
import { askWhatServes } from './serving.ts';

/** Writes a line of the story, or of a report, to the reader. */
export type Say = (line: string) => void;

/** The commands of slipway, on the stage of the scene. Each answers with its exit code. */
export interface StoryTools {
  deploy(ref: string): Promise<number>;
  rollback(to?: string): Promise<number>;
  status(): Promise<number>;
  say: Say;
}

/** The part of a scene that the story needs. */
export type StoryScene = Pick<Scene, 'stage' | 'keeping' | 'instances' | 'releases'>;

interface Telling {
  readonly scene: StoryScene;
  readonly tools: StoryTools;
  /** Release ids by what they were made of, learnt from what the instances answer. */
  readonly known: Map<Ref, string>;
}

/**
 * Plays the story and compares every chapter with what has to come of it: the exit code, and the release that every
 * instance answers with when it is asked from outside. The first difference is thrown.
 */
export async function tellStory(scene: StoryScene, tools: StoryTools): Promise<void> {
  const telling = { scene, tools, known: new Map<Ref, string>() };
  for (const [index, chapter] of CHAPTERS.entries()) {
    const number = `${index + 1} of ${CHAPTERS.length}`;
    const lines = [
      '',
      `== ${number}: ${chapter.heading} ==`,
      ...chapter.lines,
      '',
      `$ ${typedAs(chapter.command, telling)}`,
    ];
    for (const line of lines) tools.say(line);
    try {
      await tellChapter(chapter, telling);
    } catch (thrown) {
      throw thrown instanceof Cancelled ? thrown : failedIn(`chapter ${number} (${chapter.heading})`, thrown);
    }
  }
}

async function tellChapter({ command, exitCode: expected, serves }: Chapter, telling: Telling): Promise<void> {
  const { scene, tools, known } = telling;
  const exitCode = await run(command, telling);
  if (exitCode !== expected) {
    throw failure(`${typedAs(command, telling)} ended with exit code ${exitCode}, not ${expected}.`);
  }
  const serving = await askWhatServes({ scene, ref: serves, known });
  const count = plural(scene.instances.length, 'instance');
  if (serving.type === 'wrong') {
    throw failure(`asked over HTTP, ${serving.lines.length} of ${count} do not answer as ${serves}.`, serving.lines);
  }
  known.set(serves, serving.release);
  tools.say('');
  tools.say(`Exit code ${exitCode}. Asked over HTTP, all ${count} answer as ${serving.release} (${serves}).`);
}

/** The command as a reader would type it. */
function typedAs(command: Command, { scene: { stage, keeping }, known }: Telling): string {
  switch (command.type) {
    case 'deploy':
      return `slipway deploy ${stage} ${keeping === 'commits' ? '--ref ' : '--dir greeter/'}${command.ref}`;
    case 'rollback':
      return `slipway rollback ${stage} --to ${idOf(command.to, known)}`;
    case 'status':
      return `slipway status ${stage}`;
    default:
      return unreachable(command);
  }
}

function run(command: Command, { tools, known }: Telling): Promise<number> {
  switch (command.type) {
    case 'deploy':
      return tools.deploy(command.ref);
    case 'rollback':
      return tools.rollback(idOf(command.to, known));
    case 'status':
      return tools.status();
    default:
      return unreachable(command);
  }
}

function idOf(ref: Ref, known: ReadonlyMap<Ref, string>): string {
  const id = known.get(ref);
  if (id === undefined) throw new Bug(`The story goes back to ${ref}, which it has not deployed.`);
  return id;
}

function failure(message: string, detail: readonly string[] = []): RemoteError {
  const mend = 'Run it again when this machine was very busy. Else please report it, with everything above.';
  return new RemoteError({ code: 'SLIP_DEMO', message, detail, mend });
}

/** The same trouble, with the chapter it happened in. */
function failedIn(chapter: string, thrown: unknown): RemoteError {
  const { code, message, mend, detail } = asSlipwayError(thrown);
  const trouble = { code, message: `The demo failed in ${chapter}: ${message}`, detail, cause: thrown };
  return new RemoteError(mend === undefined ? trouble : { ...trouble, mend });
}

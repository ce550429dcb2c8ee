import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, RemoteError } from '../../src/base/errors.ts';
import { type StoryScene, type StoryTools, tellStory } from '../../src/demo/story.ts';
import { type Bots, startBots } from './story-bots.ts';

const revisions = { v1: '1111111a', v2: '2222222b', v3: '3333333c', v4: '4444444d' };
const ids = { v1: '20261121T114205Z-1111111', v2: '20261121T114305Z-2222222' };

let bots: Bots;
let said: string[];

beforeAll(async () => void (bots = await startBots([0, 0])));
afterAll(async () => bots[Symbol.asyncDispose]());
beforeEach(() => {
  said = [];
  bots.serve('none');
});

function scene(keeping: StoryScene['keeping'] = 'commits'): StoryScene {
  const releases = (['v1', 'v2', 'v3', 'v4'] as const).map((ref) => {
    return { ref, subject: ref, author: 'Ada', at: '2026-03-02', revision: revisions[ref] };
  });
  return { stage: 'production', keeping, instances: bots.instances, releases };
}

/** Tools that do what slipway does; after the command of one chapter (from 1), or instead of it, something happens. */
function tools(fault?: { chapter: number; after?: () => void; instead?: () => Promise<number> }): StoryTools {
  let chapter = 0;
  const act = async (rightly: () => number) => {
    chapter += 1;
    if (chapter !== fault?.chapter) return rightly();
    if (fault.instead) return fault.instead();
    const exitCode = rightly();
    fault.after?.();
    return exitCode;
  };
  const serve = (id: string) => {
    bots.serve(id);
    return 0;
  };
  return {
    deploy: (ref) => act(() => (ref === 'v3' ? 4 : serve(ids[ref as 'v1' | 'v2']))),
    rollback: (to) => act(() => serve(to!)),
    status: () => act(() => 0),
    say: (line) => said.push(line),
  };
}

const chapters = [
  [1, 'The first deploy', 'slipway deploy production --ref v1', 'v1', 0],
  [2, 'The next release', 'slipway deploy production --ref v2', 'v2', 0],
  [3, 'A bad release', 'slipway deploy production --ref v3', 'v2', 4],
  [4, 'What runs now', 'slipway status production', 'v2', 0],
  [5, 'Back to the first release', `slipway rollback production --to ${ids.v1}`, 'v1', 0],
  [6, 'What runs at the end', 'slipway status production', 'v1', 0],
] as const;

describe('the story of the demo', () => {
  it('tells in each chapter what is typed, how it ended and what every instance answers', async () => {
    await tellStory(scene(), tools());
    for (const [number, heading, typed, serves, exitCode] of chapters) {
      const start = said.indexOf(`== ${number} of 6: ${heading} ==`);
      const end = said.findIndex((line, index) => index > start && line.startsWith('== '));
      expect(said.slice(start, end === -1 ? undefined : end)).toEqual(
        expect.arrayContaining([
          `$ ${typed}`,
          `Exit code ${exitCode}. Asked over HTTP, all 2 instances answer as ${ids[serves]} (${serves}).`,
        ]),
      );
    }
  });

  it('names folders where there is no git', async () => {
    await tellStory(scene('folders'), tools());
    expect(said).toContain('$ slipway deploy production --dir greeter/v1');
  });

  it('reads well within 100 columns', async () => {
    await tellStory(scene(), tools());
    expect(said.filter((line) => line.length > 100)).toEqual([]);
  });

  it.each(chapters)(
    'fails in chapter %i when its command ends otherwise',
    async (...[number, heading, typed, , right]) => {
      const instead = () => Promise.resolve(right === 4 ? 0 : 5);
      const failure = await tellStory(scene(), tools({ chapter: number, instead })).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(RemoteError);
      expect(failure).toMatchObject({
        exitCode: 3,
        message: `The demo failed in chapter ${number} of 6 (${heading}): ${typed} ended with exit code ${right === 4 ? 0 : 5}, not ${right}.`,
      });
    },
  );

  it.each(chapters)('fails in chapter %i when its command throws, and says why', async (number, heading) => {
    const error = new RemoteError({ code: 'SLIP_X', message: 'fra-1 is gone.', mend: 'Look for it.', detail: ['x'] });
    const instead = () => Promise.reject(error);
    await expect(tellStory(scene(), tools({ chapter: number, instead }))).rejects.toMatchObject({
      code: 'SLIP_X',
      exitCode: 3,
      message: `The demo failed in chapter ${number} of 6 (${heading}): fra-1 is gone.`,
      mend: 'Look for it.',
      detail: ['x'],
    });
  });

  it.each(chapters)(
    'fails in chapter %i when one instance answers as another release',
    async (...[number, heading, , serves]) => {
      const after = () => void (bots.pretences[1]!.release = '20260101T000000Z-9999999');
      const { id, url } = bots.instances[1]!;
      await expect(tellStory(scene(), tools({ chapter: number, after }))).rejects.toMatchObject({
        exitCode: 3,
        message: `The demo failed in chapter ${number} of 6 (${heading}): asked over HTTP, 1 of 2 instances do not answer as ${serves}.`,
        detail: [`${id} (${url}): answers as 20260101T000000Z-9999999`],
      });
    },
  );

  it.each<[string, () => void, RegExp]>([
    ['is not healthy', () => void (bots.pretences[0]!.healthStatus = 503), /: \/healthz answers 503, \{"ok":false/],
    ['contradicts itself', () => void (bots.pretences[0]!.healthRelease = 'x'), /, \/healthz says x$/],
    ['greets with control characters', () => bots.serve('\u001b]0;x\u0007'), /\): /],
  ])('fails when an instance %s', async (_, after, complaint) => {
    const failure = await tellStory(scene(), tools({ chapter: 2, after })).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RemoteError);
    const { detail } = failure as RemoteError;
    expect(detail[0]).toMatch(complaint);
    expect(detail.join('')).not.toMatch(/[\u0000-\u001f]/);
  });

  it('fails when nothing listens', async () => {
    const gone = await startBots([0]);
    await gone[Symbol.asyncDispose]();
    const failing = tellStory({ ...scene(), instances: [...bots.instances, ...gone.instances] }, tools());
    await expect(failing).rejects.toMatchObject({ detail: [expect.stringMatching(/ECONNREFUSED/)] });
  });

  it('fails when a deploy that says it succeeded changed nothing', async () => {
    const fault = { chapter: 2, instead: () => Promise.resolve(0) };
    await expect(tellStory(scene(), tools(fault))).rejects.toThrow('2 of 2 instances do not answer as v2');
  });

  it('fails when what was deployed is not that commit', async () => {
    const after = () => bots.serve('20261121T114305Z-3333333');
    await expect(tellStory(scene(), tools({ chapter: 2, after }))).rejects.toThrow('do not answer as v2');
  });

  it('passes an interruption on as it is', async () => {
    const cancelled = new Cancelled();
    const fault = { chapter: 1, instead: () => Promise.reject(cancelled) };
    await expect(tellStory(scene(), tools(fault))).rejects.toBe(cancelled);
  });
});

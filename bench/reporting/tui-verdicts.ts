import type { TuiFindings } from '../parts/tui.ts';
import { type KeyFindings, LINES_PER_SECOND } from '../tui/keys.ts';
import type { SceneResult } from '../tui/scenes.ts';
import type { Spell } from '../tui/spell.ts';
import { median, milliseconds, percent, percentile, times } from './figures.ts';
import { atMost, type Verdict } from './verdict.ts';

/** What the full-screen program promises; of two sizes of screens the worse one counts. */
export function onTui(tui: TuiFindings | undefined): readonly Verdict[] {
  if (!tui) return [];
  const { idle, cursor, help, busy, memory, starts } = tui;
  const commands = [...starts.firstByte].map(([words, ms]) => ({ words, ms: median(ms) }));
  const slowest = commands.toSorted((a, b) => b.ms - a.ms)[0];
  const key = { most: 50, as: milliseconds };
  const flood = `while ${LINES_PER_SECOND} lines a second come in, 95 of 100`;
  return [
    ...onFailures(tui),
    atMost('first frame of the full-screen program', median(starts.firstFrame.map(({ ms }) => ms)), {
      ...{ most: 300, as: milliseconds },
    }),
    slowest &&
      atMost(`first byte of \`slipway ${slowest.words}\`, the slowest of the plain commands`, slowest.ms, {
        ...{ most: 100, as: milliseconds },
      }),
    worst(`a key to the screen of a rollout ${flood}`, cursor.map(p95), key),
    worst(`a key to the screen of the logs ${flood}`, help.map(p95), key),
    worst('frames of an idle screen in five seconds (ages move on every ten)', idle.map(framesInFive), {
      ...{ most: 1, as: (count: number) => count.toFixed(0) },
    }),
    worst('of a core, while 50 instances are rolled out', busy.map(shareOfCore), { most: 0.2, as: percent }),
    worst('memory after half an hour of a rollout, of that after five minutes', memory.map(growth), {
      ...{ most: 1.25, as: times },
    }),
    onOverflow(tui),
  ].filter((verdict) => verdict !== undefined);
}

function scenesOf(tui: TuiFindings): readonly SceneResult<unknown>[] {
  return [...tui.idle, ...tui.cursor, ...tui.help, ...tui.busy, ...tui.memory];
}

function onFailures(tui: TuiFindings): readonly Verdict[] {
  return scenesOf(tui).flatMap((scene) =>
    scene.type === 'done'
      ? []
      : [
          {
            what: `every scene can be played (${scene.size.columns}x${scene.size.rows})`,
            ...{ value: scene.reason.split('\n')[0]!, bound: 'no failure', kept: false },
          },
        ],
  );
}

/** What most of the keys took at most, those that were lost among them. */
export function mostTook({ ms, lost }: KeyFindings): number {
  return percentile([...ms, ...Array.from({ length: lost }, () => Infinity)], 95);
}

export function p95(scene: SceneResult<KeyFindings | undefined>): number | undefined {
  return scene.type === 'failed' || !scene.found ? undefined : mostTook(scene.found);
}

function framesInFive(scene: SceneResult<Spell>): number | undefined {
  return scene.type === 'done' ? (scene.found.frames / scene.found.lastedMs) * 5000 : undefined;
}

function shareOfCore(scene: SceneResult<Spell>): number | undefined {
  return scene.type === 'done' ? scene.found.cpuMs / scene.found.lastedMs : undefined;
}

function growth(scene: TuiFindings['memory'][number]): number | undefined {
  if (scene.type === 'failed') return undefined;
  return scene.found.at(-1)!.bytes / scene.found[0]!.bytes;
}

/** Nothing to say of what was not measured. */
function worst(
  what: string,
  values: readonly (number | undefined)[],
  bound: Parameters<typeof atMost>[2],
): Verdict | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : atMost(what, Math.max(...known), bound);
}

function onOverflow(tui: TuiFindings): Verdict | undefined {
  const done = scenesOf(tui).filter((scene) => scene.type === 'done');
  if (done.length === 0) return undefined;
  const frames = done.reduce((sum, scene) => sum + scene.frames, 0);
  const larger = done.find(({ overflow }) => overflow !== undefined);
  return {
    what: `frames that are larger than their terminal, of ${frames}`,
    value: larger ? `${larger.size.columns}x${larger.size.rows}: ${larger.overflow}` : 'none',
    ...{ bound: 'none', kept: larger === undefined },
  };
}

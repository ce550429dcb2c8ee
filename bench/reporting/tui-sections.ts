import type { TuiFindings } from '../parts/tui.ts';
import type { KeyFindings } from '../tui/keys.ts';
import type { SceneResult } from '../tui/scenes.ts';
import type { Spell } from '../tui/spell.ts';
import { median, megabytes, milliseconds, percent, times } from './figures.ts';
import type { Section } from './section.ts';
import { p95 } from './tui-verdicts.ts';

/** How soon the full-screen program is there, and what it takes at work. */
export function tuiSectionsOf(tui: TuiFindings | undefined): readonly Section[] {
  return tui ? [startsOf(tui), workOf(tui), memoryOf(tui)] : [];
}

function startsOf({ starts: { bare, firstFrame, firstByte } }: TuiFindings): Section {
  const frames = firstFrame.map(({ ms }) => ms);
  const cpu = milliseconds(median(firstFrame.map(({ cpuMs }) => cpuMs)));
  const row = (title: string, ms: readonly number[], cpuText = '') => [
    title,
    milliseconds(median(ms)),
    `${milliseconds(Math.min(...ms))} to ${milliseconds(Math.max(...ms))}`,
    times(median(ms) / median(bare)),
    cpuText,
    String(ms.length),
  ];
  return {
    title: 'How soon slipway is there',
    notes: [
      'From the start of the process, what it compiles being kept from a start before; bare Node until it has ended.',
    ],
    head: ['', 'time', 'range', 'to bare Node', 'CPU by then', 'rounds'],
    rows: [
      row('`node -e 0`', bare),
      row('first frame of the full-screen program', frames, cpu),
      ...[...firstByte].map(([words, ms]) => row(`first byte of \`slipway ${words}\``, ms)),
    ],
  };
}

function workOf({ idle, echo, cursor, help, busy }: TuiFindings): Section {
  return {
    title: 'The full-screen program at work',
    notes: [
      'In a terminal of its own, on a stage of 50 instances that is played within its process. A key takes from when it is',
      'sent until what it does comes back: another instance is marked, the help is opened, `cat` repeats it.',
      ...(help.every((scene) => scene.type === 'done' && !scene.found)
        ? ['No key was found that opens the logs.']
        : []),
    ],
    head: ['', 'frames a second', 'written a second', 'of a core', 'a key', '95 of 100', 'lines a second'],
    rows: [
      ...idle.flatMap((scene) => spellRow('nothing happens', scene)),
      ...busy.flatMap((scene) => spellRow('a rollout', scene)),
      ...cursor.flatMap((scene) => keyRow('a rollout, logs rush by', scene)),
      ...help.flatMap((scene) => keyRow('the logs rush by', scene)),
      ...echo.flatMap((scene) => keyRow('`cat`', scene)),
    ],
  };
}

function spellRow(title: string, scene: SceneResult<Spell>): readonly (readonly string[])[] {
  return scene.type === 'done' ? [[titled(title, scene), ...spellCells(scene.found)]] : [];
}

function keyRow(title: string, scene: SceneResult<KeyFindings | undefined>): readonly (readonly string[])[] {
  if (scene.type === 'failed' || !scene.found) return [];
  const { spell, ms, linesPerSecond } = scene.found;
  const lines = linesPerSecond === undefined ? '' : linesPerSecond.toFixed(0);
  const cells = [...spellCells(spell), milliseconds(median(ms)), milliseconds(p95(scene)!), lines];
  return [[titled(title, scene), ...cells]];
}

function spellCells({ lastedMs, frames, bytes, cpuMs }: Spell): readonly string[] {
  const aSecond = (count: number) => ((count / lastedMs) * 1000).toFixed(1);
  return [aSecond(frames), `${aSecond(bytes / 1000)} kB`, percent(cpuMs / lastedMs)];
}

function titled(title: string, { size }: SceneResult<unknown>): string {
  return `${title}, ${size.columns}x${size.rows}`;
}

function memoryOf({ memory }: TuiFindings): Section {
  const done = memory.flatMap((scene) => (scene.type === 'done' ? [scene] : []));
  const minutes = done[0]?.found.map(({ minute }) => `after ${minute} min`) ?? [];
  return {
    title: 'Memory of half an hour of a rollout',
    notes: ['In use after garbage was collected, while 500 lines a second come in; in a clock that runs ahead.'],
    head: ['', ...minutes],
    rows: done.map((scene) => [titled('a rollout', scene), ...scene.found.map(({ bytes }) => megabytes(bytes))]),
  };
}

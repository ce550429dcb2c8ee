import { resolve } from 'node:path';
import { DEFAULTS } from './defaults.ts';
import { kindOf, SOURCE_KINDS } from './kinds.ts';
import { tidy } from './paths.ts';
import { fill } from './placeholders.ts';
import type { SourceEntry } from './schema.ts';
import type { SourceSettings } from './settings.ts';
import type { Stage } from './stage.ts';

/** Paths start from the folder of hosts.json. */
export function resolveSource(stage: Stage, folder: string): SourceSettings {
  const entry = stage.entry.source ?? {};
  const filled = filler(stage);
  const exclude = (entry.exclude ?? []).map((each, i) => filled(each, 'exclude', i));
  const dir: SourceSettings = { type: 'dir', dir: resolve(folder, filled(entry.dir ?? '.', 'dir')), exclude };
  const kind = kindOf(entry, SOURCE_KINDS, { path: ['source'], mistake: stage.mistake });
  if (kind === 'git') {
    return {
      type: 'git',
      repository: resolve(folder, filled(entry.git!, 'git')),
      ref: entry.ref ?? DEFAULTS.ref,
      subdir: tidy(filled(entry.subdir ?? '.', 'subdir')),
      build: (entry.build ?? []).map((each, i) => filled(each, 'build', i)),
      output: tidy(filled(entry.output ?? '.', 'output')),
      exclude,
    };
  }
  if (kind === undefined && entry.git === undefined && entry.dir === undefined) {
    stage.mistake(
      ['source'],
      'is missing. What is deployed: {"git": "."} for a commit, or {"dir": "dist"} for a folder.',
    );
  }
  return dir;
}

function filler(stage: Stage): (text: string, key: keyof SourceEntry, index?: number) => string {
  const values = { app: stage.app, stage: stage.name };
  return (text, key, index) =>
    fill(text, values, (message) => stage.mistake(['source', key, ...(index === undefined ? [] : [index])], message));
}

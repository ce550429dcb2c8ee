import type { Path } from './json.ts';
import { tidy } from './paths.ts';
import { fill } from './placeholders.ts';
import { quoted } from './quoted.ts';
import type { SharedSettings } from './settings.ts';
import type { Stage } from './stage.ts';

/** What outlives releases; no path of it may be, or lie in, another one: one of the links would end up in the other. */
export function resolveShared(stage: Stage): SharedSettings {
  const { shared = {} } = stage.entry;
  const taken = new Map<string, Path>();
  const resolved = (kind: 'files' | 'dirs') =>
    (shared[kind] ?? []).map((text, index) => {
      const place = ['shared', kind, index];
      const path = tidy(fill(text, { app: stage.app, stage: stage.name }, (message) => stage.mistake(place, message)));
      const other = [...taken.keys()].find((each) => isSameOrInside(path, each) || isSameOrInside(each, path));
      if (other !== undefined)
        stage.mistake(place, `${quoted(path)} and ${quoted(other)} cannot both be shared: one lies in the other.`);
      taken.set(path, place);
      return path;
    });
  return { files: resolved('files'), dirs: resolved('dirs') };
}

function isSameOrInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

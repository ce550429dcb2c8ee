import { posix } from 'node:path';
import type { InstancePart } from './instances.ts';
import { kindOf, LOGS_KINDS } from './kinds.ts';
import type { LogSettings } from './settings.ts';

export function resolveLog(part: InstancePart): LogSettings | undefined {
  const entry = part.entry.logs;
  if (!entry) return undefined;
  const path = ['roles', part.role, 'logs'];
  const kind = kindOf(entry, LOGS_KINDS, { path, mistake: part.stage.mistake });
  const filled = (key: Exclude<typeof kind, undefined>) => part.fill([...path, key], entry[key]!);
  switch (kind) {
    case 'file':
      return { type: 'file', path: posix.resolve(part.folder, filled('file')) };
    case 'command':
      return { type: 'command', command: part.fillCommand([...path, 'command'], entry.command!) };
    case 'docker':
    case 'podman':
      return { type: 'container', engine: kind, name: filled(kind) };
    case 'pm2':
      return { type: 'pm2', name: filled('pm2') };
    case undefined:
      if (Object.keys(entry).length === 0)
        part.stage.mistake(
          path,
          'needs "file", "command", "docker", "podman" or "pm2". For its default, leave it out.',
        );
      return undefined;
  }
}

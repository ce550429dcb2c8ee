import { readFile, stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { UserError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { sanitise } from '../base/sanitise.ts';
import { quote } from '../base/shell.ts';
import { list } from '../base/text.ts';
import { parseJson } from './json.ts';
import { Mistakes } from './mistakes.ts';
import { quoted } from './quoted.ts';
import { resolveStages } from './resolve.ts';
import type { Config } from './schema.ts';
import type { Settings, Strategy } from './settings.ts';
import { validate } from './validate.ts';

const MOST_BYTES = 1_000_000;

export interface Wanted extends Chosen {
  readonly file: string;
}

/** What a run says otherwise than hosts.json, of the stage that it is about. */
export interface Chosen {
  readonly stage: string;
  readonly strategy?: Strategy | undefined;
}

/** hosts.json, resolved for one stage. The other stages are checked too: they may share its hosts. */
export async function loadSettings(options: Wanted): Promise<Settings> {
  const all = settingsIn(await readText(options.file), options.file, options);
  const settings = all.find(({ stage }) => stage === options.stage);
  if (settings) return settings;
  const names = all.map(({ stage }) => stage);
  const meant = nearest(options.stage, names);
  throw new UserError({
    code: 'SLIP_STAGE',
    message: `${shownName(options.file)} has no stage ${quoted(options.stage)}.`,
    mend: meant === undefined ? `Stages: ${list(names)}.` : `Did you mean "${meant}"? Stages: ${list(names)}.`,
  });
}

/** The names of the stages, in the order of the file. */
export async function loadStages(file: string): Promise<readonly string[]> {
  return (await loadAll(file)).map(({ stage }) => stage);
}

/** hosts.json, resolved for every stage. */
export async function loadAll(file: string): Promise<readonly Settings[]> {
  return settingsIn(await readText(file), file);
}

/** The pure part: text in, settings out, or one UserError with everything that is wrong. */
export function settingsIn(text: string, file: string, chosen?: Chosen): readonly Settings[] {
  const document = parseJson(text, shownName(file));
  const mistakes = new Mistakes(document);
  const config = validate(document, mistakes);
  mistakes.throwIfAny();
  const settings = config ? resolveStages({ config: asChosen(config, chosen), document, mistakes }, file) : [];
  mistakes.throwIfAny();
  return settings;
}

/** As if it were written there: what follows from a strategy follows from this one. */
function asChosen(config: Config, { stage, strategy }: Partial<Chosen> = {}): Config {
  const own = stage !== undefined && Object.hasOwn(config.stages, stage) ? config.stages[stage] : undefined;
  if (own === undefined || stage === undefined || strategy === undefined) return config;
  return { ...config, stages: { ...config.stages, [stage]: { ...own, rollout: { ...own.rollout, strategy } } } };
}

async function readText(file: string): Promise<string> {
  const bytes = await readBytes(file);
  const notUtf8 = { message: `${shownName(file)} is not UTF-8.`, mend: 'Save it as UTF-8.' };
  try {
    // A byte order mark of UTF-8 is dropped by the decoder: editors on Windows write one.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UserError({ code: 'SLIP_CONFIG', ...notUtf8, cause });
  }
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size <= MOST_BYTES) return await readFile(file);
  } catch (cause) {
    throw new UserError({ code: 'SLIP_CONFIG', ...unreadable(shownName(file), cause), cause });
  }
  const message = `${shownName(file)} is larger than ${MOST_BYTES / 1_000_000} MB.`;
  throw new UserError({ code: 'SLIP_CONFIG', message, mend: 'Name the right file with --config.' });
}

function unreadable(name: string, cause: unknown): { readonly message: string; readonly mend: string } {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  switch (code) {
    case 'ENOENT':
      return {
        message: `There is no ${name}.`,
        mend: 'Start from hosts.example.json, or name the file with --config.',
      };
    case 'EISDIR':
      return { message: `${name} is a folder.`, mend: 'Name the file in it with --config.' };
    case 'EACCES':
      return { message: `${name} may not be read.`, mend: `Give yourself the right: chmod u+r ${quote(name)}` };
    default:
      return { message: `${name} cannot be read (${code}).`, mend: 'Name the right file with --config.' };
  }
}

/** The file as people near it call it: relative when it lies below the working folder. */
function shownName(file: string): string {
  const near = relative('.', file);
  return sanitise(near === '' || near.startsWith('..') ? file : near);
}

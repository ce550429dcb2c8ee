import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEntry } from '../screens/logs/ring.ts';
import { grouped } from '../../base/text.ts';
import type { Surroundings } from './workers.ts';

/** So many names are tried; whoever has them all has saved a file in this second a hundred times. */
const NAMES = 100;

/** Saves what is shown of the logs, and says where. */
export async function saveLogs({ store, clock, folder = process.cwd() }: Surroundings): Promise<void> {
  const { logs, stage = 'stage' } = store.get();
  if (!logs) return;
  const lines = logs.shown.all();
  const time = new Date(clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name = `slipway-logs-${stage.replaceAll(/[^\w.-]/g, '_')}-${time}`;
  try {
    const file = await writeAnew(folder, name, lines);
    store.dispatch({
      type: 'notify',
      text: `saved ${grouped(lines.length)} ${lines.length === 1 ? 'line' : 'lines'} to ${file}`,
      style: 'ok',
    });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    store.dispatch({ type: 'notify', text: `could not save the lines: ${reason}`, style: 'bad' });
  }
}

/** Into a file that was not there before, and that nobody else may read: logs tell of people. Answers with its path. */
export async function writeAnew(folder: string, name: string, lines: readonly LogEntry[]): Promise<string> {
  const text = lines.map(({ t, source, text: said }) => `${new Date(t).toISOString()} ${source} ${said}\n`).join('');
  for (let turn = 1; turn <= NAMES; turn += 1) {
    const file = join(folder, turn === 1 ? `${name}.log` : `${name}-${turn}.log`);
    try {
      await writeFile(file, text, { flag: 'wx', mode: 0o600 });
      return file;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
  throw new Error(`${join(folder, name)}.log is there already`);
}

import { once } from 'node:events';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { FilePlace, LogSource, LogStart } from '../../src/host/logs.ts';
import type { LocalHost } from '../support/local-host.ts';
import { hostMaker, SHELLS } from './shells.ts';
import { until } from './until.ts';

const makeHost = hostMaker();
const folder = mkdtempSync(join(tmpdir(), 'slipway-logs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a source as it comes. */
interface Reading {
  readonly source: LogSource;
  readonly start: LogStart;
  readonly follow?: 'follow' | 'to the end';
}

function reading(host: LocalHost, { source, start, follow = 'follow' }: Reading) {
  const ends = new AbortController();
  const lines: string[] = [];
  const bytes: number[] = [];
  const gaps: number[] = [];
  let place: FilePlace | undefined;
  const opened = new EventTarget();
  const isOpen = once(opened, 'open');
  const ended = host.client
    .logs({
      ...{ source, start, follow, signal: ends.signal },
      onOpened: (told) => {
        place = told.place;
        opened.dispatchEvent(new Event('open'));
      },
      onGap: () => void gaps.push(lines.length),
      onLine: (line) => {
        const [, count, text] = /^\|(\d+)\|(.*)$/s.exec(line) ?? [];
        bytes.push(Number(count));
        lines.push(text ?? line);
      },
    })
    .catch((error: unknown) => {
      if (!ends.signal.aborted) throw error;
    });
  return {
    lines,
    gaps,
    isOpen,
    ended,
    has: (count: number) => until(() => lines.length >= count && lines),
    place: () => ({ ...place!, got: bytes.at(-1) ?? 0 }),
    end: async () => {
      ends.abort();
      await ended;
    },
  };
}

let count = 0;
const file = () => join(folder, `log.${(count += 1)}`);

describe.each(SHELLS)('lines of a file under %s', { concurrent: true }, (shell) => {
  test('are told from the last ones on, and as they come, byte for byte', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\ntwo\nthree\n');
    const seen = reading(host, { source: { type: 'file', path }, start: { type: 'last', count: 2 } });
    await seen.has(2);
    await appendFile(path, '@nonce\tend\t0\n');
    await appendFile(path, '  \t{"a":1}\\n %d ümlaut\n');
    expect(await seen.has(4)).toEqual(['two', 'three', '@nonce\tend\t0', '  \t{"a":1}\\n %d ümlaut']);
    await seen.end();
  });

  test('are found below the home of whoever logs in, however odd the name', async () => {
    await using host = await makeHost(shell, { env: { HOME: folder } });
    const path = file();
    await writeFile(`${path} $x 'y'`, 'one\n');
    const seen = reading(host, {
      source: { type: 'file', path: `~/${basename(path)} $x 'y'` },
      start: { type: 'last', count: 1 },
    });
    expect(await seen.has(1)).toEqual(['one']);
    await seen.end();
  });

  test('go on after a cut where they were, and nothing comes twice', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\ntwo\n');
    const first = reading(host, { source: { type: 'file', path }, start: { type: 'last', count: 1 } });
    await first.has(1);
    await appendFile(path, 'thr\u00e9e\n');
    await first.has(2);
    await first.end();
    await appendFile(path, 'four\n');
    const second = reading(host, { source: { type: 'file', path }, start: { type: 'place', ...first.place() } });
    expect(await second.has(1)).toEqual(['four']);
    await second.end();
    expect(second.gaps).toEqual([]);
  });

  test('go on in the file before after a rotation, then in the new one', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\n');
    const first = reading(host, { source: { type: 'file', path }, start: { type: 'last', count: 5 } });
    await first.has(1);
    await first.end();
    await appendFile(path, 'two\n');
    await rename(path, `${path}.1`);
    await writeFile(path, 'three\n');
    const second = reading(host, { source: { type: 'file', path }, start: { type: 'place', ...first.place() } });
    expect(await second.has(2)).toEqual(['two', 'three']);
    await second.end();
    await appendFile(path, 'four\n');
    const third = reading(host, { source: { type: 'file', path }, start: { type: 'place', ...second.place() } });
    expect(await third.has(1)).toEqual(['four']);
    await third.end();
    expect([...second.gaps, ...third.gaps]).toEqual([]);
  });

  test('are followed into the new file when one is rotated meanwhile, and after a cut behind that', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\n');
    const first = reading(host, { source: { type: 'file', path }, start: { type: 'last', count: 5 } });
    await first.has(1);
    await appendFile(path, 'two\n');
    await first.has(2);
    await rename(path, `${path}.1`);
    await writeFile(path, 'three\n');
    expect(await first.has(3)).toEqual(['one', 'two', 'three']);
    await first.end();
    await appendFile(path, 'four\n');
    const second = reading(host, { source: { type: 'file', path }, start: { type: 'place', ...first.place() } });
    expect(await second.has(1)).toEqual(['four']);
    await second.end();
    expect(second.gaps).toEqual([]);
  });

  test('have a gap where the file was emptied or is another one by now', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\ntwo\n');
    const first = reading(host, { source: { type: 'file', path }, start: { type: 'last', count: 5 } });
    await first.has(2);
    await first.end();
    await truncate(path);
    await appendFile(path, 'new\n');
    const emptied = reading(host, { source: { type: 'file', path }, start: { type: 'place', ...first.place() } });
    await emptied.isOpen;
    await appendFile(path, 'newer\n');
    expect(await emptied.has(1)).toEqual(['newer']);
    await emptied.end();
    const other = reading(host, {
      source: { type: 'file', path },
      start: { type: 'place', inode: '1', at: 0, got: 3 },
    });
    expect(await other.has(2)).toEqual(['new', 'newer']);
    await other.end();
    expect([emptied.gaps, other.gaps]).toEqual([[0], [0]]);
  });

  test('end where only those are wanted that are there', async () => {
    await using host = await makeHost(shell);
    const path = file();
    await writeFile(path, 'one\ntwo\nthree');
    const seen = reading(host, {
      source: { type: 'file', path },
      start: { type: 'last', count: 2 },
      follow: 'to the end',
    });
    await seen.ended;
    expect(seen.lines).toEqual(['two', 'three']);
  });
});

test.each(SHELLS)('what a command says is told under %s, whatever it looks like', async (shell) => {
  await using host = await makeHost(shell);
  const command = 'echo "one two"; printf "{\\n@x end\\n"; echo bad >&2';
  const seen = reading(host, {
    source: { type: 'command', command },
    start: { type: 'last', count: 50 },
    follow: 'to the end',
  });
  await seen.ended;
  expect(seen.lines).toEqual(['one two', '{', '@x end', 'bad']);
});

test('nothing is left running when nobody reads any more', async () => {
  await using host = await makeHost('dash');
  const path = file();
  await writeFile(path, 'one\n');
  const source = { type: 'command', command: `echo $$; exec tail -F '${path}'` } as const;
  const seen = reading(host, { source, start: { type: 'last', count: 1 } });
  await seen.has(2);
  const [pid] = seen.lines;
  await seen.end();
  await until(() => {
    try {
      return !process.kill(Number(pid), 0);
    } catch {
      return true;
    }
  });
});

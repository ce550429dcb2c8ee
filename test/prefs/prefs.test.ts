import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPrefs } from '../../src/prefs/open-prefs.ts';
import { memoryPrefs, type Prefs } from '../../src/prefs/prefs.ts';

const NOW = Date.UTC(2026, 10, 21, 11, 42, 5);
const clock = { now: () => NOW, sleep: () => Promise.resolve() };
const ASIDE = 'config.json.broken-20261121T114205000Z';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-prefs-'));
  folder = join(root, 'slipway');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = () => openPrefs({ clock, folder });
const file = () => join(folder, 'config.json');
const stored = () => JSON.parse(readFileSync(file(), 'utf8')) as Record<string, object>;

/** A file of preferences that says this. */
function write(text: string): void {
  openPrefs({ clock, folder }).prefs.setTheme('dark');
  writeFileSync(file(), text);
}

function changeEverything(prefs: Prefs): void {
  prefs.setTheme('colour-blind');
  prefs.rememberStage('/srv/a.b/hosts.json', 'staging');
  prefs.saveView('errors', { filter: 'level>=error', solo: 'fra-1', columns: ['time', 'msg'] });
  prefs.saveView('constructor', { filter: '' });
  prefs.setColumns('fleet', ['host', 'health']);
  prefs.setLogOptions({ wrap: true });
}

function expectEverything(prefs: Prefs): void {
  expect(prefs.theme()).toBe('colour-blind');
  expect(prefs.lastStage('/srv/a.b/hosts.json')).toBe('staging');
  expect([...prefs.views()]).toEqual([
    ['errors', { filter: 'level>=error', solo: 'fra-1', columns: ['time', 'msg'] }],
    ['constructor', { filter: '' }],
  ]);
  expect(prefs.columns('fleet')).toEqual(['host', 'health']);
  expect(prefs.logOptions()).toEqual({ wrap: true, time: 'time', level: 'all' });
}

describe('preferences', () => {
  test('are what they were when slipway is started again', () => {
    changeEverything(open().prefs);
    const { prefs, warning } = open();
    expectEverything(prefs);
    expect(warning).toBeUndefined();
  });

  test('are kept in memory just the same', () => {
    const prefs = memoryPrefs();
    changeEverything(prefs);
    expectEverything(prefs);
  });

  test('say nothing of what nobody has chosen, whatever it is called', () => {
    const { prefs } = open();
    expect(prefs.theme()).toBe('auto');
    expect(prefs.lastStage('constructor')).toBeUndefined();
    expect(prefs.columns('toString')).toBeUndefined();
    expect(prefs.views().size).toBe(0);
    expect(existsSync(file())).toBe(false);
  });

  test('that are taken back are gone from the file', () => {
    const { prefs } = open();
    changeEverything(prefs);
    prefs.removeView('errors');
    prefs.setColumns('fleet', undefined);
    expect(stored()).toMatchObject({ columns: {} });
    expect([...open().prefs.views().keys()]).toEqual(['constructor']);
  });

  test('of two programs at once do not undo each other', () => {
    const one = open().prefs;
    const two = open().prefs;
    expect(one.saveView('a', { filter: 'a' })).toBe('kept');
    expect(two.saveView('b', { filter: 'b' })).toBe('kept');
    two.setTheme('light');
    expect([...open().prefs.views().keys()]).toEqual(['a', 'b']);
    expect([...two.views().keys()]).toEqual(['a', 'b']);
  });

  test('that a newer slipway has written are kept when this one writes', () => {
    const newer = {
      sounds: { bell: [1] },
      views: { v: { filter: 'x', colour: 'red' } },
      logs: { wrap: true, json: 'raw' },
    };
    write(JSON.stringify(newer));
    const { prefs, warning } = open();
    expect(warning).toBeUndefined();
    prefs.setTheme('mono');
    prefs.saveView('w', { filter: 'y' });
    prefs.setLogOptions({ level: 'warn' });
    expect(stored()).toEqual({
      ...newer,
      theme: 'mono',
      views: { ...newer.views, w: { filter: 'y' } },
      logs: { ...newer.logs, level: 'warn' },
    });
  });

  test('remember the last stage of a hundred files', () => {
    const { prefs } = open();
    for (let i = 0; i < 102; i += 1) prefs.rememberStage(`/p${i}/hosts.json`, 'staging');
    prefs.rememberStage('/p2/hosts.json', 'production');
    expect(Object.keys(stored()['lastStage']!)).toHaveLength(100);
    expect(prefs.lastStage('/p1/hosts.json')).toBeUndefined();
    expect(prefs.lastStage('/p2/hosts.json')).toBe('production');
  });
});

describe('a file of preferences', () => {
  test.each([
    ['is empty', ''],
    ['is cut off', '{"theme": "li'],
    ['is a list', '[1, 2]'],
    ['is null', 'null'],
    ['names a theme that does not exist', '{"theme": "purple"}'],
    ['has a view without a filter', '{"views": {"a": {}}}'],
    ['has a number for a stage', '{"lastStage": {"/a": 1}}'],
  ])('that %s is set aside as it is, with a word on it, and all starts anew', (_what, text) => {
    write(text);
    const { prefs, warning } = open();
    expect(warning).toContain(join(folder, ASIDE));
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe(text);
    expect(prefs.theme()).toBe('auto');
    expect(prefs.setTheme('light')).toBe('kept');
    expect(open()).not.toHaveProperty('warning');
    expect(open().prefs.theme()).toBe('light');
  });

  test('that is set aside never covers an older one', () => {
    for (const text of ['first', 'second']) {
      write(text);
      open();
    }
    const kept = readdirSync(folder).filter((name) => name.includes('.broken-'));
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8')).sort()).toEqual(['first', 'second']);
  });

  test('that breaks while slipway runs is set aside at the next change, and nothing that is known is lost', () => {
    const { prefs } = open();
    changeEverything(prefs);
    writeFileSync(file(), 'rubbish');
    expectEverything(prefs);
    expect(prefs.setColumns('releases', ['id'])).toBe('kept');
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe('rubbish');
    expectEverything(open().prefs);
  });

  test('that starts with a byte order mark is read', () => {
    write('\ufeff{"theme": "light"}');
    expect(open().prefs.theme()).toBe('light');
  });

  test('that is a folder is left alone, and preferences last as long as slipway runs', () => {
    open();
    // a folder in the place of the file
    const { prefs, warning } = openPrefs({ clock, folder: occupied() });
    expect(warning).toContain('last until slipway ends');
    expect(prefs.setTheme('light')).toBe('thisRunOnly');
    expect(prefs.theme()).toBe('light');
  });
});

/** A folder whose config.json is a folder. */
function occupied(): string {
  const place = join(root, 'occupied');
  openPrefs({ clock, folder: join(place, 'config.json') });
  return place;
}

describe('where nothing can be written', () => {
  test('preferences last as long as slipway runs, which is said once', () => {
    // no user, not even root, can make a folder below a file
    writeFileSync(join(root, 'file'), '');
    const { prefs, warning } = openPrefs({ clock, folder: join(root, 'file', 'slipway') });
    expect(warning).toMatch(/^Preferences are not saved, and last until slipway ends: ENOTDIR/);
    changeEverything(prefs);
    expectEverything(prefs);
    expect(prefs.setTheme('mono')).toBe('thisRunOnly');
  });

  test('a folder that goes away while slipway runs is made again', () => {
    const { prefs } = open();
    prefs.setTheme('light');
    rmSync(folder, { recursive: true });
    expect(prefs.setTheme('mono')).toBe('kept');
    expect(stored()).toEqual({ theme: 'mono' });
  });

  test('a place that is lost while slipway runs ends no call, and what was chosen holds', () => {
    const { prefs } = open();
    changeEverything(prefs);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file by now');
    expect(prefs.setLogOptions({ wrap: true })).toBe('thisRunOnly');
    expectEverything(prefs);
    expect(readFileSync(folder, 'utf8')).toBe('a file by now');
  });
});

/** Root may write everywhere, so this is what somebody else finds; unless they cannot even read the sources. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const SOURCE = join(import.meta.dirname, '../../src/prefs/open-prefs.ts');

function asNobody(script: string): unknown[] {
  const program = `import { openPrefs } from ${JSON.stringify(SOURCE)};
    const { prefs, warning } = openPrefs({ clock: { now: () => ${NOW} }, folder: ${JSON.stringify(folder)} });
    console.log(JSON.stringify(${script}));`;
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { ...nobody, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as unknown[];
}

const canRead = spawnSync(process.execPath, ['-e', `require('fs').readFileSync(${JSON.stringify(SOURCE)})`], nobody);

describe.skipIf(canRead.status !== 0)('somebody who is not root', () => {
  beforeEach(() => {
    write('{"theme": "light"}');
    for (const path of [root, folder, file()]) chownSync(path, nobody.uid ?? -1, nobody.gid ?? -1);
  });

  test('may read preferences in a folder that cannot be written, and is told that nothing is saved', () => {
    chmodSync(folder, 0o500);
    const [warning, theme, set] = asNobody('[warning, prefs.theme(), prefs.setTheme("mono")]');
    expect(warning).toMatch(/last until slipway ends: EACCES/);
    expect([theme, set]).toEqual(['light', 'thisRunOnly']);
    expect(stored()).toEqual({ theme: 'light' });
  });

  test('sets a file aside that cannot be read', () => {
    chmodSync(file(), 0);
    const [warning, theme, set] = asNobody('[warning, prefs.theme(), prefs.setTheme("mono")]');
    expect(warning).toContain(join(folder, ASIDE));
    expect([theme, set]).toEqual(['auto', 'kept']);
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe('{"theme": "light"}');
  });

  test('leaves a folder that cannot be entered as it is', () => {
    chmodSync(folder, 0);
    const [warning, set] = asNobody('[warning, prefs.setTheme("mono")]');
    expect(warning).toMatch(/last until slipway ends: EACCES/);
    expect(set).toBe('thisRunOnly');
    chmodSync(folder, 0o700);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import type { Changes } from '../../src/rollout/changes.ts';
import { rollbackTarget } from '../../src/rollout/fleet.ts';
import { reduce } from '../../src/tui/reduce.ts';
import { pickedRef, picksOf, targetOf } from '../../src/tui/screens/deploy/select.ts';
import { preflight } from '../../src/tui/screens/review/preflight.ts';
import { headline } from '../../src/tui/components/changes.ts';
import { type UiState, initialUi, noFleet } from '../../src/tui/state.ts';
import type { AppOptions } from './support/app.ts';
import { LIVE_REVISION, REFS, compared, manyRecords, ref, remembering, withRefs } from './support/choices.ts';
import { DrawnApp } from './support/drawn.ts';
import { NOW, calmFleet, driftedFleet, plan, read, release, troubledFleet } from './support/fleet.ts';

let open: DrawnApp[] = [];

async function start(options: AppOptions = {}): Promise<DrawnApp> {
  const app = new DrawnApp(options);
  open.push(app);
  await app.see('6 healthy');
  return app;
}

afterEach(async () => {
  for (const app of open) await app.dispose();
  open = [];
});

function picking(text: string, refs = REFS): UiState {
  const looks = { palette: 'dark' as const, ascii: false };
  const ui = initialUi({ now: NOW, size: { columns: 80, rows: 24 }, looks, stages: [] });
  return { ...ui, screens: ['fleet', 'deploy'], picker: { text, refs: { type: 'read', refs } } };
}

describe('what can be picked', () => {
  test('is what hosts.json says, then every ref, while nothing is typed', () => {
    const picks = picksOf(picking(''));
    expect(picks[0]).toEqual({ type: 'default' });
    expect(picks).toHaveLength(REFS.length + 1);
    expect(targetOf(pickedRef(picking('')))).toBe('');
  });

  test('is found by name, subject and short id', () => {
    const first = (text: string) => {
      const [pick] = picksOf(picking(text));
      return pick?.type === 'ref' ? pick.ref.name : pick?.type;
    };
    expect(first('main')).toBe('main');
    expect(first('時間')).toBe('asItIs');
    expect(first('time zone')).toContain('very-long');
    expect(first('77cc120')).toBe('機能/多言語のあいさつ');
  });

  test('is first what is called exactly as is typed, and then nothing is taken as it is', () => {
    const refs = [ref({ name: 'main-line' }), ref({ name: 'main' })];
    expect(picksOf(picking('main', refs)).map((pick) => pick.type === 'ref' && pick.ref.name)).toEqual([
      'main',
      'main-line',
    ]);
  });

  test('can be a ref that is not listed, last behind all that is alike', () => {
    expect(picksOf(picking('HEAD~2'))).toEqual([{ type: 'asItIs', text: 'HEAD~2' }]);
    expect(picksOf(picking('mai')).at(-1)).toEqual({ type: 'asItIs', text: 'mai' });
  });

  test('marks the first line anew with each letter', () => {
    const typed = reduce(
      { ...picking('m'), cursor: { ...picking('').cursor, deploy: 3 } },
      { type: 'typed', text: 'a' },
    );
    expect(typed.picker.text).toBe('ma');
    expect(typed.cursor.deploy).toBe(0);
    expect(reduce(typed, { type: 'erased', what: 'all' }).picker.text).toBe('');
  });
});

describe('the deploy wizard', () => {
  test('plans the commit of the ref that was picked, and tells its name', async () => {
    const app = await start({ prepare: withRefs });
    app.session.plans = () => new Promise(() => {});
    await app.press('d');
    await app.see('main');
    await app.press('down', 'enter');
    expect(app.session.asked[0]?.ref).toBe(REFS[0]!.revision);
    expect(app.text).toContain('building main (1f0755f)');
    expect(app.text).toContain('Deploy › Planning');
  });

  test('plans what hosts.json says by Enter alone, and what is typed when nothing is called so', async () => {
    const app = await start({ prepare: withRefs });
    await app.press('d', 'enter');
    await app.see('STEPS');
    expect(app.session.asked[0]?.ref).toBeUndefined();
    expect(app.text).toContain('Deploy › Plan');
    await app.press('b');
    app.paste(' refs/pull/7/head\n');
    await app.press('enter');
    await app.see('STEPS');
    expect(app.session.asked[1]?.ref).toBe('refs/pull/7/head');
  });

  test('keeps what was typed for the way back from the plan, and begins anew when it is called up again', async () => {
    const app = await start({ prepare: withRefs });
    await app.press('d', ...Array.from('evening'), 'enter');
    await app.see('STEPS');
    await app.press('b');
    expect(app.text).toContain('ref: evening');
    await app.press('esc', 'd');
    expect(app.text).not.toContain('evening▏');
  });

  test('says that refs are read, and why they cannot be, and plans the default all the same', async () => {
    let fail: (reason: unknown) => void = () => {};
    const app = await start();
    app.session.deployable = () => new Promise((_resolve, reject) => (fail = reject));
    await app.press('d');
    expect(app.text).toContain('reading branches, tags and commits');
    fail(new UserError({ code: 'SLIP_GIT', message: 'There is no commit.', mend: 'git commit' }));
    await app.see('There is no commit.');
    expect(app.text).toContain('git commit');
    await app.press('enter');
    await app.see('STEPS');
  });

  test('asks git about the ref on which the cursor rests, and never about those that it passed', async () => {
    const asked: string[] = [];
    const app = await start({ prepare: withRefs });
    app.session.changes = (from, to) => {
      expect(from).toBe(LIVE_REVISION);
      asked.push(to);
      return Promise.resolve(compared(['Greet'], []));
    };
    await app.press('d');
    await app.see('main');
    for (let i = 0; i < 3; i += 1) app.store.dispatch({ type: 'move', to: 'down' });
    await app.see('brings 1 commit');
    expect(asked).toEqual([REFS[2]!.revision]);
  });

  test('drops an answer that comes after the cursor went on', async () => {
    const answers: ((changes: Changes) => void)[] = [];
    const app = await start({ prepare: withRefs });
    app.session.changes = () => new Promise((resolve) => answers.push(resolve));
    await app.press('d', 'down');
    await app.settle();
    await app.settle();
    expect(answers).toHaveLength(1);
    await app.press('down');
    answers[0]!(compared(['Too late'], []));
    await app.settle();
    expect(app.text).not.toContain('brings');
    expect(app.text).toContain('comparing with what is live');
  });

  test('leaves nothing of itself behind a rollout', async () => {
    const app = await start();
    await app.startRollout();
    expect(app.store.get().screens).toEqual(['fleet', 'rollout']);
  });
});

describe('what a change is called', () => {
  test('begins with what matters: what a deploy brings, what a way back takes away', () => {
    const both = compared(['a', 'b'], ['c']);
    if (both.type !== 'compared') throw new Error('not compared');
    expect(headline(both, 'brings')).toBe('brings 2 commits, takes away 1 commit');
    expect(headline(both, 'takesAway')).toBe('takes away 1 commit, brings 2 commits');
    expect(headline({ ...both, brings: { commits: [], more: 0 } }, 'brings')).toBe('takes away 1 commit');
    const same = { commits: [], more: 0 };
    expect(headline({ type: 'compared', brings: same, takesAway: same }, 'brings')).toContain('nothing changes');
  });
});

describe('preflight', () => {
  const on = (fleet: ReturnType<typeof calmFleet>): UiState => ({
    ...picking(''),
    session: {
      app: 'greeter',
      stage: 'production',
      protected: false,
      hosts: ['fra-1', 'fra-2', 'hel-1'],
      instances: [],
    },
    fleet: { ...noFleet, fleet, readAt: NOW },
  });

  test('has nothing to say of calm hosts, and is not known before they were read', () => {
    expect(preflight(on(calmFleet()), plan())).toEqual([]);
    expect(preflight(picking(''), plan())).toBeUndefined();
  });

  test('tells findings, locks and unreachable hosts, of the hosts of the plan alone', () => {
    const all = preflight(on(troubledFleet()), plan())!.map(({ host, what }) => `${host}: ${what}`);
    expect(all).toContain('fra-2: cannot be reached');
    expect(all).toContain('fra-1: the clock is 14s ahead');
    expect(all.find((one) => one.includes('locked by ben@desk'))).toBeDefined();
    const one = plan({ hosts: plan().hosts.slice(2), instances: [] });
    expect(preflight(on(troubledFleet()), one)).toEqual([]);
  });

  test('tells drift, and a disk on which hardly a release fits', () => {
    const drifted = preflight(on(driftedFleet()), plan())!;
    expect(drifted.length).toBe(driftedFleet().drift.length);
    const small = read('fra-1', { disk: { freeBytes: 10_000_000, freeInodes: 0 } });
    const [short, ...more] = preflight(on({ ...calmFleet(), hosts: [small] }), plan())!;
    expect(short?.what).toContain('the disk is short');
    expect(more).toEqual([]);
  });
});

describe('releases', () => {
  test('open on the last good one before the live one, which Enter plans to go back to', async () => {
    const app = await start({ prepare: remembering });
    await app.press('U');
    expect(app.text).toContain('default');
    await app.press('enter');
    await app.see('STEPS');
    expect(app.session.asked[0]?.to).toBe(rollbackTarget(calmFleet().releases)?.id);
    expect(app.text).toContain('Releases › Plan');
  });

  test('tell what a rollback takes away, and what became of the rollouts of a release', async () => {
    const app = await start({ columns: 120, rows: 40, prepare: remembering });
    await app.press('R');
    await app.see('takes away 3 commits');
    await app.see('deploy to it succeeded');
  });

  test('keep the cursor on a release while a newer one comes in', async () => {
    const app = await start();
    await app.press('R', 'j');
    const marked = app.store.get().cursor.releases;
    const calm = calmFleet();
    const newer = release({ id: '20261121T120000Z-aaaaaaa', sequence: 8, live: [] });
    app.session.fleet = () => Promise.resolve({ ...calm, releases: [newer, ...calm.releases] });
    await app.press('r');
    await app.see('aaaaaaa');
    expect(app.store.get().cursor.releases).toBe(marked + 1);
  });

  test('are no way back where nothing good is older', async () => {
    const app = await start({
      prepare: (session) => {
        const calm = calmFleet();
        session.fleet = () => Promise.resolve({ ...calm, releases: calm.releases.slice(0, 1) });
      },
    });
    await app.press('U');
    expect(app.text).toContain('undo: no good release is older than the live one');
  });
});

describe('the history', () => {
  test('is read when it is opened, and anew by r; what was read stays meanwhile', async () => {
    const limits: number[] = [];
    const app = await start({ prepare: remembering });
    const { trail } = app.session;
    app.session.trail = (limit) => {
      limits.push(limit);
      return trail(limit);
    };
    await app.press('H');
    await app.see('rolledBack');
    expect(app.text).toContain('hel-1 could not be read: connect ETIMEDOUT');
    app.session.trail = () => Promise.reject(new UserError({ code: 'SLIP_X', message: 'No host answers.' }));
    await app.press('r');
    await app.see('No host answers.');
    expect(app.text).toContain('rolledBack');
    expect(limits).toEqual([200]);
  });

  test('builds only the rows that are seen', async () => {
    const records = manyRecords(500);
    const app = await start({ prepare: (session) => (session.trail = () => Promise.resolve({ records, failed: [] })) });
    await app.press('H', 'G');
    expect(app.text).toContain('rollout r-499');
    await app.press('g');
    expect(app.text).toContain('rollout r-0');
  });
});

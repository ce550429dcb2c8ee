import { afterEach, expect, test } from 'vitest';
import { appStarter } from './support/app.ts';
import { calmFleet } from './support/fleet.ts';

const start = appStarter(afterEach);

test('the list of releases marks what cannot be undone, and says what a way back over it needs', async () => {
  const calm = calmFleet();
  const [live, ...rest] = calm.releases;
  const releases = [{ ...live!, irreversible: 'drops a column' }, ...rest];
  const app = start({
    columns: 100,
    prepare: (session) => (session.fleet = () => Promise.resolve({ ...calm, releases })),
  });
  await app.ready();
  await app.press('R');
  await app.see('a rollback to it needs --force-irreversible: 0a1b2c3 cannot be undone');
  expect(app.terminal.text).toMatch(/UNDO[^]*good +! no/);
  await app.press('g');
  await app.see('! cannot be undone: drops a column');
});

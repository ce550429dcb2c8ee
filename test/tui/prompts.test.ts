import { afterEach, describe, expect, test } from 'vitest';
import type { Prompt } from '../../src/ssh/prompts.ts';
import type { Person } from '../../src/tui/index.ts';
import { type AppOptions, type TestApp, appStarter } from './support/app.ts';

const start = appStarter(afterEach);

const passphrase: Prompt = { type: 'passphrase', file: '/home/ana/.ssh/id_ed25519', attempt: 1 };
const password = (host: string): Prompt => ({ type: 'password', host, user: 'deploy', attempt: 1 });

/** The program, and whoever sits in front of it. */
async function opened(options: AppOptions = {}): Promise<{ app: TestApp; person: Person }> {
  const app = start(options);
  await app.ready();
  return { app, person: app.session.person! };
}

/** Lets the first moment of a question pass, in which keys are no answer. */
const settleDown = (app: TestApp) => app.clock.advance(1000);

describe('questions of hosts and keys', () => {
  test('come over whatever is shown, and what is typed is stars', async () => {
    const { app, person } = await opened();
    const answer = person.ask(passphrase);
    await app.see('Passphrase of /home/ana/.ssh/id_ed25519:');
    await settleDown(app);
    await app.press('hunter3', '\u007f', '2');
    await app.see('*******');
    await app.press('enter');
    expect(await answer).toBe('hunter2');
    await app.gone('Passphrase');
    expect(app.terminal.raw).not.toMatch(/hunter|unter/);
  });

  test('come one after the other', async () => {
    const { app, person } = await opened();
    const answers = [person.ask(password('fra-1')), person.ask(password('fra-2'))];
    for (const host of ['fra-1', 'fra-2']) {
      await app.see(`Password of deploy on ${host}`);
      await settleDown(app);
      await app.press(`of ${host}`, 'enter');
    }
    expect(await Promise.all(answers)).toEqual(['of fra-1', 'of fra-2']);
  });

  test('are declined by Esc, and asked again after a refresh only', async () => {
    const { app, person } = await opened();
    const declined = person.ask(passphrase);
    await app.see('Passphrase');
    await app.press('esc');
    expect(await declined).toBeUndefined();
    expect(await person.ask(passphrase)).toBeUndefined();
    await app.press('r');
    const again = person.ask(passphrase);
    await app.see('Passphrase');
    await settleDown(app);
    await app.press('s', 'enter');
    expect(await again).toBe('s');
  });

  test('about a host key show its fingerprint, and only y trusts it', async () => {
    const { app, person } = await opened();
    const others = ['RSA SHA256:old (/home/ana/.ssh/known_hosts:3)'];
    const key = {
      host: 'fra-1',
      label: '[fra-1]:2222',
      type: 'ED25519',
      fingerprint: 'SHA256:abc',
      file: '/k',
      others,
    };
    const answer = person.ask({ type: 'hostKey', question: key });
    await app.see('SHA256:abc');
    await app.see('known: RSA SHA256:old');
    await settleDown(app);
    await app.press('y');
    expect(await answer).toBe('yes');
    person.onHostKeyAdded(key);
    await app.see('fra-1: added its host key SHA256:abc');
  });

  test('wait until nothing is typed any more, and take none of the keys', async () => {
    const { app, person } = await opened();
    await app.press('d');
    await app.see('what hosts.json says');
    const answer = person.ask(passphrase);
    await app.press('main');
    await app.see('main▏');
    await app.press('esc');
    await app.see('Passphrase');
    await app.press('esc');
    expect(await answer).toBeUndefined();
  });

  test('go away when their connection is over', async () => {
    const { app, person } = await opened();
    const over = new AbortController();
    const answer = person.ask(password('fra-1'), over.signal);
    await app.see('Password of deploy');
    over.abort();
    expect(await answer).toBeUndefined();
    await app.terminal.until(
      (text) => !text.includes('Password of deploy'),
      () => app.settle(),
    );
  });

  test('do not keep the program from ending', async () => {
    const { app, person } = await opened();
    const answer = person.ask(password('fra-1'));
    await app.see('Password of deploy');
    await app.press('\u0003');
    expect(await app.ended()).toBe(0);
    expect(await answer).toBeUndefined();
  });

  test.each([
    [60, 15],
    [80, 24],
  ])('fit on %i columns and %i rows, with the field in sight, whatever a host says', async (columns, rows) => {
    const { app, person } = await opened({ columns, rows });
    const evil = `\u001b[2J\u001b]0;owned\u0007${'way too long '.repeat(300)}`;
    const challenge = { type: 'challenge', host: 'fra-1', title: evil, text: 'Code: ', echo: 'shown' } as const;
    const answer = person.ask({ ...challenge, instructions: `${evil}\n`.repeat(9) });
    await app.see('fra-1: Code:');
    await app.see('fra-1 asks');
    await settleDown(app);
    await app.press('4', '2');
    await app.see('42');
    expect(app.terminal.raw).not.toContain('owned');
    await app.press('enter');
    expect(await answer).toBe('42');
  });
});

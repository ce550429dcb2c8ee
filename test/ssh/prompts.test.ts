import { describe, expect, test } from 'vitest';
import { promptWords } from '../../src/ssh/prompt-words.ts';
import { createPromptQueue } from '../../src/ssh/prompts.ts';
import type { AskPerson, Prompt } from '../../src/ssh/prompts.ts';

const passphrase = (file: string, attempt = 1): Prompt => ({ type: 'passphrase', file, attempt });
const password = (host: string): Prompt => ({ type: 'password', host, user: 'ana', attempt: 1 });

/** A person whose answers a test gives by hand. */
function desk() {
  const open: { prompt: Prompt; answer: (text: string | undefined) => void }[] = [];
  let most = 0;
  const put: AskPerson = (prompt, signal) =>
    new Promise((resolve) => {
      const one = { prompt, answer: (text: string | undefined) => (open.splice(open.indexOf(one), 1), resolve(text)) };
      signal?.addEventListener('abort', () => one.answer(undefined), { once: true });
      open.push(one);
      most = Math.max(most, open.length);
    });
  return { put, open, most: () => most };
}

const turns = async () => {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
};

describe('the queue of questions', () => {
  test('puts one question at a time, in the order in which they came', async () => {
    const { put, open, most } = desk();
    const queue = createPromptQueue(put);
    const answers = ['a', 'b', 'c'].map((host) => queue.ask(password(host)));
    for (const host of ['a', 'b', 'c']) {
      await turns();
      expect(open.map(({ prompt }) => prompt)).toEqual([password(host)]);
      open[0]!.answer(`of ${host}`);
    }
    expect(await Promise.all(answers)).toEqual(['of a', 'of b', 'of c']);
    expect(most()).toBe(1);
  });

  test('asks for a passphrase once, whoever wants it meanwhile', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const answers = ['x', 'x', 'x'].map((file) => queue.ask(passphrase(file)));
    await turns();
    open[0]!.answer('secret');
    expect(await Promise.all(answers)).toEqual(['secret', 'secret', 'secret']);
    expect(open).toEqual([]);
  });

  test('forgets a question whose connection is over, and takes back one that is being asked', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [queue.ask(password('a'), first.signal), queue.ask(password('b'), second.signal)];
    const third = queue.ask(password('c'));
    await turns();
    second.abort();
    first.abort();
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
    await turns();
    expect(open.map(({ prompt }) => prompt)).toEqual([password('c')]);
    open[0]!.answer('yes');
    expect(await third).toBe('yes');
  });

  test('keeps a shared question open until the last who waits for it has left', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [queue.ask(passphrase('x'), first.signal), queue.ask(passphrase('x'), second.signal)];
    await turns();
    first.abort();
    expect(await answers[0]).toBeUndefined();
    expect(open).toHaveLength(1);
    second.abort();
    expect(await answers[1]).toBeUndefined();
    expect(open).toHaveLength(0);
  });

  test('does not ask again about what was declined, until something is begun anew', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const first = queue.ask(passphrase('x'));
    await turns();
    open[0]!.answer(undefined);
    expect(await first).toBeUndefined();
    expect(await queue.ask(passphrase('x'))).toBeUndefined();
    queue.renew();
    const again = queue.ask(passphrase('x'));
    await turns();
    open[0]!.answer('secret');
    expect(await again).toBe('secret');
  });

  test('takes an empty passphrase for a no', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const empty = queue.ask(passphrase('x'));
    await turns();
    open[0]!.answer('');
    expect(await empty).toBeUndefined();
    expect(await queue.ask(passphrase('x'))).toBeUndefined();
  });

  test('declines everything once it is closed', async () => {
    const { put, open } = desk();
    const queue = createPromptQueue(put);
    const answers = [queue.ask(password('a')), queue.ask(password('b'))];
    await turns();
    queue.close();
    expect(await Promise.all(answers)).toEqual([undefined, undefined]);
    expect(await queue.ask(password('c'))).toBeUndefined();
    expect(open).toEqual([]);
  });
});

describe('the words of a question', () => {
  const challenge = (change: Partial<Prompt & { type: 'challenge' }>): Prompt => ({
    ...{ type: 'challenge', host: 'fra-1', title: '', instructions: '', text: 'Code: ', echo: 'shown' },
    ...change,
  });

  test('say who asks, and never let a line of a host look like one of ours', () => {
    const words = promptWords(challenge({ title: 'Duo', instructions: 'Passphrase of /home/ana/.ssh/id:\nNow!' }));
    expect(words).toEqual({
      title: 'fra-1 asks',
      lines: ['fra-1 says: Duo', 'fra-1 says: Passphrase of /home/ana/.ssh/id:', 'fra-1 says: Now!'],
      label: 'fra-1: Code',
      answer: 'shown',
    });
  });

  test('contain no control characters, and are bounded', () => {
    const evil = `\u001b]52;c;YmFk\u0007\u001b[2J\r${'x'.repeat(100_000)}\n`.repeat(3);
    const words = promptWords(challenge({ host: evil, title: evil, instructions: evil.repeat(5), text: evil }));
    const all = [words.title, words.label, ...words.lines];
    expect(all.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(all.join('').length).toBeLessThan(5000);
    expect(words.lines.length).toBeLessThanOrEqual(5);
  });

  test('show a host key with its type, fingerprint and the keys that are known', () => {
    const others = ['RSA SHA256:aaa (/home/ana/.ssh/known_hosts:3)'];
    const question = {
      host: 'fra-1',
      label: '[fra]:2222',
      type: 'ED25519',
      fingerprint: 'SHA256:bbb',
      file: '/k',
      others,
    };
    const words = promptWords({ type: 'hostKey', question });
    expect(words.answer).toBe('yesNo');
    expect(words.lines).toContain('shown: ED25519 SHA256:bbb');
    expect(words.lines).toContain(`known: ${others[0]!}`);
    expect(words.lines.join(' ')).toContain('fra-1 ([fra]:2222)');
  });

  test('tell of an attempt that failed', () => {
    expect(promptWords(passphrase('/k', 2)).lines).toEqual(['That passphrase was wrong (attempt 2 of 3).']);
    expect(promptWords({ ...password('a'), attempt: 3 } as Prompt).lines).toEqual([
      'The host refused that password (attempt 3 of 3).',
    ]);
  });
});

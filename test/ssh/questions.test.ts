import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuthContext, Connection as Peer } from 'ssh2';
import type { RemoteError } from '../../src/base/errors.ts';
import { connect } from '../../src/ssh/connect.ts';
import type { AskPerson } from '../../src/ssh/prompts.ts';
import type { HostSpec } from '../../src/ssh/spec.ts';
import { startAgent } from './support/agent.ts';
import { fakeSshServer } from './support/fake-server.ts';
import type { Listening } from './support/fake-server.ts';
import { nobodyAnswers, person } from './support/person.ts';

type Decide = (attempt: AuthContext, peer: Peer) => void;

/** A server that decides about logins as a test says, and writes down the methods that were tried. */
async function guarded(decide: Decide, config: { readonly banner?: string } = {}) {
  const methods: string[] = [];
  const server = await fakeSshServer((peer) => {
    peer.removeAllListeners('authentication');
    peer.on('authentication', (attempt) => {
      methods.push(attempt.method);
      decide(attempt, peer);
    });
  }, config);
  return Object.assign(server, { methods });
}

/** Takes whoever knows the password; offers nothing else. */
const byPassword: Decide = (attempt) => {
  if (attempt.method === 'password' && attempt.password === 'right') attempt.accept();
  else attempt.reject(['password']);
};

/** Takes whoever answers 42. */
const byCode: Decide = (attempt) => {
  if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
  attempt.prompt([{ prompt: 'Code: ', echo: true }], 'OTP', 'Look at your phone.', ([answer]) => {
    if (answer === '42') attempt.accept();
    else attempt.reject(['keyboard-interactive']);
  });
};

/** Takes a key, and then a code. */
const byKeyAndCode: Decide = (attempt, peer) => {
  if (attempt.method === 'publickey') {
    if (attempt.signature) attempt.reject(['keyboard-interactive'], true);
    else attempt.accept();
  } else byCode(attempt, peer);
};

const noKeys: Partial<HostSpec> = { identityFiles: [] };

async function login(server: Listening, ask?: AskPerson, changes: Partial<HostSpec> = noKeys): Promise<void> {
  const connection = await connect(server.spec(changes), ask === undefined ? {} : { ask });
  await connection.close();
}

const refusal = (...given: Parameters<typeof login>): Promise<RemoteError> =>
  login(...given).then(
    () => expect.fail('logged in'),
    (error: unknown) => error as RemoteError,
  );

describe('a password', () => {
  test('is asked for when the host accepts one', async () => {
    await using server = await guarded(byPassword);
    const { ask, asked } = person('right');
    await login(server, ask);
    expect(asked).toEqual([{ type: 'password', host: 'test-1', user: 'deploy', attempt: 1 }]);
  });

  test('is asked for after the keys', async () => {
    await using server = await guarded(byPassword);
    await login(server, person('right').ask, {});
    expect(server.methods).toEqual(['publickey', 'password']);
  });

  test('that is wrong is asked for again, three times in all, and every attempt is listed', async () => {
    await using server = await guarded(byPassword);
    const { ask, asked } = person('wrong');
    const refused = await refusal(server, ask, {});
    expect(asked).toMatchObject([{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }]);
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_REFUSED', exitCode: 3 });
    expect(refused.detail).toEqual([
      expect.stringMatching(/^tried 1: key file /),
      'tried 2: password',
      'tried 3: password, attempt 2',
      'tried 4: password, attempt 3',
      'the host accepts: password',
    ]);
    expect(JSON.stringify(refused.detail) + refused.message).not.toContain('wrong');
  });

  test('that is declined ends the login, and nothing else is tried', async () => {
    await using server = await guarded(byPassword);
    const refused = await refusal(server, person(undefined).ask, {});
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_UNANSWERED', exitCode: 3 });
    expect(refused.message).toContain('no password was given');
    expect(server.methods).toEqual(['publickey']);
  });

  test('is never sent where nobody is there to ask: the refusal says so', async () => {
    await using server = await guarded(byPassword);
    const refused = await refusal(server);
    expect(server.methods).toEqual(['none']);
    expect(refused.mend).toContain('run slipway on a terminal');
  });

  test('that has to be changed first is not waited for', async () => {
    await using server = await guarded((attempt) => {
      if (attempt.method === 'password') attempt.requestChange('expired', () => undefined);
      else attempt.reject(['password']);
    });
    const refused = await refusal(server, person('right').ask);
    expect(refused.message).toContain('wants the password changed');
  });
});

describe('questions of the host', () => {
  test('are passed on as they are, and their answers sent', async () => {
    await using server = await guarded(byCode);
    const { ask, asked } = person('42');
    await login(server, ask);
    expect(asked).toEqual([
      {
        ...{ type: 'challenge', host: 'test-1', title: 'OTP', instructions: 'Look at your phone.' },
        ...{ text: 'Code: ', echo: 'shown' },
      },
    ]);
    // the attempt is the inquiry, too: no round trip for `none`
    expect(server.methods).toEqual(['keyboard-interactive']);
  });

  test('are asked again after a wrong answer, three times in all', async () => {
    await using server = await guarded(byCode);
    const { ask, asked } = person('1', '2', '3');
    const refused = await refusal(server, ask);
    expect(asked).toHaveLength(3);
    expect(refused.detail.slice(0, 3)).toEqual([
      'tried 1: keyboard-interactive',
      'tried 2: keyboard-interactive, attempt 2',
      'tried 3: keyboard-interactive, attempt 3',
    ]);
  });

  test('that are declined end the login', async () => {
    await using server = await guarded(byCode);
    const refused = await refusal(server, person(undefined).ask);
    expect(refused).toMatchObject({ code: 'SLIP_AUTH_UNANSWERED' });
  });

  test('come one after the other, each after the answer to the one before', async () => {
    await using server = await guarded((attempt) => {
      if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
      const prompts = [
        { prompt: 'One', echo: true },
        { prompt: 'Two', echo: false },
      ];
      attempt.prompt(prompts, ([one, two]) => {
        attempt.prompt([{ prompt: 'Three', echo: false }], ([three]) => {
          if (`${one ?? ''}${two ?? ''}${three ?? ''}` === 'abc') attempt.accept();
          else attempt.reject(['keyboard-interactive']);
        });
      });
    });
    const { ask, asked } = person('a', 'b', 'c');
    await login(server, ask);
    expect(asked).toMatchObject([{ text: 'One', echo: 'shown' }, { text: 'Two', echo: 'hidden' }, { text: 'Three' }]);
  });

  test('that the host refuses to ask are not repeated: no person would be behind it', async () => {
    await using server = await guarded((attempt) => {
      if (attempt.method === 'password' && attempt.password === 'right') attempt.accept();
      else attempt.reject(['keyboard-interactive', 'password']);
    });
    await login(server, person('right').ask, {});
    expect(server.methods).toEqual(['publickey', 'keyboard-interactive', 'password']);
  });

  test('are taken back when the host hangs up, and the error says why', async () => {
    let hangUp: () => void = () => undefined;
    await using server = await guarded((attempt, peer) => {
      hangUp = () => peer.end();
      byCode(attempt, peer);
    });
    let isOpen = false;
    const refused = await refusal(server, async (prompt, signal) => {
      isOpen = true;
      queueMicrotask(hangUp);
      const answer = await nobodyAnswers(prompt, signal);
      isOpen = false;
      return answer;
    });
    expect(refused).toMatchObject({ code: 'SLIP_LOGIN_BROKEN' });
    expect(refused.message).toContain('while a question was open');
    expect(isOpen).toBe(false);
  });

  test('are taken back when the attempt is given up', async () => {
    await using server = await guarded(byCode);
    const given = new AbortController();
    const reason = new Error('given up');
    const ask: AskPerson = (prompt, signal) => {
      queueMicrotask(() => given.abort(reason));
      return nobodyAnswers(prompt, signal);
    };
    await expect(connect(server.spec(noKeys), { ask, signal: given.signal })).rejects.toBe(reason);
  });
});

describe('the SSH configuration', () => {
  const both: Decide = (attempt, peer) => {
    if (attempt.method === 'password') byPassword(attempt, peer);
    else attempt.reject(['publickey', 'password']);
  };

  test('orders the ways to log in', async () => {
    await using server = await guarded(both);
    await login(server, person('right').ask, { loginMethods: ['password', 'publickey'] });
    expect(server.methods).toEqual(['none', 'password']);
  });

  test('may allow no keys, and no questions', async () => {
    await using server = await guarded(both);
    await login(server, person('right').ask, { loginMethods: ['password'] });
    expect(server.methods).toEqual(['none', 'password']);
    const refused = await refusal(server, person('right').ask, { loginMethods: [] });
    expect(refused.detail[0]).toBe('tried: nothing, for your SSH configuration allows no keys');
  });

  test('with BatchMode keeps everybody from being asked', async () => {
    await using server = await guarded(byPassword);
    const { ask, asked } = person('right');
    const refused = await refusal(server, ask, { batchMode: true });
    expect(asked).toEqual([]);
    expect(refused.mend).toContain('BatchMode no');
  });
});

describe('a host that wants a key and a code', () => {
  test('gets the code after a key of a file', async () => {
    await using server = await guarded(byKeyAndCode);
    const { ask, types } = person('42');
    await login(server, ask, {});
    expect(types()).toEqual(['challenge']);
    expect(server.methods).toEqual(['publickey', 'publickey', 'keyboard-interactive']);
  });

  test('gets the code after a key of an agent, of which ssh2 does not tell that it was taken', async () => {
    await using server = await guarded(byKeyAndCode);
    const [file] = server.spec().identityFiles;
    await using agent = await startAgent(join(file!, '..', 'agent'));
    await agent.add(file!);
    await login(server, person('42').ask, { agent: join(file!, '..', 'agent') });
    expect(server.methods).toEqual(['publickey', 'publickey', 'keyboard-interactive']);
  });

  test('says that the key was not all, when the code is wrong', async () => {
    await using server = await guarded(byKeyAndCode);
    const refused = await refusal(server, person('1').ask, {});
    expect(refused.detail).toContain('what was tried was not all the host wants');
    expect(refused.detail.at(-1)).toBe('the host accepts: keyboard-interactive');
  });

  test('names what is missing where nobody is there to ask', async () => {
    await using server = await guarded(byKeyAndCode);
    const refused = await refusal(server, undefined, {});
    expect(refused.mend).toContain('keyboard-interactive as well: run slipway on a terminal');
  });

  test('may want the password first, and gets the key that it did not take before', async () => {
    let hasPassword = false;
    await using server = await guarded((attempt) => {
      if (attempt.method === 'password') {
        hasPassword = true;
        attempt.reject(['publickey'], true);
      } else if (attempt.method === 'publickey' && hasPassword) attempt.accept();
      else attempt.reject([hasPassword ? 'publickey' : 'password']);
    });
    await login(server, person('right').ask, {});
    expect(server.methods).toEqual(['publickey', 'password', 'publickey', 'publickey']);
  });
});

describe('a banner', () => {
  test('is kept for the refusal, harmless and bounded', async () => {
    const banner = `Closed for \u001b[31mmaintenance\u001b[0m\r\n${'line\r\n'.repeat(500)}`;
    await using server = await guarded((attempt) => attempt.reject(['publickey']), { banner });
    const refused = await refusal(server, undefined, {});
    const lines = refused.detail.filter((line) => line.startsWith('its banner: '));
    expect(lines[0]).toBe('its banner: Closed for maintenance');
    expect(lines).toHaveLength(10);
  });
});

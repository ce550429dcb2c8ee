import { expect, test } from 'vitest';
import { promptOf } from '../../../src/ssh/openssh/questions.ts';
import { plainSpec } from '../../../src/ssh/spec.ts';

const spec = {
  ...plainSpec({ name: 'fra-1', host: '203.0.113.10', port: 22, user: 'deploy' }),
  userKnownHostsFiles: ['/home/me/.ssh/known_hosts'],
};
const prompt = (text: string) => promptOf(spec, text, () => 1);

test("ssh's question for a passphrase names the file", () => {
  expect(prompt("Enter passphrase for key '/home/me/.ssh/id ed25519': ")).toEqual({
    ...{ type: 'passphrase', file: '/home/me/.ssh/id ed25519', attempt: 1 },
  });
});

test("ssh's question for a password names user and host", () => {
  expect(prompt("deploy@203.0.113.10's password: ")).toEqual({
    ...{ type: 'password', user: 'deploy', host: '203.0.113.10', attempt: 1 },
  });
});

test("ssh's question about an unknown host carries the key", () => {
  const text = [
    "The authenticity of host '[fra-1]:2222 ([203.0.113.10]:2222)' can't be established.",
    'ED25519 key fingerprint is SHA256:3zoaw2u6bfq4oUrt+GPsZy/xVb3AVaE8QyLzOAhZt00.',
    'This key is not known by any other names.',
    'Are you sure you want to continue connecting (yes/no/[fingerprint])? ',
  ].join('\n');
  expect(prompt(text)).toMatchObject({
    type: 'hostKey',
    question: {
      ...{ host: 'fra-1', label: '[fra-1]:2222', type: 'ED25519', file: '/home/me/.ssh/known_hosts' },
      fingerprint: 'SHA256:3zoaw2u6bfq4oUrt+GPsZy/xVb3AVaE8QyLzOAhZt00',
    },
  });
});

test('what the host asks is put as it is, hidden', () => {
  expect(prompt('(deploy@203.0.113.10) Verification code: ')).toMatchObject({
    ...{ type: 'challenge', host: 'fra-1', text: 'Verification code: ', echo: 'hidden' },
  });
});

test('what is not recognised is put as it is, hidden', () => {
  expect(prompt('Enter PIN for ED25519-SK key /home/me/.ssh/id_sk: ')).toMatchObject({
    ...{ type: 'challenge', text: 'Enter PIN for ED25519-SK key /home/me/.ssh/id_sk: ', echo: 'hidden' },
  });
});

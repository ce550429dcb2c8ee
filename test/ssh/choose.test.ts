import { expect, test } from 'vitest';
import { chooseTransport, wantedTransport } from '../../src/ssh/choose.ts';
import { plainSpec } from '../../src/ssh/spec.ts';

const spec = plainSpec({ name: 'fra-1', host: '203.0.113.10', port: 22, user: 'deploy' });
const needy = { ...spec, needsOpenSsh: ['PKCS11Provider /usr/lib/opensc-pkcs11.so'] };

test('ssh2 serves a host of which nothing special is configured, and OpenSSH one that needs it', async () => {
  expect(await chooseTransport(spec, undefined)).toBe('ssh2');
  expect(await chooseTransport(needy, undefined)).toBe('openssh');
});

test('what is asked for is taken', async () => {
  expect(await chooseTransport(spec, 'openssh')).toBe('openssh');
  expect(await chooseTransport(needy, 'ssh2')).toBe('ssh2');
});

test('SLIPWAY_TRANSPORT names one of two', () => {
  expect(wantedTransport({})).toBeUndefined();
  expect(wantedTransport({ SLIPWAY_TRANSPORT: '' })).toBeUndefined();
  expect(wantedTransport({ SLIPWAY_TRANSPORT: 'openssh' })).toBe('openssh');
  expect(() => wantedTransport({ SLIPWAY_TRANSPORT: 'telnet' })).toThrow(/telnet/);
});
